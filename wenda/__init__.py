"""The command line, and the only place that knows the library and both front ends."""

from importlib.metadata import version

__version__ = version("wenda")

"""Memory that is free, given back to the system."""

import ctypes


def give_back() -> None:
    """Where the C library would keep it: after a swap of indexes that is as much as an index."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # glibc's own; others give back by themselves
        return
    trim(0)

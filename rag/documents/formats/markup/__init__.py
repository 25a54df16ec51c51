"""Reads markup that people write by hand: Markdown, reStructuredText, AsciiDoc, LaTeX."""

"""Reads plain text files."""

from rag.documents.block import Content
from rag.documents.cleaning import clean
from rag.documents.text.decoding import decode


def read_plain_text(data: bytes) -> Content:
    """Headings and paragraphs of a plain text file. Raises DocumentError when it is not text."""
    return clean(decode(data))

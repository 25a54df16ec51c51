"""Word files (.docx): what a person sees in them, each part named as what it is."""

from rag.documents.formats.word.reader import read_word

__all__ = ["read_word"]

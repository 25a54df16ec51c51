"""Plain text as people really have it, cleaned into headings and citable paragraphs."""

from rag.documents.cleaning.pipeline import clean, clean_pieces

__all__ = ["clean", "clean_pieces"]

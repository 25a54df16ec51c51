"""Plain text as people really have it, cleaned into headings and citable paragraphs."""

from rag.documents.cleaning.pipeline import clean

__all__ = ["clean"]

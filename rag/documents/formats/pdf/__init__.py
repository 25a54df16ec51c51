"""PDF files: characters → segments → reading order and tables → paragraphs."""

from rag.documents.formats.pdf.reader import read_pdf

__all__ = ["read_pdf"]

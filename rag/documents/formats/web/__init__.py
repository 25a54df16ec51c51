"""Web pages (.html): their main content as a person sees it, with the file's lines."""

from rag.documents.formats.web.reader import read_web_page

__all__ = ["read_web_page"]

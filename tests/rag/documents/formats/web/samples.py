"""Pages written for the tests, and what is read of them."""

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.formats.web import read_web_page


def read(page: str | bytes) -> Document:
    """The document that a page makes."""
    data = page if isinstance(page, bytes) else page.strip().encode()
    return assemble(read_web_page(data), path="a.html", digest="", limits=Limits())


def texts(page: str) -> list[str]:
    """The paragraphs of a page."""
    document = read(page)
    return [document.text[p.start : p.end] for p in document.paragraphs]

"""Documents as they are read from markup, checked on the way."""

import textwrap
from collections.abc import Callable

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.block import Content
from tests.rag.documents.test_assembling import check


def document_of(reader: Callable[[bytes], Content], path: str, text: str) -> Document:
    """The document that a reader makes of a text without its common indentation."""
    content = reader(textwrap.dedent(text).encode())
    document = assemble(content, path=path, digest="", limits=Limits())
    check(document)
    return document


def paragraphs(document: Document) -> list[str]:
    return [document.text[p.start : p.end] for p in document.paragraphs]

"""Documents of one kind, and questions to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.block import Block, Content


@dataclass(frozen=True, slots=True)
class PracticeQuestion:
    """A question, and the strings of which a right paragraph has one; none when there is none.

    One that is `unrelated` comes from another set: nothing in the folder is about it.
    """

    text: str
    language: str
    must: tuple[str, ...] = ()
    paths: frozenset[str] = frozenset()
    unrelated: bool = False


@dataclass(slots=True)
class PracticeFolder:
    """Documents of one kind, and questions to them."""

    kind: str
    documents: list[Document]
    questions: list[PracticeQuestion] = field(default_factory=list)


def document(path: str, blocks: Sequence[tuple[str, str]], title: str | None = None) -> Document:
    """A document of headings and paragraphs: ("heading" or "paragraph", text)."""
    made = [
        Block("heading" if kind == "heading" else "paragraph", text, (line, line), level=1)
        for line, (kind, text) in enumerate(blocks, start=1)
    ]
    content = Content(tuple(made), title=title)
    return assemble(content, path=path, digest=path, limits=Limits())


def put_together(kind: str, *folders: PracticeFolder) -> PracticeFolder:
    """Several folders as one."""
    documents = [each for folder in folders for each in folder.documents]
    documents.sort(key=lambda each: each.path)
    return PracticeFolder(
        kind, documents, [each for folder in folders for each in folder.questions]
    )

"""Paragraphs before and after a cited one, even if the document has changed since."""

from dataclasses import dataclass, replace

from bot.answers.shown import ShownSource
from rag import Document, Paragraph


@dataclass(frozen=True, slots=True)
class SourceView:
    """Which paragraph is shown: `step` paragraphs after the cited one, negative for before it.

    `before` and `after` say whether there are further paragraphs in that direction; `changed` that
    the document no longer contains the cited paragraph.
    """

    step: int
    before: bool
    after: bool
    changed: bool = False


def neighbour(
    document: Document | None, cited: ShownSource, step: int
) -> tuple[ShownSource, SourceView] | None:
    """The paragraph `step` paragraphs after the cited one; None past the ends of the document.

    The cited paragraph itself is returned as it was first shown, even if the document changed.
    """
    at = _place(document, cited)
    if document is None or at is None:
        changed = SourceView(0, before=False, after=False, changed=True)
        return (cited, changed) if step == 0 else None
    number = at + step
    if not 0 <= number < len(document.paragraphs):
        return None
    view = SourceView(step, before=number > 0, after=number < len(document.paragraphs) - 1)
    if step == 0:
        return cited, view
    return _source(document, document.paragraphs[number], cited), view


def _place(document: Document | None, cited: ShownSource) -> int | None:
    """The index of the cited paragraph now: of those with the same text, the nearest."""
    if document is None:
        return None
    same = [
        number
        for number, paragraph in enumerate(document.paragraphs)
        if document.text[paragraph.start : paragraph.end] == cited.text
    ]
    return min(
        same, key=lambda number: abs(document.paragraphs[number].start - cited.start), default=None
    )


def _source(document: Document, paragraph: Paragraph, cited: ShownSource) -> ShownSource:
    address = cited.url.partition("#")[0]
    return replace(
        cited,
        numbers=(),
        title=document.title,
        section=paragraph.section,
        date=document.date,
        lines=paragraph.lines,
        page=paragraph.page,
        start=paragraph.start,
        text=document.text[paragraph.start : paragraph.end],
        highlights=(),
        kind=paragraph.kind,
        url=f"{address}#p{paragraph.ordinal}",
    )

"""The paragraphs around one that was cited, also when the document has changed since."""

from dataclasses import dataclass, replace

from bot.answers.shown import ShownSource
from rag import Document, Paragraph


@dataclass(frozen=True, slots=True)
class SourceView:
    """Which paragraph is looked at: `step` paragraphs after the cited one, or before it.

    `changed` says that the document no longer has the cited paragraph.
    """

    step: int
    before: bool
    after: bool
    changed: bool = False


def neighbour(
    document: Document | None, cited: ShownSource, step: int
) -> tuple[ShownSource, SourceView] | None:
    """The paragraph `step` paragraphs after the cited one; None past the ends of the document.

    The cited one itself is as it was shown, whatever became of its document.
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
    """Which paragraph the cited one is now: the nearest one with its text."""
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
        url=f"{address}#p{paragraph.ordinal}",
    )

"""Reads Word files (.docx, .docm) from their XML, by lxml: python-docx leaves out half the text."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.documents.block import Content
from rag.documents.cleaning.headlines import is_headline, style_of
from rag.documents.cleaning.piece import Piece, Role
from rag.documents.cleaning.titles import find_title
from rag.documents.formats.office.package import Package
from rag.documents.formats.office.properties import Properties
from rag.documents.formats.structure.pieces import grouped
from rag.documents.formats.structure.structured import structured
from rag.documents.formats.word.flow import WordFlow, WordLine
from rag.documents.formats.word.names import W
from rag.documents.formats.word.numbering import ListNumbering
from rag.documents.formats.word.parts import Notes, frames
from rag.documents.formats.word.styles import WordStyles
from rag.documents.text.languages import fitting_language
from rag.errors import DocumentError

_AGAIN = "Open it in Word or LibreOffice and save it as .docx."
_KIND = "a Word file (.docx)"
#: The share of lines that may stand out as headings; where more do, they are the text.
_FEW = 0.5


def read_word(data: bytes) -> Content:
    """Headings, paragraphs, lists and tables of a Word file; paragraphs and rows are its lines.

    Notes follow the paragraph that refers to them; page headers and footers come first, once.
    Raises DocumentError when it is no Word file, needs a password, is damaged or unpacks to more
    than the limit.
    """
    package = Package(data, kind=_KIND, again=_AGAIN, must="[content_types].xml")
    main = next(package.parts("", "officeDocument"), None)
    root = None if main is None else package.xml(main)
    if main is None or root is None:
        raise DocumentError(f"It is damaged (it has no document inside). {_AGAIN}")
    if root.tag != f"{W}document":
        raise DocumentError(f"It is an Office file, but not of Word. {_AGAIN}")
    flow = _flow(package, main)
    lines = list(flow.lines(main, root.find(f"{W}body")))
    pieces = grouped([line.entry for line in _with_headings(lines, flow)])
    facts = Properties(package)
    title = facts.title
    if title is None and not any(p.role in {Role.TITLE, Role.HEADING} for p in pieces):
        _, title = find_title(pieces, web=False)
    pieces = [*_frames(package, main, root, flow, pieces), *pieces]
    content = structured(pieces, title=title)
    text = "\n".join(block.text for block in content.blocks)
    return replace(
        content,
        date=content.date or facts.created,
        language=fitting_language(facts.language, text),
        dropped=(*flow.dropped, *package.pictures),
    )


def _flow(package: Package, main: str) -> WordFlow:
    def part(kind: str) -> Any:
        name = next(package.parts(main, kind), None)
        return None if name is None else package.xml(name)

    styles = WordStyles(part("styles"))
    return WordFlow(package, styles, ListNumbering(part("numbering"), styles), Notes(package, main))


def _frames(
    package: Package, main: str, root: Any, flow: WordFlow, body: Sequence[Piece]
) -> list[Piece]:
    """Page headers and footers, without what the text says anyway or they say twice."""
    told = {piece.text for piece in body}
    found = []
    flow.line = 0
    for part in frames(package, main, root):
        frame = package.xml(part)
        if frame is None:
            continue
        for piece in grouped([line.entry for line in flow.lines(part, frame)]):
            if piece.text not in told and any(map(str.isalnum, piece.text)):
                told.add(piece.text)
                role = Role.TABLE if piece.role is Role.TABLE else Role.BODY
                found.append(replace(piece, starts=((0, 1),), role=role, level=0))
    return found


def _with_headings(lines: list[WordLine], flow: WordFlow) -> list[WordLine]:
    """Where no style marks a heading, lines all bold or larger than the text that read as one."""
    pieces = [line.entry.piece for line in lines]
    if any(piece.role in {Role.HEADING, Role.TITLE} for piece in pieces):
        return lines
    usual = flow.sizes.most_common(1)[0][0] if flow.sizes else 0
    style = style_of(pieces)
    stands = [
        at
        for at, line in enumerate(lines[:-1])
        if pieces[at].role is Role.BODY
        and (line.bold or 0 < usual < line.size)
        and is_headline(pieces[at].text, style)
    ]
    if len(stands) > max(1, _FEW * len(lines)):
        return lines
    marked = list(lines)
    largest = max((lines[at].size for at in stands), default=0)
    for at in stands:
        first = at == stands[0] and at <= 1 and lines[at].size == largest > usual
        role = Role.TITLE if first else Role.HEADING
        marked[at] = replace(
            lines[at], entry=replace(lines[at].entry, piece=pieces[at].with_role(role))
        )
    return marked

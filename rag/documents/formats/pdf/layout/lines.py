"""Bands of segments become the lines of a page in the order in which they are read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.documents.formats.pdf.characters.drawing import Rule
from rag.documents.formats.pdf.characters.wording import wording
from rag.documents.formats.pdf.layout.bands import Band, Row
from rag.documents.formats.pdf.layout.line import PdfLine
from rag.documents.formats.pdf.layout.reading_order import in_order
from rag.documents.formats.pdf.layout.segment import Segment
from rag.documents.formats.pdf.layout.tables import (
    TableRow,
    are_cells,
    has_header,
    stand_in_columns,
    table_rows,
)
from rag.documents.text.characters import ends_sentence, one_line, tidy

#: Points by which columns may differ where a table goes on, and lines that may stand between.
_SAME_COLUMN, _BETWEEN = 4.0, 2
#: Lines of a sentence.
_LONGEST = 12
_COLONS = (":", "：")


@dataclass(frozen=True, slots=True)
class _Table:
    number: int
    names: tuple[str, ...]
    gutters: list[tuple[float, float]]


class Lines:
    """Makes lines of pages, in their order; knows the table that the last page ended with."""

    def __init__(self) -> None:
        self._tables = 0
        self._open: _Table | None = None

    def of_page(
        self,
        page: int,
        segments: Sequence[Segment],
        notes: Sequence[Segment] = (),
        rules: Sequence[Rule] = (),
    ) -> list[PdfLine]:
        """The lines of the page; those that run in another direction follow the others.

        Notes on it come after the sentence beside which they stand; `rules` part rows of tables.
        """
        lines: list[PdfLine] = []
        # Most of what is turned is beside the text; where most is, the page lies on its side.
        directions = Counter(each.direction for each in segments)
        for direction, _ in directions.most_common():
            bands = in_order([each for each in segments if each.direction == direction])
            for at, band in enumerate(bands):
                near_top = sum(len(each.rows) for each in bands[:at]) <= _BETWEEN
                lines += self._of_band(band, page, rules, goes_on=near_top)
            if sum(len(each.rows) for each in bands[_after_table(bands) :]) > _BETWEEN:
                self._open = None
        lines = [line for line in lines if line.text]
        for note in notes:
            line = _line([note], page)
            lines.insert(_place(lines, line), replace(line, cells=(line.text,)))
        return lines

    def _of_band(
        self, band: Band, page: int, rules: Sequence[Rule], *, goes_on: bool
    ) -> Iterator[PdfLine]:
        if not band.gutters:
            for row in band.rows:
                for segment in row:
                    yield _line([segment], page)
            return
        rows = table_rows(band, rules)
        before = self._open if goes_on and _same_columns(self._open, band) else None
        if before is None and not stand_in_columns(rows):
            yield from (_spread(row, page) for row in band.rows)
            return
        lines = [_row(row, page) for row in rows]
        texts = [line.cells for line in lines]
        if before is not None:
            lines = lines[1:] if texts[0] == before.names else lines
            yield from (replace(line, table=before.number) for line in lines)
            self._open = replace(before, gutters=band.gutters)
        elif are_cells(texts):
            self._tables += 1
            headed = has_header(texts)
            for line in lines:
                yield replace(line, table=self._tables, headed=headed and line is lines[0])
            self._open = _Table(self._tables, texts[0] if headed else (), band.gutters)
        else:
            yield from (_spread(row, page) for row in band.rows)


def _place(lines: Sequence[PdfLine], note: PdfLine) -> int:
    """Where the note is read: after the end of the sentence nearest to it."""
    middle = (note.top + note.bottom) / 2
    above = [at for at, line in enumerate(lines) if line.bottom >= middle or line.top > middle]
    if not above:
        return 0
    nearest = min(
        above, key=lambda at: (abs(lines[at].bottom - middle), abs(lines[at].left - note.left))
    )
    for at in range(nearest, min(nearest + _LONGEST, len(lines))):
        if ends_sentence(lines[at].text) or lines[at].cells:
            return at + 1
    return nearest + 1


def _after_table(bands: Sequence[Band]) -> int:
    return max((at + 1 for at, band in enumerate(bands) if band.gutters), default=0)


def _same_columns(table: _Table | None, band: Band) -> bool:
    if table is None or len(table.gutters) != len(band.gutters):
        return False
    return all(
        max(a[0], b[0]) < min(a[1], b[1]) + _SAME_COLUMN
        for a, b in zip(table.gutters, band.gutters, strict=True)
    )


def _row(row: TableRow, page: int) -> PdfLine:
    cells = tuple(_words(cell) if cell else "" for cell in row.cells)
    return replace(_line(row.segments, page, " ".join(filter(None, cells))), cells=cells)


def _spread(row: Row, page: int) -> PdfLine:
    """A row of segments that may not be a table, as one line."""
    cells: list[str] = []
    for segment in row:
        text = _words([segment])
        if cells and cells[-1].endswith(_COLONS):
            cells[-1] += f" {text}"
        elif text:
            cells.append(text)
    line = _line(row, page, " ".join(cells))
    return line if len(row) == 1 else replace(line, cells=(*cells,))


def _words(segments: Sequence[Segment]) -> str:
    if len(segments) > 1:
        return one_line("\n".join(wording(each.glyphs) for each in segments))
    text = wording(segments[0].glyphs)
    plain = text.isascii() and text.isprintable() and "  " not in text
    return text.strip() if plain else tidy(text)


def _line(segments: Sequence[Segment], page: int, text: str | None = None) -> PdfLine:
    return PdfLine(
        _words(segments) if text is None else text,
        page,
        left=min(each.left for each in segments),
        right=max(each.right for each in segments),
        top=max(each.top for each in segments),
        bottom=min(each.bottom for each in segments),
        size=max(each.size for each in segments),
    )

"""Lines as they stand on printed pages become pieces: paragraphs, headings, running heads.

Only the geometry shows which lines a full column broke: Chinese PDF files have neither blank
lines nor indents in their text, and proportional letters make every line another length.
"""

import re
from collections import Counter, defaultdict
from itertools import groupby, pairwise

from rag.documents.cleaning.hyphens import broken_word
from rag.documents.cleaning.piece import (
    Piece,
    Role,
    hyphenated_words,
    is_unspaced,
    join,
    join_sentence,
)
from rag.documents.cleaning.wrapping import starts_item
from rag.documents.formats.pdf.layout.line import PdfLine, from_where_they_begin
from rag.documents.formats.structure.pieces import table
from rag.documents.formats.structure.titles import heading_key
from rag.documents.text.characters import ends_sentence

_PAGE_NUMBER = re.compile(r"\d+|^[ivxlc]+\b|\b[ivxlc]+$")
#: In sizes of the letters: what is an indent, a missing word's room, a gap between paragraphs.
_INDENT, _ROOM, _GAP = 0.9, 1.2, 0.6
#: Headings have letters this much larger than the text has, and at most this many letters.
_LARGER, _LONGEST_HEADING = 1.12, 80
_HEADING_LEVELS = 4
#: The share of a file's characters that letters of one size have where they may be headings; of a
#: short file any.
_MOST_HEADINGS, _FEW_CHARACTERS = 0.25, 500
#: Lines at each end of a page that may be running heads, the gap that sets them apart in sizes of
#: the letters, on how many pages the same stands, and every which page at least: books have the
#: chapter's name on every other.
_EDGE, _APART = 2, 1.1
_LEAST_PAGES, _EVERY = 3, 2
#: The share of lines in a column that end further right than its edge is thought to be.
_RAGGED = 0.2


def to_pieces(lines: list[PdfLine], outline: dict[str, int]) -> list[Piece]:
    """The lines' pieces in reading order, each line numbered from 1.

    `outline` has the levels of the headings that the file itself lists, by their text.
    """
    lines = from_where_they_begin(lines)
    running = _running(lines)
    sizes = _sizes(lines)
    text_size = sizes.most_common(1)[0][0] if lines else 0.0
    levels = _levels(sizes, text_size)
    columns = _Columns(lines)
    words = hyphenated_words([_piece(line, 1) for line in lines])
    marks: list[Piece] = []
    groups: list[list[tuple[int, PdfLine, int]]] = []
    for number, line in enumerate(lines, 1):
        if number in running:
            marks.append(_piece(line, number).with_role(Role.PAGE_MARK))
            continue
        level = outline.get(heading_key(line.text)) or _level(line, levels, text_size)
        if groups and _goes_on(groups[-1], line, level, columns, outline):
            groups[-1].append((number, line, level))
        else:
            groups.append([(number, line, level)])
    pieces = [_joined(group, words) for group in groups]
    return sorted([*pieces, *marks], key=lambda piece: piece.lines)


def _piece(line: PdfLine, number: int) -> Piece:
    return Piece(line.text, ((0, number),), gap=1)


def _joined(group: list[tuple[int, PdfLine, int]], words: frozenset[str]) -> Piece:
    pieces = [_piece(line, number) for number, line, _ in group]
    level = group[0][2]
    if group[0][1].cells:
        rows = table(
            [(number, line.cells or (line.text,)) for number, line, _ in group],
            headed=group[0][1].headed,
        )
        if rows is not None:
            return rows
    if not level:
        return join_sentence(pieces, words)
    whole = join(pieces, "") if is_unspaced(pieces[0].text[-1]) else join(pieces, " ")
    return Piece(whole.text, whole.starts, gap=1, role=Role.HEADING, level=level)


def _running(lines: list[PdfLine]) -> set[int]:
    """Numbers of the lines at the ends of pages that pages have in turn, whatever their digits."""
    edges: list[tuple[str, int, int]] = []
    for page, numbered in groupby(enumerate(lines, 1), key=lambda each: each[1].page):
        falling = sorted(numbered, key=lambda each: -each[1].top)
        for number, line in _set_apart(falling) + _set_apart(falling[::-1]):
            if not line.table:
                edges.append((_PAGE_NUMBER.sub("", line.text).strip(), number, page))
    pages: dict[str, set[int]] = defaultdict(set)
    for text, _, page in edges:
        pages[text].add(page)
    repeated = {text for text, on in pages.items() if _in_turn(sorted(on)) >= _LEAST_PAGES}
    return {number for text, number, _ in edges if text in repeated}


def _in_turn(pages: list[int]) -> int:
    """The most of the pages that follow each other, with no more than one between them."""
    most = run = 1
    for before, page in pairwise(pages):
        run = run + 1 if page - before <= _EVERY else 1
        most = max(most, run)
    return most


def _set_apart(lines: list[tuple[int, PdfLine]]) -> list[tuple[int, PdfLine]]:
    """The first few lines, down to the last of them after which there is a gap."""
    for count in range(min(_EDGE, len(lines) - 1), 0, -1):
        (_, last), (_, following) = lines[count - 1], lines[count]
        gap = max(last.bottom - following.top, following.bottom - last.top)
        if gap > _APART * max(last.size, following.size):
            return lines[:count]
    return []


def _sizes(lines: list[PdfLine]) -> Counter[float]:
    """How many characters the file has in letters of each size, outside of tables."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += 0 if line.cells else len(line.text)
    return sizes


def _levels(sizes: Counter[float], text_size: float) -> dict[float, int]:
    """The levels of headings by the sizes that they have; much is never written as headings."""
    most = max(_FEW_CHARACTERS, _MOST_HEADINGS * sizes.total())
    large = [size for size, count in sizes.items() if size >= text_size * _LARGER and count <= most]
    return {
        size: min(level, _HEADING_LEVELS)
        for level, size in enumerate(sorted(large, reverse=True), 1)
    }


def _level(line: PdfLine, levels: dict[float, int], text_size: float) -> int:
    large = line.size >= text_size * _LARGER
    short = len(line.text) <= _LONGEST_HEADING and any(map(str.isalpha, line.text))
    ended = line.text.endswith(("。", "，", ","))
    return levels.get(line.size, 0) if large and short and not ended else 0


class _Columns:
    """Where the columns of each page begin and end."""

    def __init__(self, lines: list[PdfLine]) -> None:
        found: dict[tuple[int, int], list[PdfLine]] = defaultdict(list)
        for line in lines:
            place = self._place(line)
            # A line's neighbours may fall on the other side of a bucket's edge.
            for near in (place - 1, place, place + 1):
                found[line.page, near].append(line)
        self._edges = {at: self._measure(inside) for at, inside in found.items()}

    def edges(self, line: PdfLine) -> tuple[float, float]:
        """The left and the right edge of the column that the line stands in."""
        return self._edges[line.page, self._place(line)]

    @staticmethod
    def _place(line: PdfLine) -> int:
        return int(line.left // 36)

    @staticmethod
    def _measure(lines: list[PdfLine]) -> tuple[float, float]:
        left = Counter(round(line.left) for line in lines).most_common(1)[0][0]
        rights = sorted(line.right for line in lines)
        return float(left), rights[int(len(rights) * (1 - _RAGGED))]


def _goes_on(
    group: list[tuple[int, PdfLine, int]],
    line: PdfLine,
    level: int,
    columns: _Columns,
    outline: dict[str, int],
) -> bool:
    """Whether the line belongs to what the group began."""
    _, before, before_level = group[-1]
    same_page = before.page == line.page
    if line.page > before.page + 1 or (not same_page and ends_sentence(before.text)):
        return False
    if line.cells or before.cells:
        return line.table == before.table and (line.table > 0 or bool(line.cells and before.cells))
    if level or before_level:
        # A heading of several lines; the outline lists whole ones.
        close = same_page and before.bottom - line.top < line.size * _GAP
        alone = heading_key(line.text) in outline or heading_key(before.text) in outline
        return level == before_level and close and not alone and line.size == before.size
    if starts_item(line.text) or abs(before.size - line.size) > 0.1 * before.size:
        return False
    if same_page and before.bottom - line.top > before.size * (_GAP + _leading(group)):
        return False
    if broken_word(before.text) and line.text[0].islower():
        return True
    left, _ = columns.edges(line)
    indented = line.left - left > _INDENT * line.size
    if indented and abs(line.left - before.left) > 1 and not starts_item(group[0][1].text):
        return False
    _, right = columns.edges(before)
    return right - before.right < _needed(line) and before.left < right


def _leading(group: list[tuple[int, PdfLine, int]]) -> float:
    """The space between the group's lines, in sizes of its letters; an ample guess for one line."""
    gaps = [
        (a[1].bottom - b[1].top) / max(a[1].size, 1.0)
        for a, b in pairwise(group)
        if a[1].page == b[1].page
    ]
    return max(0.0, min(gaps)) if gaps else 0.9


def _needed(line: PdfLine) -> float:
    """The room that the line's first word would have taken on the line above."""
    if is_unspaced(line.text[0]):
        return _ROOM * 2 * line.size
    letters = max(1, len(line.text))
    word = line.text.split(" ", 1)[0]
    return (len(word) + 1) * (line.right - line.left) / letters + _ROOM * line.size

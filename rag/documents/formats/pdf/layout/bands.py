"""Rows of a page in bands: parts of the page in which the same columns stand under each other."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.documents.formats.pdf.layout.segment import Segment, beside

#: In sizes of the letters: the least room between two columns.
_GUTTER = 0.8
#: The same between columns of cells, which stand further apart in each row.
_NARROW_GUTTER = 0.1
#: The share of a row's or a band's gutters that a dense band keeps.
_DENSE = 0.6
#: One in this many rows may have a cell that is wider than its column.
_ROWS_A_WIDE_CELL = 10

Row = list[Segment]


@dataclass(frozen=True, slots=True)
class Band:
    """Neighbouring rows whose segments stand in the same columns, between which are `gutters`."""

    rows: list[Row]
    gutters: list[tuple[float, float]]

    def column(self, segment: Segment) -> int:
        """The number of the segment's column, from 0."""
        middle = (segment.left + segment.right) / 2
        return bisect_left(self.gutters, middle, key=_middle)


def _middle(gutter: tuple[float, float]) -> float:
    return (gutter[0] + gutter[1]) / 2


def rows_of(segments: Sequence[Segment]) -> list[Row]:
    """Segments at one height, from left to right, from the top of the page to its bottom."""
    rows: list[Row] = []
    for segment in sorted(segments, key=lambda each: -each.middle):
        if rows and any(beside(each, segment) for each in (rows[-1][0], rows[-1][-1])):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    for row in rows:
        row.sort(key=lambda each: each.left)
    return rows


def bands_of(rows: list[Row], *, dense: bool = False) -> list[Band]:
    """The rows in bands; if `dense`, no row of many cells is in a band with few columns."""
    bands: list[Band] = []
    cover: list[tuple[float, float]] = []
    for row in rows:
        wider = _merged([*cover, *((each.left, each.right) for each in row)])
        gutters = _gutters(wider, row, dense=dense)
        if bands and _fits(bands[-1], row, gutters, dense=dense):
            bands[-1] = Band([*bands[-1].rows, row], gutters)
            cover = wider
            continue
        inside = _merged([(each.left, each.right) for each in row])
        pulled: list[Row] = []
        if bands and _gutters(inside, row, dense=dense):
            # Rows before that keep clear of the gutter belong to one of the columns.
            above = bands[-1].rows
            while above and not bands[-1].gutters and len(above[-1]) == 1:
                more = _merged([*inside, (above[-1][0].left, above[-1][0].right)])
                least = len(_gutters(inside, row, dense=dense))
                if len(_gutters(more, row, dense=dense)) < least or not _is_in_column(
                    above[-1][0], row
                ):
                    break
                inside = more
                pulled.insert(0, above.pop())
            if not above:
                bands.pop()
        bands.append(Band([*pulled, row], _gutters(inside, row, dense=dense)))
        cover = inside
    return bands


def _fits(band: Band, row: Row, gutters: list[tuple[float, float]], *, dense: bool) -> bool:
    """Whether the row goes on a band of which it would leave these gutters."""
    if not gutters:
        return not band.gutters and len(row) == 1
    if not dense:
        return True
    if len(row) == 1 or not band.gutters:
        return len(row) == 1 and len(gutters) >= len(band.gutters)
    own = _gutters(_merged([(each.left, each.right) for each in row]), row, dense=dense)
    return len(gutters) >= _DENSE * max(len(band.gutters), len(own))


def _is_in_column(segment: Segment, row: Row) -> bool:
    """Whether the segment begins where one of the row's columns does and ends before the next."""
    left = max(
        (each.left for each in row if each.left <= segment.left + segment.size), default=None
    )
    right = min((each.left for each in row if each.left > segment.left + segment.size), default=1e9)
    return left is not None and segment.right < right


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _gutters(
    cover: list[tuple[float, float]], row: Row, *, dense: bool = False
) -> list[tuple[float, float]]:
    least = (_NARROW_GUTTER if dense else _GUTTER) * min(each.size for each in row)
    return [(a[1], b[0]) for a, b in pairwise(cover) if b[0] - a[1] >= least]


def trimmed(band: Band) -> list[Band]:
    """The band without the lines above and below that only happen to keep clear of its gutters."""
    shared = [at for at, row in enumerate(band.rows) if len(row) > 1]
    if not shared:
        return [Band(band.rows, [])]
    first, last = shared[0], shared[-1] + 1
    # What is drawn before the end of the row above belongs to one of its cells.
    while last < len(band.rows) and _begun(band.rows[last]) < _ended(band.rows[last - 1]):
        last += 1
    parts = [(band.rows[:first], []), (band.rows[first:last], band.gutters), (band.rows[last:], [])]
    return [Band(rows, gutters) for rows, gutters in parts if rows]


def tolerant(band: Band) -> Band:
    """The band with the gutters that a few wide cells hide."""
    allowed = len(band.rows) // _ROWS_A_WIDE_CELL
    if not band.gutters or not allowed:
        return _without_halves(band)
    spans = [(each.left, each.right) for row in band.rows for each in row]
    steps = sorted([(left, 1) for left, _ in spans] + [(right, -1) for _, right in spans])
    least = _NARROW_GUTTER * min(each.size for row in band.rows for each in row)
    gutters: list[tuple[float, float]] = []
    inside, begun = 0, spans[0][0]
    for at, step in steps:
        inside += step
        if step < 0 and inside == allowed:
            begun = at
        elif step > 0 and inside == allowed + 1 and at - begun >= least and at > steps[0][0]:
            gutters.append((begun, at))
    found: list[tuple[float, float]] = []
    for left, right in gutters[1:] if gutters and gutters[0][0] <= steps[0][0] else gutters:
        # A column with few cells is no gutter.
        sparse = any(left <= a and b <= right for a, b in spans)
        found += [g for g in band.gutters if left <= g[0] <= right] if sparse else [(left, right)]
    return _without_halves(Band(band.rows, found) if len(found) > len(band.gutters) else band)


def _without_halves(band: Band) -> Band:
    """The band where two columns are one if no row fills both: a name beside its figures."""
    filled: list[set[int]] = [set() for _ in range(len(band.gutters) + 1)]
    for at, row in enumerate(band.rows):
        for segment in row:
            filled[band.column(segment)].add(at)
    kept: list[tuple[float, float]] = []
    left = filled[0]
    for gutter, right in zip(band.gutters, filled[1:], strict=True):
        if left & right:
            kept.append(gutter)
            left = right
        else:
            left = left | right
    return Band(band.rows, kept)


def _begun(row: Row) -> float:
    return min(each.number for each in row)


def _ended(row: Row) -> float:
    return max(each.number for each in row)

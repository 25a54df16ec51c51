"""The text of charts and diagrams in office files: titles, series with their values, labels."""

from typing import Any

from rag.documents.formats.tables.grid import Spot
from rag.documents.text.characters import tidy

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
#: The most points of a series that are read.
_MOST = 1_000


def chart_title(root: Any) -> str:
    """The titles of the chart and of its axes, on one line."""
    titles = [_words(title) for title in root.iter(f"{_C}title")]
    return " · ".join(filter(None, titles))


def chart_rows(root: Any) -> list[list[Spot]]:
    """The chart's data as a table: a row a category, a column a series."""
    series = [
        (_series_name(one), _points(one, ("cat", "xVal")), _points(one, ("val", "yVal")))
        for one in root.iter(f"{_C}ser")
    ]
    categories: dict[int, str] = {}
    for _, found, _values in series:
        categories = {**found, **categories}
    places = sorted({at for _, found, values in series for at in (*found, *values)})[:_MOST]
    if not any(values for _, _, values in series):
        return []
    header = [Spot("", heading=True), *(Spot(name, heading=True) for name, _, _ in series)]
    rows = [
        [Spot(categories.get(at, "")), *(Spot(values.get(at, "")) for _, _, values in series)]
        for at in places
    ]
    return [header, *rows]


def diagram_texts(root: Any) -> list[str]:
    """The labels of a diagram, in the order of the file."""
    texts = [
        _words(body)
        for body in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/diagram}t")
    ]
    return [text for text in texts if text]


def _series_name(series: Any) -> str:
    name = series.find(f"{_C}tx")
    return "" if name is None else tidy(" ".join(v.text or "" for v in name.iter(f"{_C}v")))


def _points(series: Any, names: tuple[str, ...]) -> dict[int, str]:
    found: dict[int, str] = {}
    for name in names:
        part = series.find(f"{_C}{name}")
        for point in part.iter(f"{_C}pt") if part is not None else ():
            value = point.findtext(f"{_C}v") or ""
            place = point.get("idx", "")
            if place.isascii() and place.isdigit() and len(place) < 7:
                # Categories of several levels read from the outside in.
                before = found.get(int(place))
                found[int(place)] = tidy(_plain(value) if before is None else f"{value} {before}")
    return found


def _plain(value: str) -> str:
    """A number without the noise of its binary form (0.30000000000000004)."""
    try:
        return f"{float(value):.10g}" if len(value) > 12 else value
    except ValueError:
        return value


def _words(element: Any) -> str:
    runs = ("".join(t.text or "" for t in p.iter(f"{_A}t")) for p in element.iter(f"{_A}p"))
    return tidy(" ".join(runs))

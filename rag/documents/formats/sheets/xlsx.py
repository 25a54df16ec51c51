"""Reads Excel workbooks (.xlsx, .xlsm), by openpyxl (MIT). The only module that knows it."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

from rag.documents.block import Content
from rag.documents.formats.office.package import Package
from rag.documents.formats.office.properties import Properties
from rag.documents.formats.sheets.number_format import is_date, shown_date, shown_number
from rag.documents.formats.sheets.sheet import Sheet, blocks_of, check_size, hidden_parts
from rag.documents.formats.tables.grid import Row, Spot
from rag.documents.text.characters import HAN, tidy
from rag.documents.text.languages import fitting_language

_AGAIN = "Open it in Excel or LibreOffice and save it as .xlsx."
#: Bytes of XML of all sheets up to which they are held in memory with all that is merged.
_HELD = 40_000_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
#: Seconds from which on a duration is shown in hours.
_HOUR = 3600


def read_workbook(data: bytes) -> Content:
    """A paragraph for each row of each sheet; its lines are the numbers of the rows.

    Sheets, rows and columns that are hidden are left out. Raises DocumentError when it is no
    workbook, needs a password, is damaged or larger than the limits.
    """
    package = Package(
        data, kind="an Excel workbook (.xlsx)", again=_AGAIN, must="[content_types].xml"
    )
    package.check_program("xl", "Excel")
    # Loading takes a moment, and what only serves answers never reads a file.
    import openpyxl

    size = sum(len(package.data(name) or b"") for name in package.names if _SHEET.fullmatch(name))
    book = openpyxl.load_workbook(
        io.BytesIO(package.transitional()), data_only=True, read_only=size > _HELD
    )
    sheets = [_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    blocks = tuple(blocks_of(sheets))
    facts = Properties(package)
    text = "\n".join(block.text for block in blocks[:200])
    language = fitting_language(facts.language, text)
    return Content(
        blocks,
        title=facts.title,
        date=facts.created,
        language=language,
        dropped=(*hidden_parts(sheets, hidden), *package.pictures),
    )


def _sheet(sheet: Any) -> Sheet:
    check_size(sheet.max_row or 0, sheet.max_column or 0, sheet.title)
    merged = _merged(sheet)
    hidden_rows, hidden_columns = _hidden(sheet)
    rows: list[Row] = []
    notes: list[tuple[int, str]] = []
    for number, cells in enumerate(sheet.iter_rows(), sheet.min_row or 1):
        if number in hidden_rows:
            continue
        spots = []
        for column, cell in enumerate(cells, sheet.min_column or 1):
            if column in hidden_columns:
                continue
            anchor = merged.get((number, column))
            source = sheet.cell(*anchor) if anchor else cell
            spots.append(Spot(shown(source), anchor is None or anchor[1] == column, _bold(source)))
            comment = getattr(cell, "comment", None)
            if comment is not None:
                notes.append((number, _comment(cell.coordinate, comment)))
        rows.append((number, spots))
    return Sheet(tidy(sheet.title), rows, notes, bool(hidden_rows or hidden_columns))


def _merged(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """For each place of merged cells the one that holds their value."""
    ranges = getattr(getattr(sheet, "merged_cells", None), "ranges", ())
    places: dict[tuple[int, int], tuple[int, int]] = {}
    for area in ranges:
        last_row = min(area.max_row, sheet.max_row)
        last_column = min(area.max_col, sheet.max_column)
        for row in range(area.min_row, last_row + 1):
            for column in range(area.min_col, last_column + 1):
                places[row, column] = (area.min_row, area.min_col)
    return places


def _hidden(sheet: Any) -> tuple[set[int], set[int]]:
    """The rows and columns that are hidden; those that a filter hides for now are not."""
    rows: set[int] = set()
    columns: set[int] = set()
    if not hasattr(sheet, "row_dimensions"):
        return rows, columns
    if not (sheet.auto_filter and sheet.auto_filter.ref):
        rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    for column in sheet.column_dimensions.values():
        if column.hidden and column.min is not None:
            columns.update(range(column.min, min(column.max or column.min, 1 << 14) + 1))
    return rows, columns


def shown(cell: Any) -> str:
    """The value of a cell as the sheet shows it; nothing where it is struck out."""
    value = cell.value
    if value is None or (getattr(cell, "font", None) is not None and cell.font.strike):
        return ""
    code = cell.number_format or "General"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return shown_date(value, code)
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        hours, rest = divmod(seconds, _HOUR)
        return f"{hours}:{rest // 60:02d}" + (f":{rest % 60:02d}" if rest % 60 else "")
    if isinstance(value, int | float):
        return str(value) if is_date(code) else shown_number(value, code)
    text = " ".join(_linked(cell, str(value)))
    return tidy(text)


def _linked(cell: Any, text: str) -> Iterator[str]:
    from rag.documents.formats.inline.links import shown_address

    yield text
    link = getattr(cell, "hyperlink", None)
    address = shown_address(link.target, text) if link is not None and link.target else None
    if address:
        yield f"({address})"


def _bold(cell: Any) -> bool:
    font = getattr(cell, "font", None)
    return bool(font is not None and font.b and cell.value is not None)


def _comment(where: str, comment: Any) -> str:
    words, author = tidy(comment.text or ""), tidy(comment.author or "")
    words = words.removeprefix(f"{author}:").strip()
    if HAN.search(words):
        return f"{where} 批注（{author}）：{words}" if author else f"{where} 批注：{words}"
    return f"Comment on {where}{f' by {author}' if author else ''}: {words}"

"""Reads old Excel workbooks (.xls), by xlrd (BSD). The only module that knows it."""

import io
from typing import Any

from rag.documents.block import Content
from rag.documents.formats.sheets.number_format import is_date, shown_date, shown_number
from rag.documents.formats.sheets.sheet import Sheet, blocks_of, check_size, hidden_parts
from rag.documents.formats.signatures import kind_of
from rag.documents.formats.tables.grid import Row, Spot
from rag.documents.text.characters import tidy
from rag.errors import DocumentError

_LOCKED = "It is protected by a password. Save a copy without one."
_AGAIN = "Open it in Excel or LibreOffice and save it as .xlsx."


def read_old_workbook(data: bytes) -> Content:
    """A paragraph for each row of each sheet; its lines are the numbers of the rows.

    Raises DocumentError when it is no workbook, needs a password or is damaged.
    """
    # Loading takes a moment, and what only serves answers never reads a file.
    import xlrd  # type: ignore[import-untyped]  # it ships no annotations

    if kind_of(data) == "an Office file protected by a password":
        raise DocumentError(_LOCKED)
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise DocumentError(
                "It is protected by a password. Save a copy without one."
            ) from error
        raise DocumentError(
            f"It is not an old Excel workbook (.xls), or damaged. {_AGAIN}"
        ) from error
    sheets = [_sheet(book, sheet) for sheet in book.sheets() if sheet.visibility == 0]
    hidden = [sheet.name for sheet in book.sheets() if sheet.visibility != 0]
    return Content(tuple(blocks_of(sheets)), dropped=hidden_parts(sheets, hidden))


def _sheet(book: Any, sheet: Any) -> Sheet:
    check_size(sheet.nrows, sheet.ncols, sheet.name)
    merged = {
        (row, column): (top, left)
        for top, bottom, left, right in sheet.merged_cells
        for row in range(top, min(bottom, sheet.nrows))
        for column in range(left, min(right, sheet.ncols))
    }
    hidden = {at for at, facts in sheet.colinfo_map.items() if facts.hidden}
    rows: list[Row] = []
    for row in range(sheet.nrows):
        facts = sheet.rowinfo_map.get(row)
        if facts is not None and facts.hidden:
            continue
        spots = []
        for column in range(sheet.ncols):
            if column not in hidden:
                anchor = merged.get((row, column), (row, column))
                lead = anchor[1] == column
                spots.append(Spot(_shown(book, sheet, *anchor), lead, _bold(book, sheet, *anchor)))
        rows.append((row + 1, spots))
    notes = [
        (row + 1, f"Comment by {tidy(note.author)}: {tidy(note.text)}")
        for (row, _), note in sorted(sheet.cell_note_map.items())
    ]
    return Sheet(tidy(sheet.name), rows, notes, bool(hidden) or len(rows) < sheet.nrows)


def _shown(book: Any, sheet: Any, row: int, column: int) -> str:
    import xlrd

    if row >= sheet.nrows or column >= sheet.ncols:
        return ""
    cell = sheet.cell(row, column)
    form = book.xf_list[cell.xf_index]
    if book.font_list[form.font_index].struck_out:
        return ""
    code = book.format_map[form.format_key].format_str or "General"
    if cell.ctype == xlrd.XL_CELL_DATE or (cell.ctype == xlrd.XL_CELL_NUMBER and is_date(code)):
        try:
            moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return str(cell.value)
        return shown_date(moment.time() if cell.value < 1 else moment, code)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return shown_number(cell.value, code)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    return tidy(cell.value) if cell.ctype == xlrd.XL_CELL_TEXT else ""


def _bold(book: Any, sheet: Any, row: int, column: int) -> bool:
    if row >= sheet.nrows or column >= sheet.ncols:
        return False
    form = book.xf_list[sheet.cell_xf_index(row, column)]
    return bool(book.font_list[form.font_index].bold)

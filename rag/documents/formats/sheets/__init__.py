"""Spreadsheets (.xlsx, .xlsm, .xls, .ods): each row a passage, with its sheet and its columns."""

from rag.documents.formats.sheets.xls import read_old_workbook
from rag.documents.formats.sheets.xlsx import read_workbook

__all__ = ["read_old_workbook", "read_workbook"]

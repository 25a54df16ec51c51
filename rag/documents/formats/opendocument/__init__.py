"""OpenDocument files of LibreOffice and others: text (.odt), sheets (.ods), slides (.odp)."""

from rag.documents.formats.opendocument.reader import (
    read_open_sheets,
    read_open_slides,
    read_open_text,
)

__all__ = ["read_open_sheets", "read_open_slides", "read_open_text"]

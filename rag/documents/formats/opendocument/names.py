"""Names of OpenDocument's elements (OASIS Open Document Format 1.3, part 3)."""

from typing import Any

_BASE = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE = f"{{{_BASE}office:1.0}}"
TEXT = f"{{{_BASE}text:1.0}}"
TABLE = f"{{{_BASE}table:1.0}}"
DRAW = f"{{{_BASE}drawing:1.0}}"
STYLE = f"{{{_BASE}style:1.0}}"
FO = f"{{{_BASE}xsl-fo-compatible:1.0}}"
PRESENTATION = f"{{{_BASE}presentation:1.0}}"
META = f"{{{_BASE}meta:1.0}}"
DC = "{http://purl.org/dc/elements/1.1/}"
XLINK = "{http://www.w3.org/1999/xlink}"


def whole(element: Any, name: str, usual: int = 1) -> int:
    """The whole number that an attribute holds; `usual` where it holds none."""
    said = element.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else usual

"""What an office file says of itself (Dublin Core): title, date, language."""

import re
from typing import Any

from rag.documents.cleaning.dates import find_date
from rag.documents.formats.office.package import Package
from rag.documents.text.characters import tidy

_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
#: Who writes files by a template: its title and date are no document's.
_LIBRARIES = frozenset({"python-docx", "openpyxl", "python-pptx", "pandoc"})
#: Titles that programs put in when nobody gave one.
_NO_TITLE = re.compile(
    r"(?:Word|PowerPoint|Excel)[ -](?:Document|Presentation|文档|演示文稿)|Document ?\d*|"
    r"(?:PowerPoint )?Pr[eé]sentation ?\d*|Workbook ?\d*|Untitled.*|文档 ?\d*|Microsoft Word - .*",
    re.IGNORECASE,
)


class Properties:
    """The core properties of a packed file; None for those that are missing or a template's."""

    def __init__(self, package: Package) -> None:
        name = next(package.parts("", "core-properties"), None)
        root = None if name is None else package.xml(name)
        self.title = _title(_said(root, f"{_DC}title"))
        self.language = _said(root, f"{_DC}language") or None
        author = _said(root, f"{_DC}creator")
        created = find_date(_said(root, f"{_TERMS}created")[:10])
        self.created = created[0] if created and author not in _LIBRARIES else None


def _title(said: str) -> str | None:
    return said if said and not _NO_TITLE.fullmatch(said) else None


def _said(root: Any, name: str) -> str:
    return tidy((root.findtext(f".//{name}") or "") if root is not None else "")[:200]

"""What a Word file keeps apart from its text: notes, comments, headers and footers."""

from collections.abc import Iterator
from typing import Any

from rag.documents.formats.office.numerals import numeral
from rag.documents.formats.office.package import Package
from rag.documents.formats.word.names import R, W, switch, value

_KINDS = {"footnote": "decimal", "endnote": "lowerRoman"}


class Notes:
    """Footnotes, endnotes and comments by id, and the marks that notes get when they are met."""

    def __init__(self, package: Package, main: str) -> None:
        self._found: dict[tuple[str, str], tuple[str, Any]] = {}
        for kind in ("footnote", "endnote", "comment"):
            for part in package.parts(main, f"{kind}s"):
                root = package.xml(part)
                for element in root.iterchildren(f"{W}{kind}") if root is not None else ():
                    if element.get(f"{W}type", "normal") == "normal":
                        self._found[kind, element.get(f"{W}id") or ""] = (part, element)
        self._settings = next(iter(package.parts(main, "settings")), None)
        root = package.xml(self._settings) if self._settings else None
        self._styles = {
            kind: value(None if root is None else root.find(f"{W}{kind}Pr"), "numFmt") or usual
            for kind, usual in _KINDS.items()
        }
        self._counts = dict.fromkeys(_KINDS, 0)
        self._marks: dict[tuple[str, str], str] = {}

    def mark_of(self, kind: str, identity: str, custom: str | None) -> str:
        """The mark of a note where it is referred to; counted in the order of reading."""
        if (kind, identity) not in self._marks:
            if custom is None:
                self._counts[kind] += 1
                custom = numeral(self._counts[kind], self._styles[kind])
            self._marks[kind, identity] = custom.strip()
        return self._marks[kind, identity]

    def note_of(self, kind: str, identity: str) -> tuple[str, Any] | None:
        """The part and the element of a note or a comment, the first time it is asked for."""
        return self._found.pop((kind, identity), None)


def frames(package: Package, main: str, document: Any) -> Iterator[str]:
    """The parts with the headers and footers that are on some page, each once, in order."""
    targets = package.related(main)
    settings = next(iter(package.parts(main, "settings")), None)
    root = package.xml(settings) if settings else None
    even = bool(switch(root, "evenAndOddHeaders"))
    told: set[str] = set()
    for kind in ("headerReference", "footerReference"):
        for section in document.iter(f"{W}sectPr"):
            first = bool(switch(section, "titlePg"))
            for reference in section.iterchildren(f"{W}{kind}"):
                page = reference.get(f"{W}type", "default")
                if (page == "first" and not first) or (page == "even" and not even):
                    continue
                target = targets.get(reference.get(f"{R}id") or "", ("", ""))[1]
                if target and target not in told:
                    told.add(target)
                    yield target

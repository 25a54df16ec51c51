"""What styles of an OpenDocument file say, and the numbers that its lists count."""

from dataclasses import dataclass, replace
from typing import Any

from rag.documents.formats.office.numerals import numeral
from rag.documents.formats.opendocument.names import (
    DRAW,
    FO,
    PRESENTATION,
    STYLE,
    TABLE,
    TEXT,
    whole,
)

_FORMATS = {
    "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一, 二, 三, ...": "chineseCounting", "①, ②, ③, ...": "decimalEnclosedCircle",
    "甲, 乙, 丙, ...": "ideographTraditional", "壹, 贰, 叁, ...": "chineseLegalSimplified",
    "壹, 貳, 參, ...": "ideographLegalTraditional", "ア, イ, ウ, ...": "aiueo",
    "イ, ロ, ハ, ...": "iroha", "子, 丑, 寅, ...": "ideographZodiac",
}  # fmt: skip
BULLET = "- "


@dataclass(frozen=True, slots=True)
class OpenDocumentLook:
    """How a text is set, with what its style inherits. `shift` is 'super' or 'sub'."""

    hidden: bool = False
    struck: bool = False
    bold: bool = False
    shift: str = ""
    title: bool = False


class OpenDocumentStyles:
    """The styles of the parts of a file, by name, and its list styles."""

    def __init__(self, *roots: Any) -> None:
        self._elements: dict[tuple[str, str], Any] = {}
        self._plans: dict[str, Any] = {}
        self._known: dict[tuple[str, str], OpenDocumentLook] = {}
        for root in roots:
            for style in root.iter(f"{STYLE}style") if root is not None else ():
                key = (style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", ""))
                self._elements.setdefault(key, style)
            for plan in root.iter(f"{TEXT}list-style") if root is not None else ():
                self._plans.setdefault(plan.get(f"{STYLE}name", ""), plan)
            for plan in root.iter(f"{TEXT}outline-style") if root is not None else ():
                self._plans.setdefault("", plan)

    def look(self, family: str, name: str | None) -> OpenDocumentLook:
        """The look of a style with what it inherits."""
        key = (family, name or "")
        if key not in self._known:
            chain: list[Any] = []
            at: tuple[str, str] = key
            while at in self._elements and self._elements[at] not in chain and len(chain) < 50:
                chain.append(self._elements[at])
                at = (family, chain[-1].get(f"{STYLE}parent-style-name", ""))
            look = OpenDocumentLook()
            for element in reversed(chain):
                look = _with(look, element)
            self._known[key] = look
        return self._known[key]

    def is_collapsed(self, family: str, name: str | None) -> bool:
        """Whether a table or a page of slides of that style is not shown."""
        element = self._elements.get((family, name or ""))
        for properties in element if element is not None else ():
            if properties.get(f"{TABLE}display") == "false":
                return True
            if properties.get(f"{PRESENTATION}visibility") == "hidden":
                return True
            if properties.get(f"{DRAW}visibility") == "none":
                return True
        return False

    def plan(self, name: str) -> dict[int, Any]:
        """The levels of a list style, from 1; of the numbering of headings where the name is ''."""
        found = self._plans.get(name)
        return {whole(e, f"{TEXT}level"): e for e in found} if found is not None else {}


def _with(base: OpenDocumentLook, element: Any) -> OpenDocumentLook:
    name = element.get(f"{STYLE}display-name") or element.get(f"{STYLE}name", "")
    look = replace(base, title=base.title or name.lower() == "title")
    said = element.find(f"{STYLE}text-properties")
    if said is None:
        return look
    for name in (f"{STYLE}text-line-through-style", f"{STYLE}text-line-through-type"):
        if said.get(name) is not None:
            look = replace(look, struck=said.get(name) != "none")
    if said.get(f"{TEXT}display") is not None:
        look = replace(look, hidden=said.get(f"{TEXT}display") == "none")
    if said.get(f"{FO}font-weight") is not None:
        look = replace(look, bold=said.get(f"{FO}font-weight") in {"bold", "700", "800", "900"})
    position = said.get(f"{STYLE}text-position")
    if position is not None:
        first = position.split()[0] if position.split() else ""
        raised = first == "super" or (first[:1].isdigit() and first.rstrip("%").strip("0.") != "")
        low = first == "sub" or first.startswith("-")
        look = replace(look, shift="super" if raised else "sub" if low else "")
    return look


class OpenDocumentNumbers:
    """Counts the entries of lists and the headings of a file."""

    def __init__(self, styles: OpenDocumentStyles) -> None:
        self._styles = styles
        self._counts: dict[str, dict[int, int]] = {}

    def begin(self, plan: str, level: int) -> None:
        """A list begins anew at that level."""
        counts = self._counts.setdefault(plan, {})
        for at in [at for at in counts if at >= level]:
            del counts[at]

    def label(self, plan: str, level: int, start: int | None = None) -> str:
        """What stands before the next entry; '' where its level shows nothing."""
        levels = self._styles.plan(plan)
        own = levels.get(level)
        if own is None:
            return BULLET if plan else ""
        counts = self._counts.setdefault(plan, {})
        first = whole(own, f"{TEXT}start-value")
        counts[level] = start if start is not None else counts.get(level, first - 1) + 1
        for at in [at for at in counts if at > level]:
            del counts[at]
        if own.tag == f"{TEXT}list-level-style-bullet":
            return BULLET
        form = own.get(f"{STYLE}num-format", "")
        if not form:
            return ""
        shown = whole(own, f"{TEXT}display-levels")
        figures = [
            numeral(counts.get(at, 1), _FORMATS.get(levels[at].get(f"{STYLE}num-format", ""), ""))
            for at in range(level - shown + 1, level + 1)
            if at in levels and levels[at].get(f"{STYLE}num-format")
        ]
        before, after = own.get(f"{STYLE}num-prefix", ""), own.get(f"{STYLE}num-suffix", "")
        return f"{before}{'.'.join(figures)}{after}".strip() + " "

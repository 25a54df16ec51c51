"""What the styles of a Word file say of paragraphs and runs, with what they inherit."""

import re
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from rag.documents.formats.word.names import W, number, switch, value

_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|标题|標題", re.IGNORECASE)
_CONTENTS = re.compile(r"toc\s*\d|目录\s*\d|toc heading|table of figures", re.IGNORECASE)
#: Half points: what is set smaller is not there to be read.
_TINY = 3


@dataclass(frozen=True, slots=True)
class WordLook:
    """How a run is set; None where nothing is said. `shift` is 'superscript' or 'subscript'."""

    hidden: bool | None = None
    struck: bool | None = None
    bold: bool | None = None
    shift: str | None = None
    size: int | None = None

    def over(self, base: "WordLook") -> "WordLook":
        """This look where it says something, else the base's."""
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(base, **{name: it for name, it in said.items() if it is not None})


@dataclass(frozen=True, slots=True)
class WordStyle:
    """What a paragraph of a style is; `numbering` is (list, level) as far as they are said."""

    kind: Literal["title", "contents", "list"] | None = None
    level: int | None = None
    numbering: tuple[int | None, int | None] | None = None
    look: WordLook = field(default_factory=WordLook)


class WordStyles:
    """The styles of the part `root` (None where a file has none), by id."""

    def __init__(self, root: Any) -> None:
        elements = [] if root is None else list(root.iter(f"{W}style"))
        found = {element.get(f"{W}styleId") or "": element for element in elements}
        self._elements = found
        self._known: dict[str, WordStyle] = {}
        defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._default = next(
            (name for name, s in found.items() if s.get(f"{W}type") == "paragraph"
             and s.get(f"{W}default") in {"1", "true"}), "",
        )  # fmt: skip
        self.base = look_of(defaults)

    def style_of(self, name: str | None) -> WordStyle:
        """The style of that id; a paragraph's usual one where none is named."""
        name = self._default if name is None else name
        if name not in self._known:
            self._known[name] = self._resolved(name)
        return self._known[name]

    def _resolved(self, name: str) -> WordStyle:
        chain: list[Any] = []
        while name in self._elements and self._elements[name] not in chain and len(chain) < 50:
            chain.append(self._elements[name])
            name = value(chain[-1], "basedOn") or ""
        style = WordStyle()
        for element in reversed(chain):
            style = _with(style, element)
        return style


def _with(base: WordStyle, element: Any) -> WordStyle:
    name = value(element, "name") or ""
    properties = element.find(f"{W}pPr")
    style = replace(base, look=look_of(element.find(f"{W}rPr")).over(base.look))
    numbered = _HEADING.fullmatch(name)
    level = int(numbered[1]) if numbered else outline_level(properties)
    if level is not None:
        style = replace(style, level=level, kind=None)
    if _TITLE.fullmatch(name):
        style = replace(style, kind="title", level=None)
    elif _CONTENTS.fullmatch(name):
        style = replace(style, kind="contents", level=None)
    elif name.lower().startswith(("list bullet", "list number")):
        style = replace(style, kind="list")
    listed = numbering_of(properties)
    if listed is None:
        return style
    before = base.numbering or (None, None)
    kept = tuple(new if new is not None else old for new, old in zip(listed, before, strict=True))
    return replace(style, numbering=(kept[0], kept[1]))


def numbering_of(properties: Any) -> tuple[int | None, int | None] | None:
    """The list and the level that paragraph properties name."""
    found = None if properties is None else properties.find(f"{W}numPr")
    return None if found is None else (number(found, "numId"), number(found, "ilvl"))


def outline_level(properties: Any) -> int | None:
    """The level of a heading from 1; 0 where the properties say that it is body text."""
    said = None if properties is None else number(properties, "outlineLvl")
    if said is None or not 0 <= said <= 9:
        return None
    return said + 1 if said < 9 else 0


def look_of(properties: Any) -> WordLook:
    """The look that run properties say."""
    if properties is None:
        return WordLook()
    struck = [switch(properties, name) for name in ("strike", "dstrike")]
    hidden = switch(properties, "vanish")
    size = number(properties, "sz")
    if size is not None and size <= _TINY:
        hidden = True
    return WordLook(
        hidden=hidden,
        struck=None if struck == [None, None] else any(struck),
        bold=switch(properties, "b"),
        shift=value(properties, "vertAlign"),
        size=size,
    )

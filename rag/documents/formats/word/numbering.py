"""The numbers that Word makes itself: '2.1', 'b)', '第三条'."""

import re
from dataclasses import dataclass
from typing import Any

from rag.documents.formats.office.numerals import numeral
from rag.documents.formats.word.names import W, number, switch, value
from rag.documents.formats.word.styles import WordStyles

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9
#: What stands before an entry without a number.
BULLET = "- "


@dataclass(frozen=True, slots=True)
class _Level:
    style: str
    text: str
    start: int
    restart: int | None
    figures: bool
    glued: bool
    linked: str | None


class ListNumbering:
    """Counts through a document; ask for each numbered paragraph once, in order."""

    def __init__(self, root: Any, styles: WordStyles) -> None:
        elements = [] if root is None else list(root)
        self._abstract = {
            e.get(f"{W}abstractNumId"): e for e in elements if e.tag == f"{W}abstractNum"
        }
        self._lists = {e.get(f"{W}numId"): e for e in elements if e.tag == f"{W}num"}
        self._styles = styles
        self._levels: dict[int, dict[int, _Level]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[int, int]] = set()

    def label(self, identity: int, level: int) -> str | None:
        """What stands before the next paragraph of that list and level, with a space after it.

        None where the list is not there or has no such level.
        """
        levels = self._levels_of(identity)
        if level not in levels:
            return None
        counts = self._counts.setdefault(self._counted(identity), {})
        own = levels[level]
        if (identity, level) not in self._begun:
            self._begun.add((identity, level))
            override = self._override(identity, level)
            if override is not None and number(override, "startOverride") is not None:
                counts[level] = (number(override, "startOverride") or 0) - 1
        counts[level] = counts.get(level, own.start - 1) + 1
        for below in [at for at in counts if at > level]:
            restart = levels[below].restart if below in levels else None
            if restart is None or (restart and level < restart):
                del counts[below]
        if own.style == "bullet":
            return BULLET
        shown = _PLACE.sub(lambda at: _figure(levels, counts, own, int(at[1]) - 1), own.text)
        return shown.strip() + ("" if own.glued else " ") if shown.strip() else ""

    def level_of(self, identity: int, style: str | None) -> int:
        """The level of the list that belongs to the paragraph style; 0 where none does."""
        levels = self._levels_of(identity).items()
        return next((at for at, level in levels if style and level.linked == style), 0)

    def _counted(self, identity: int) -> str:
        """Lists made from the same plan count on from one another."""
        return value(self._lists[str(identity)], "abstractNumId") or ""

    def _override(self, identity: int, level: int) -> Any:
        for override in self._lists[str(identity)].iterchildren(f"{W}lvlOverride"):
            if override.get(f"{W}ilvl") == str(level):
                return override
        return None

    def _levels_of(self, identity: int) -> dict[int, _Level]:
        if identity not in self._levels:
            self._levels[identity] = dict(self._read(identity))
        return self._levels[identity]

    def _read(self, identity: int) -> list[tuple[int, _Level]]:
        listed = self._lists.get(str(identity))
        plan = self._plan(identity)
        if listed is None or plan is None:
            return []
        elements = {e.get(f"{W}ilvl"): e for e in plan.iterchildren(f"{W}lvl")}
        for override in listed.iterchildren(f"{W}lvlOverride"):
            changed = override.find(f"{W}lvl")
            if changed is not None:
                elements[override.get(f"{W}ilvl")] = changed
        return [(at, _level(elements[str(at)])) for at in range(_LEVELS) if str(at) in elements]

    def _plan(self, identity: int) -> Any:
        plan = None
        for _ in range(5):  # a plan may be another list's, by way of a style
            listed = self._lists.get(str(identity))
            plan = self._abstract.get(value(listed, "abstractNumId"))
            link = value(plan, "numStyleLink")
            found = self._styles.style_of(link).numbering if link else None
            if found is None or found[0] is None or found[0] == identity:
                return plan
            identity = found[0]
        return plan


def _level(element: Any) -> _Level:
    start = number(element, "start")
    return _Level(
        style=value(element, "numFmt") or _alternate(element) or "decimal",
        text=value(element, "lvlText") or "",
        start=1 if start is None else start,
        restart=number(element, "lvlRestart"),
        figures=bool(switch(element, "isLgl")),
        glued=value(element, "suff") == "nothing",
        linked=value(element, "pStyle"),
    )


def _figure(levels: dict[int, _Level], counts: dict[int, int], own: _Level, at: int) -> str:
    level = levels.get(at)
    if level is None:
        return ""
    style = "decimal" if own.figures else level.style
    return numeral(counts.get(at, level.start), style)


def _alternate(element: Any) -> str | None:
    """The format where a newer one than Word 2007 knows stands in a choice of two."""
    found = next(element.iter(f"{W}numFmt"), None)
    return value(found)

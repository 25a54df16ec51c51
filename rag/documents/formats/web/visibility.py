"""What a page hides, and what a click reveals: styles of elements and of simple CSS rules."""

import re
from typing import Any

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,5000})\}")
#: One element by its class or id; what depends on more is left to the browser.
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?([.#])([\w-]+)", re.IGNORECASE)
_DECLARED = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_FAR = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|em|rem|%)?")
_ZERO = re.compile(r"0(?:\.0+)?(?:px|em|rem|pt|%)?")
_NOTHING = re.compile(r"rect\(\s*[01](?:px)?[\s,]+[01](?:px)?.*\)|inset\(\s*(?:50|100)%.*\)")
_COLOR = re.compile(r"#[0-9a-f]{3,8}|[a-z]+|rgba?\([^)]*\)", re.IGNORECASE)
#: CSS that is longer is a framework's, which hides what scripts show.
_MOST_CSS = 1_000_000
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt", "button")
_OPENING = ("aria-expanded", "aria-controls", "data-toggle", "data-bs-toggle", "data-target")

Style = dict[str, str]


def rules(root: Any) -> dict[str, Style]:
    """By `.class` or `#id`: what the page's own simple rules declare for it on any screen."""
    found: dict[str, Style] = {}
    for element in root.iter("style"):
        css = element.text or ""
        if element.get("media", "all") not in {"all", "screen"} or len(css) > _MOST_CSS:
            continue
        for selectors, declared in _RULE.findall(_without_conditions(_COMMENT.sub("", css))):
            for selector in selectors.split(","):
                simple = _SIMPLE.fullmatch(selector.strip())
                if simple is not None:
                    found.setdefault(simple[1] + simple[2], {}).update(style_of(declared))
    return found


def _without_conditions(css: str) -> str:
    """The rules outside of @media and the like."""
    kept, depth, start = [], 0, 0
    conditional = False
    for match in re.finditer(r"[{}]", css):
        if match[0] == "{":
            if depth == 0 and "@" in css[start : match.start()]:
                conditional = True
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                if not conditional:
                    kept.append(css[start : match.end()])
                start, conditional = match.end(), False
    return "".join(kept)


def style_of(declared: str) -> Style:
    """The properties that a list of declarations sets."""
    return {
        name.lower(): value.replace("!important", "").strip().lower()
        for name, value in _DECLARED.findall(declared)
    }


def is_hidden(element: Any, page_rules: dict[str, Style]) -> bool:
    """Whether the element itself is not shown, whatever is around it."""
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style: Style = {}
    if page_rules:
        names = [f".{name}" for name in element.get("class", "").split()]
        names += [f"#{element.get('id')}"] if element.get("id") else []
        for name in names:
            style.update(page_rules.get(name, {}))
    own = element.get("style")
    if own:
        style.update(style_of(own))
    return bool(style) and _hides(style, leaf=len(element) == 0)


def _hides(style: Style, *, leaf: bool) -> bool:
    if style.get("display") == "none" or style.get("visibility") in {"hidden", "collapse"}:
        return True
    if _ZERO.fullmatch(style.get("opacity", "")):
        return True
    if leaf and _ZERO.fullmatch(style.get("font-size", "")):  # else a trick against gaps
        return True
    if _NOTHING.search(style.get("clip", "") + style.get("clip-path", "")):
        return True
    clipped = "hidden" in {style.get("overflow"), style.get("overflow-y")}
    if clipped and any(_ZERO.fullmatch(style.get(n, "")) for n in ("height", "max-height")):
        return True
    moved = [style.get(name, "") for name in ("left", "top", "right", "text-indent", "margin-left")]
    outside = style.get("position") in {"absolute", "fixed"} or "text-indent" in style
    if outside and any(map(_FAR.fullmatch, moved)):
        return True
    return _is_painted_over(style)


def _is_painted_over(style: Style) -> bool:
    """Whether the letters have the colour of what is behind them."""
    color = style.get("color", "")
    behind = _COLOR.search(style.get("background-color") or style.get("background") or "")
    return color == "transparent" or (bool(color) and behind is not None and behind[0] == color)


def is_opened(element: Any, opened: set[str]) -> bool:
    """Whether a click on what stands before the hidden element shows it.

    `opened` are the ids that some element of the page names as what it opens.
    """
    if element.get("id") in opened or element.get("role") == "tabpanel":
        return True
    before = element.getprevious()
    if before is None or not isinstance(before.tag, str):
        return False
    if before.tag in _HEADINGS:
        return True
    return any(any(inner.get(name) is not None for name in _OPENING) for inner in before.iter())


def opened_ids(root: Any) -> set[str]:
    """The ids of elements that others open."""
    found: set[str] = set()
    for element in root.iter():
        for name in ("aria-controls", "data-target", "data-bs-target"):
            said = element.get(name) if isinstance(element.tag, str) else None
            found.update(word.lstrip("#") for word in (said or "").split())
        if element.tag == "a" and (element.get("data-toggle") or element.get("data-bs-toggle")):
            found.add(element.get("href", "").lstrip("#"))
    return found - {""}

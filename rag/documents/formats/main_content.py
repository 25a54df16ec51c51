"""The part of a web page that is its text: without navigation, footers, tools, adverts.

Libraries for this (trafilatura, readability-lxml) were tried on Chinese pages: they count letters
and Latin marks, so they ran paragraphs together, or lost headings and lists. What is left of the
surroundings here, the cleaning takes for what it is.
"""

import re
from typing import Any

from rag.documents.text.characters import ENDINGS

_NEVER = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math",
    "canvas", "audio", "video", "button", "select", "input", "textarea", "dialog", "head", "title",
    "nav", "footer", "aside", "menu", "map",
)  # fmt: skip
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
#: A button inside these opens what they are about, and is their words.
_OPENED = (*_HEADINGS, "summary")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog"})
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|breadcrumbs?|crumbs?|footer|foot|sidebar|side|share|"
    r"sharing|related|recommend(?:ed|ations)?|comments?|pagination|pager|copyright|toolbar|"
    r"advert(?:isement)?|ads?|banner|login|cookie|skip|noprint|hidden)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MARK = re.compile(f"[{ENDINGS}，,；;]|\\.(?:\\s|$)")
#: The share of a page's sentences that its text must hold, and that furniture may hold.
_MOST, _LITTLE = 0.85, 0.3
#: The share from which on several hidden elements together are the text.
_HALF = 0.5
#: The share of a block's letters inside links from which on it is navigation.
_LINKED = 0.6
_BLOCKS = ("ul", "ol", "dl", "table", "div", "p", "section", "td", "center")
#: Where pages say themselves which part is the text; the first that holds most of it.
_DECLARED = (
    "//*[@itemprop='articleBody']",
    "//article[not(ancestor::article)]",
    "//main",
    "//*[@role='main']",
)


def main_content(root: Any) -> Any:
    """The element of an lxml tree that holds the text; what is no text is taken out of the tree.

    The body itself where nothing stands out.
    """
    body = root.find("body") if root.find("body") is not None else root
    for element in list(body.iter(*_NEVER)):
        if element.tag != "button" or next(element.iterancestors(*_OPENED), None) is None:
            _drop(element)
    total = _sentences(body)
    hidden = _hidden(body)
    # Some pages hide their text until a script shows it: all of it, or answer by answer.
    if sum(map(_sentences, hidden)) <= (_MOST if len(hidden) == 1 else _HALF) * total:
        for element in hidden:
            _drop(element)
    for element in list(body.iter("*")):
        furniture = element is not body and _is_furniture(element)
        if furniture and _sentences(element) <= _LITTLE * total:
            _drop(element)
    whole = _letters(body)
    for element in list(body.iter(*_BLOCKS)):
        if element is not body and _is_linked(element) and _letters(element) < whole / 2:
            _drop(element)
    declared = _declared(body)
    return _densest(body) if declared is None else declared


def _declared(body: Any) -> Any:
    total = _sentences(body)
    for path in _DECLARED:
        found = body.xpath("." + path)
        if len(found) == 1 and _sentences(found[0]) >= _MOST * total and _letters(found[0]):
            return found[0]
    return None


def _densest(body: Any) -> Any:
    """The innermost element that still has most of the sentences, with the headings before it."""
    least = _MOST * _sentences(body)
    if not least:
        return body
    best = body
    while True:
        inner = next((child for child in best if _sentences(child) >= least), None)
        if inner is None or inner.tag in {"p", "li", "tr", "td", "table", "tbody", "blockquote"}:
            return best
        if (
            any(True for child in best for _ in child.iter("h1"))
            and next(inner.iter("h1"), None) is None
        ):
            return best
        best = inner


def _is_furniture(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in {"html", "body", "main", "article"}:
        return False
    if element.get("role") in _ROLES:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}"
    if element.tag == "header":
        inside = next(element.iterancestors("article", "main"), None) is not None
        if next(element.iter(*(_HEADINGS if inside else ("h1",))), None) is None:
            return True
    return _NAMES.search(names) is not None and next(element.iter("h1"), None) is None


def _hidden(body: Any) -> list[Any]:
    """The elements inside that are hidden, without those inside of them."""
    found = []
    covered = set()
    for element in body.iter("*"):
        if element.getparent() in covered:
            covered.add(element)
        elif element is not body and _is_hidden(element):
            covered.add(element)
            found.append(element)
    return found


def _is_hidden(element: Any) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return _HIDDEN_STYLE.search(element.get("style", "")) is not None


def _is_linked(element: Any) -> bool:
    links = list(element.iter("a"))
    if len(links) < 2:
        return False
    letters = _letters(element)
    return letters > 0 and sum(_letters(link) for link in links) >= _LINKED * letters


def _sentences(element: Any) -> int:
    # Apart, so that the parts' counts add up to the whole's.
    return len(_MARK.findall(" ".join(element.itertext()))) if isinstance(element.tag, str) else 0


def _letters(element: Any) -> int:
    return sum(map(str.isalnum, _text(element)))


def _text(element: Any) -> str:
    return "".join(element.itertext()) if isinstance(element.tag, str) else ""


def _drop(element: Any) -> None:
    """Takes an element out, but not what follows it."""
    parent = element.getparent()
    if parent is None:
        return
    # The words after it belong to what stands around it.
    before = element.getprevious()
    tail = f" {element.tail or ''}"
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(element)

"""The part of a web page that is its text: without navigation, footers, tools, teasers.

Libraries for this were compared (trafilatura, readability): they throw sections away for the name
of a class, count letters and Latin marks (so they lose parts of Chinese pages), and give no lines.
Here a name is only ever one sign of two; surroundings that are left are marked by the cleaning.
"""

from dataclasses import dataclass
from typing import Any

from rag.documents.formats.structure.titles import heading_key
from rag.documents.formats.web.surroundings import drop_surroundings
from rag.documents.formats.web.tree import (
    HEADINGS,
    drop,
    letters,
    sentences,
    text_of,
)
from rag.documents.formats.web.visibility import is_hidden, is_opened, opened_ids, rules

#: What shows no text of its own.
_UNSEEN = (
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas",
    "audio", "video", "head", "title", "datalist",
)  # fmt: skip
_NEVER = (
    "button", "select", "input", "textarea", "dialog", "nav", "footer", "menu", "map",
)  # fmt: skip
#: A button inside these opens what they are about, and is their words.
_OPENED = (*HEADINGS, "summary", "dt")
_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "dialog", "alertdialog"})
#: The share of a page's sentences that its text must hold, and that furniture may hold.
_MOST, _LITTLE = 0.85, 0.3
#: Where pages mark the part that is the text, and the least share of all text that it must have.
_DECLARED = (
    (".//*[@itemprop='articleBody' or @itemprop='text']", 0.5),
    (".//article[not(ancestor::article)]", 0.4),
    (".//main", 0.5),
    (".//*[@role='main']", 0.5),
)
#: Elements that cannot be the innermost one with the text.
_PARTS = frozenset({"p", "li", "tr", "td", "table", "tbody", "blockquote", "dl", "ul", "ol"})


@dataclass(frozen=True, slots=True)
class Main:
    """`element` holds a page's text; of all letters that the page's elements have, `hidden` is the
    share that is not shown, `around` the share that surrounds the text.
    """

    element: Any
    hidden: float
    around: float


def main_content(root: Any, title: str | None = None) -> Main:
    """The part of an lxml tree that holds the text; what is no text is taken out of the tree.

    `title` is the page's. The body itself where nothing stands out.
    """
    body = root.find("body") if root.find("body") is not None else root
    page_rules, opened = rules(root), opened_ids(body)
    controls = [
        parent for each in body.iter("textarea", "input", "select", "form")
        if each.get("type") != "hidden" and (parent := each.getparent()) is not None
    ]  # fmt: skip
    for element in list(body.iter(*_UNSEEN)):
        if element.tag == "head" and body is root:
            continue  # where a page has no body, its text is in there
        drop(element)
    whole = letters(body)
    for element in list(body.iter(*_NEVER)):
        opens = element.tag == "button" and _opens(element)
        if not opens:
            drop(element)
    without = letters(body)
    _drop_hidden(body, page_rules, opened)
    hidden = without - letters(body)
    _drop_roles(body)
    drop_surroundings(body, controls)
    declared = _declared(body, title)
    main = _densest(body) if declared is None else declared
    return Main(main, hidden / max(1, whole), 1 - (hidden + letters(main)) / max(1, whole))


def _opens(button: Any) -> bool:
    if button.get("aria-expanded") is not None and len(text_of(button)) > 8:
        return True
    return next(button.iterancestors(*_OPENED), None) is not None


def _drop_hidden(body: Any, page_rules: dict[str, dict[str, str]], opened: set[str]) -> None:
    hidden: list[Any] = []
    covered: set[Any] = set()
    for element in body.iter("*"):
        if element.getparent() in covered:
            covered.add(element)
        elif element is not body and is_hidden(element, page_rules):
            # A formula may be hidden behind the picture of it that is shown.
            if is_opened(element, opened) or next(element.iter("math"), None) is not None:
                continue
            covered.add(element)
            hidden.append(element)
    # Some pages hide all of their text until a script shows it.
    if sum(map(sentences, hidden)) <= _MOST * sentences(body):
        for element in hidden:
            drop(element)


def _drop_roles(body: Any) -> None:
    total = sentences(body)
    for element in list(body.iter("*")):
        if element is body or element.tag in {"html", "body", "main", "article"}:
            continue
        role = element.get("role") in _ROLES
        if (role or _is_page_head(element)) and sentences(element) <= _LITTLE * total:
            drop(element)


def _is_page_head(element: Any) -> bool:
    if element.tag != "header":
        return False
    inside = next(element.iterancestors("article", "main"), None) is not None
    return next(element.iter(*(HEADINGS if inside else ("h1",))), None) is None


def _declared(body: Any, title: str | None) -> Any:
    """The part that the page itself calls the text; of several, the one with the page's title."""
    total = sentences(body)
    key = heading_key(title or "")
    for path, least in _DECLARED:
        found = [element for element in body.xpath(path) if letters(element)]
        if len(found) > 1:
            titled = [each for each in found if key and _is_headed(each, key)]
            largest = max(found, key=letters)
            found = titled[:1] or ([largest] if letters(largest) * 2 > letters(body) else [])
        if len(found) == 1 and sentences(found[0]) >= max(1, least * total):
            return _with_head(found[0], body)
    return None


def _is_headed(element: Any, key: str) -> bool:
    return any(heading_key(text_of(head)) == key for head in element.iter("h1", "h2"))


def _with_head(element: Any, body: Any) -> Any:
    """The element, or the one around it that adds the headline and the lead and little else."""
    around = element.getparent()
    while around is not None and around is not body and around.tag not in {"html", "body"}:
        if letters(around) > 1.15 * letters(element) + 200:
            break
        if next(element.iter("h1"), None) is None and next(around.iter("h1"), None) is not None:
            return around
        around = around.getparent()
    return element


def _densest(body: Any) -> Any:
    """The innermost element that still has most of the sentences, with the headings before it."""
    least = _MOST * sentences(body)
    if not least:
        return body
    best = body
    while True:
        inner = next((child for child in best if sentences(child) >= least), None)
        if inner is None or inner.tag in _PARTS:
            return best
        outside = any(True for child in best for _ in child.iter("h1"))
        if outside and next(inner.iter("h1"), None) is None:
            return best
        best = inner

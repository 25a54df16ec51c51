"""Telegram's HTML, read as strictly as Telegram reads it."""

import re
from dataclasses import dataclass
from typing import Any

_NAMES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(#\d+|#[xX][0-9a-fA-F]+|[a-z]+);")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\s*>")
_ATTRIBUTE = re.compile(r"([a-z-]+)(?:=\"([^\"]*)\")?")
_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}


class RefusedError(Exception):
    """A request that Telegram answers with an error."""

    def __init__(self, description: str, code: int = 400, **parameters: int) -> None:
        super().__init__(description)
        self.description = description
        self.code = code
        self.parameters = parameters


@dataclass(frozen=True)
class Marked:
    """A text with its entities, as Telegram keeps them; offsets are UTF-16 units."""

    text: str
    entities: tuple[dict[str, Any], ...] = ()


@dataclass
class _Open:
    name: str
    offset: int
    attributes: dict[str, str]


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(html: str) -> Marked:
    """The text and its entities. Raises RefusedError for what Telegram does not accept."""
    text, entities, opened = "", [], list[_Open]()
    at = 0
    while at < len(html):
        if html[at] == "<":
            match = _TAG.match(html, at)
            if match is None:
                raise _broken(f"Unclosed start tag at byte offset {len(html[:at].encode())}")
            if match[1]:
                entities.append(_closed(match[2], opened, units(text)))
            else:
                opened.append(_opened(match[2], match[3], opened, units(text)))
            at = match.end()
        elif html[at] == "&" and (match := _ENTITY.match(html, at)):
            text += _character(match[1], match[0])
            at = match.end()
        elif html[at] == ">":
            raise _broken("Unexpected '>'")  # stricter than Telegram: it is to be escaped
        else:
            text += html[at]
            at += 1
    if opened:
        raise _broken(f'Can\'t find end tag corresponding to start tag "{opened[-1].name}"')
    return _trimmed(text, [entity for entity in entities if entity["length"]])


def _opened(name: str, rest: str, opened: list[_Open], offset: int) -> _Open:
    if name not in _KINDS:
        raise _broken(f'Unsupported start tag "{name}"')
    attributes = dict(_ATTRIBUTE.findall(rest))
    allowed = {"a": {"href"}, "blockquote": {"expandable"}}.get(name, set())
    if set(attributes) - allowed:
        raise _broken(f"Unexpected attributes of {name}: {attributes}")
    if name == "blockquote" and any(each.name == name for each in opened):
        raise _broken("Blockquote entities can't be nested")
    return _Open(name, offset, attributes)


def _closed(name: str, opened: list[_Open], end: int) -> dict[str, Any]:
    if not opened or opened[-1].name != name:
        raise _broken(f'Unmatched end tag "{name}"')
    last = opened.pop()
    kind = _KINDS[name]
    if name == "blockquote" and "expandable" in last.attributes:
        kind = "expandable_blockquote"
    entity: dict[str, Any] = {"type": kind, "offset": last.offset, "length": end - last.offset}
    if name == "a":
        entity["url"] = re.sub(_ENTITY, lambda m: _character(m[1], m[0]), last.attributes["href"])
    return entity


def _character(name: str, whole: str) -> str:
    if name.startswith("#"):
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        return chr(number)
    return _NAMES.get(name, whole)


def _trimmed(text: str, entities: list[dict[str, Any]]) -> Marked:
    """Without white space at the ends, which Telegram cuts off."""
    kept = text.rstrip()
    cut = units(kept) - units(kept.lstrip())
    kept = kept.lstrip()
    end = units(kept)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] + entity["length"] - cut, end)
        if stop > start:
            moved.append({**entity, "offset": start, "length": stop - start})
    return Marked(kept, tuple(sorted(moved, key=lambda each: (each["offset"], -each["length"]))))


def _broken(reason: str) -> RefusedError:
    return RefusedError(f"Bad Request: can't parse entities: {reason}")

"""The addresses behind links, where a question can ask for them."""

import re
from urllib.parse import unquote, urlsplit

#: How many addresses of links a paragraph shows, and how long an address may be.
_MOST, _LONGEST = 2, 100
_SCHEMES = frozenset({"http", "https", "ftp", "mailto", "tel"})
_BARE = re.compile(r"^(?:https?://)?(?:www\.)?|/$", re.IGNORECASE)


def shown_address(target: str, words: str) -> str | None:
    """The address to show beside the words of a link; None where the words already give it, and for
    addresses that no reader could use: places inside a page or a folder, scripts.
    """
    target = target.strip()
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _SCHEMES or len(target) > _LONGEST or any(map(str.isspace, target)):
        return None
    if scheme in {"mailto", "tel"}:
        target = unquote(parts.path)
    elif not parts.hostname:
        return None
    if not target or not words.strip():
        return None
    said, address = (_BARE.sub("", text.strip()).casefold() for text in (words, target))
    digits = "".join(filter(str.isdigit, target))
    if address in said or (scheme == "tel" and digits[-6:] in "".join(filter(str.isdigit, words))):
        return None
    return target


class Addresses:
    """Gives the address of each link once in a paragraph, and of few links."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def address_after(self, target: str, words: str) -> str:
        """What stands after the words of a link: its address in brackets, or nothing."""
        address = shown_address(target, words)
        if address is None or address in self._told or len(self._told) >= _MOST:
            return ""
        self._told.add(address)
        return f" ({address})"

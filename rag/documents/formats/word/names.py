"""Names of WordprocessingML's elements, and how their values are read (ECMA-376, part 1)."""

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OFF = frozenset({"0", "false", "off", "none"})


def value(element: Any, name: str | None = None) -> str | None:
    """The element's value, or that of its child `name`; None where there is none."""
    if element is not None and name is not None:
        element = element.find(f"{W}{name}")
    return None if element is None else element.get(f"{W}val")


def number(element: Any, name: str) -> int | None:
    """The whole number that the child `name` holds; None where there is none."""
    said = value(element, name) or ""
    sign, digits = ("-", said[1:]) if said.startswith("-") else ("", said)
    return int(sign + digits) if digits.isascii() and digits.isdigit() and len(said) < 10 else None


def switch(element: Any, name: str) -> bool | None:
    """Whether the child `name` is there and on; None where it is not there."""
    found = None if element is None else element.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val", "1").lower() not in _OFF


def is_placeholder(control: Any) -> bool:
    """Whether a content control still shows, in grey, what is to be filled in."""
    if control.find(f"{W}sdtPr/{W}showingPlcHdr") is None:
        return False
    named = (value(style) or "" for style in control.iter(f"{W}rStyle"))
    return any("placeholder" in name.lower() for name in named)

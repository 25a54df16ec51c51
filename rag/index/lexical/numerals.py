"""Numbers that are written in Chinese characters: 二十三 is 23."""

import re
from collections.abc import Iterator

_DIGITS = {mark: value for value, mark in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1_000}
_GROUPS = {"万": 10_000, "亿": 100_000_000}
#: The characters of numerals.
MARKS = "".join([*_DIGITS, *_PLACES, *_GROUPS])
#: Two marks or more, or one that counts the place in an order: 一 alone is mostly no number.
_NUMERAL = re.compile(rf"[{MARKS}]{{2,12}}|(?<=第)[{MARKS}]")


def numbers_in(run: str) -> Iterator[str]:
    """The numbers in a run of simplified Chinese characters, in digits."""
    for match in _NUMERAL.finditer(run):
        value = _value(match.group())
        if value is not None:
            yield str(value)


def _value(numeral: str) -> int | None:
    """What a numeral stands for; None for marks in an order that makes no number."""
    if all(mark in _DIGITS for mark in numeral):
        return int("".join(str(_DIGITS[mark]) for mark in numeral))
    total = group = 0
    digit: int | None = None
    for mark in numeral:
        if mark in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[mark]
        elif mark in _PLACES:
            group += (1 if digit is None else digit) * _PLACES[mark]
            digit = None
        else:
            section = group + (digit or 0)
            unit = _GROUPS[mark]
            total = total + section * unit if total >= unit else (total + section) * unit
            group, digit = 0, None
    return total + group + (digit or 0)

"""Numbers and dates of cells as a spreadsheet shows them (ECMA-376, part 1, 18.8.31)."""

import datetime as dt
import math
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

_QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]')
_DIGITS = re.compile(r"[#0?][#0?,.]*")
_DATE = re.compile(r"y+|m+|d+|h+|s+|am/pm|a/p|上午/下午|\.0+", re.IGNORECASE)
_KEPT = "\0"


def is_date(code: str) -> bool:
    """Whether the format shows a day or a time."""
    bare = re.sub(r'"[^"]*"|\\.|\[\$[^\]]*\]', "", code)
    elapsed = re.search(r"\[[hms]+\]", bare, re.IGNORECASE)
    bare = re.sub(r"\[[^\]]*\]", "", bare)
    return elapsed is not None or re.search(r"[ymdhs]", bare, re.IGNORECASE) is not None


def shown_number(value: float, code: str) -> str:
    """A number in the format; plainly where the format is general or not understood."""
    if not math.isfinite(value):
        return ""
    sections = _split(code)
    section = sections[0]
    if value < 0 and len(sections) > 1:
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    bare, literals = _apart(section)
    places = _DIGITS.search(bare)
    if places is None or "general" in section.lower() or "/" in bare or "E" in bare:
        return plain_number(value)
    before, after = bare[: places.start()], bare[places.end() :]
    text = _filled(before, literals) + _number(value, places[0], bare) + _filled(after, literals)
    return " ".join(text.split())


def _number(value: float, places: str, bare: str) -> str:
    amount = Decimal(repr(value)) * (100 if "%" in bare else 1)
    while places.endswith(","):  # each stands for a thousand that is not shown
        places, amount = places[:-1], amount / 1000
    whole, _, fraction = places.partition(".")
    rounded = amount.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    optional = len(fraction) - len(fraction.rstrip("#?"))
    while optional and text.endswith("0"):
        text, optional = text[:-1], optional - 1
    least = whole.count("0")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not rounded:
        sign = ""
    missing = least - len(digits.partition(".")[0].replace(",", ""))
    return sign + "0" * max(0, missing) + digits.rstrip(".")


def _apart(section: str) -> tuple[str, Iterator[str]]:
    """A section with a mark in the place of each literal, and the literals in their order."""
    literals = [match[1] or match[2] or match[3] or "" for match in _QUOTED.finditer(section)]
    return _QUOTED.sub(_KEPT, section), iter(literals)


def _filled(text: str, literals: Iterator[str]) -> str:
    return re.sub(_KEPT, lambda _: next(literals, ""), text)


def plain_number(value: float) -> str:
    """A number without the noise of its binary form."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.10g}"


def shown_date(value: dt.datetime | dt.date | dt.time, code: str) -> str:
    """A day or a time in the format; as ISO 8601 where the format shows no order of its own."""
    bare, literals = _apart(_split(code)[0])
    tokens = [match[0].lower() for match in _DATE.finditer(bare)]
    if not tokens or code.lower() in {"general", "@"}:
        return iso(value)
    half = any(token in {"am/pm", "a/p", "上午/下午"} for token in tokens)
    parts: list[str] = []
    at, before = 0, ""
    for number, match in enumerate(_DATE.finditer(bare)):
        following = tokens[number + 1][:1] if number + 1 < len(tokens) else ""
        parts.append(_filled(bare[at : match.start()], literals))
        parts.append(_date_part(value, match[0].lower(), before, following, half=half))
        before, at = match[0][0].lower(), match.end()
    return " ".join("".join([*parts, _filled(bare[at:], literals)]).split()).strip("; ")


def _date_part(
    value: dt.datetime | dt.date | dt.time, token: str, before: str, following: str, *, half: bool
) -> str:
    day = value if isinstance(value, dt.date) else dt.date(1899, 12, 31)
    time = value if isinstance(value, dt.datetime | dt.time) else dt.time()
    if token in {"am/pm", "a/p", "上午/下午"}:
        words = token.upper().split("/")
        return words[time.hour >= 12]
    if token[0] == "y":
        return f"{day.year}" if len(token) > 2 else f"{day.year % 100:02d}"
    if token[0] == "d":
        names = {3: "%a", 4: "%A"}
        return day.strftime(names[len(token)]) if len(token) in names else _padded(day.day, token)
    if token[0] == "m" and before != "h" and following != "s":
        names = {3: "%b", 4: "%B"}
        return day.strftime(names[len(token)]) if len(token) in names else _padded(day.month, token)
    if token[0] == "m":
        return _padded(time.minute, token)
    if token[0] == "h":
        return _padded((time.hour % 12 or 12) if half else time.hour, token)
    if token[0] == "s":
        return _padded(time.second, token)
    return f".{time.microsecond // 1000:03d}"[: len(token)]


def _padded(number: int, token: str) -> str:
    return f"{number:02d}" if len(token) > 1 else str(number)


def iso(value: dt.datetime | dt.date | dt.time) -> str:
    """As ISO 8601, without a time of midnight."""
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.isoformat(" ", "seconds").removesuffix(":00")
    if isinstance(value, dt.time):
        return value.isoformat("seconds").removesuffix(":00")
    return value.isoformat()


def _split(code: str) -> list[str]:
    """The sections for numbers above, below and at zero."""
    return re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)

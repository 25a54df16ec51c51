"""Dates as people write them, as ISO 8601."""

import datetime as dt
import re

_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_NUMERIC = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*(?:[-/.月]\s*(\d{1,2})(?!\d)\s*日?|月)"
)
_CHINESE = re.compile(
    r"([一二][〇零○一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})日)?"
)
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_ABBREVIATED = "janfebmaraprmayjunjulaugsepoctnovdec"
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})\.?,?\s+((?:19|20)\d{{2}})", re.I
)
_MONTH_FIRST = re.compile(
    rf"\b({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+((?:19|20)\d{{2}})", re.I
)


def find_date(text: str) -> tuple[str, int, int] | None:
    """The first date in the text, with where it starts and ends; a day or a month."""
    for match in _NUMERIC.finditer(text):
        iso = _iso(int(match[1]), int(match[2]), int(match[3]) if match[3] else None)
        if iso is not None:
            return iso, *match.span()
    match_ = _CHINESE.search(text)
    if match_ is not None:
        year = int(match_[1].translate(_CHINESE_DIGITS))
        day = _number(match_[3]) if match_[3] else None
        iso = _iso(year, _number(match_[2]), day)
        if iso is not None:
            return iso, *match_.span()
    for pattern, day_group, month_group in ((_DAY_FIRST, 1, 2), (_MONTH_FIRST, 2, 1)):
        match_ = pattern.search(text)
        if match_ is not None:
            month = _ABBREVIATED.index(match_[month_group][:3].lower()) // 3 + 1
            iso = _iso(int(match_[3]), month, int(match_[day_group]))
            if iso is not None:
                return iso, *match_.span()
    return None


def _iso(year: int, month: int, day: int | None) -> str | None:
    try:
        date = dt.date(year, month, day or 1)
    except ValueError:
        return None
    return date.isoformat() if day else f"{year:04}-{month:02}"


def _number(numeral: str) -> int:
    tens, ten, units = numeral.rpartition("十")
    if not ten:
        return int(numeral.translate(_CHINESE_DIGITS))
    high = int(tens.translate(_CHINESE_DIGITS)) if tens else 1
    return high * 10 + (int(units.translate(_CHINESE_DIGITS)) if units else 0)

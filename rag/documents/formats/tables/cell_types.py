"""The type of a table's cell, as far as its characters show."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from rag.documents.cleaning.dates import find_date

CellType = Literal["missing", "text", "year", "number", "date", "time", "contact", "code"]

#: Types that the name of a column hardly ever has.
VALUES: frozenset[CellType] = frozenset({"number", "date", "time", "contact", "code"})
_MISSING = re.compile(r"|[-–—/.?]+|n/?a\.?|nan|null|none|nil|无|無|没有|不详|暂无", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[6-9]|20)\d{2}年?")
_NUMBER = re.compile(
    r"[~≈≤≥<>±]?\s?[-+−(]?\s?[¥￥$€£₽₹₩]?\s?[-+−]?"
    r"(?:\d[\d.,'’\u00a0 ]*|[.,]\d+)(?:[eE][-+]?\d+)?\)?\s?"
    r"(?:[%‰°¥￥$€£₽₹₩*]|[^\W\d_]{1,4}[²³]?|°\s?[CF]|[万亿億萬千百]?[元人个個件次户戶米吨噸岁歲]?)?"
)
_TIME = re.compile(
    r"\d{1,2}[:.h]\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?|uhr)?(?:\s?[-–—~至]\s?.{1,12})?", re.I
)
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?[.]?(?:[ T]\d{1,2}:\d{2}.{0,12})?"
    r"|\d{1,2}\.?\s?[^\W\d_]{3,10}\.?(?:\s\d{2,4})?|[^\W\d_]{3,10}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}"
    r"|(?:\d{4}年)?\d{1,2}月(?:\d{1,2}[日号])?"
)
_CONTACT = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\+?[\d(][\d\s()/.-]{5,}\d")
_CODE = re.compile(r"(?=\S*\d)(?=\S*[^\W\d_])[\w./#-]{3,}")
#: Short labels with a number, as quarters and weeks have: Q1, H2, W12, 1月.
_LABEL = re.compile(r"[^\W\d_]{1,2}\d{1,2}|\d{1,2}月")
_AMOUNT = re.compile(r"[\d.,' ]+")
_DECIMAL = re.compile(r"\d+[.]\d+")
_DIGITS = 6


def cell_type(text: str) -> CellType:
    """The type of a cell's value; "text" for all that is no value of a known form."""
    if _MISSING.fullmatch(text):
        return "missing"
    if _YEAR.fullmatch(text):
        return "year"
    if _LABEL.fullmatch(text):
        return "text"
    if not any(map(str.isdecimal, text)):
        return "contact" if _CONTACT.fullmatch(text) else "text"
    return _valued(text)


def _valued(text: str) -> CellType:
    if _TIME.fullmatch(text):
        return "time"
    if _DATE.fullmatch(text) and not _DECIMAL.fullmatch(text):
        return "date"
    dated = find_date(text)
    if dated is not None and dated[2] - dated[1] == len(text):
        return "date"
    if _is_contact(text):
        return "contact"
    if _NUMBER.fullmatch(text):
        return "number"
    return "code" if _CODE.fullmatch(text) else "text"


def _is_contact(text: str) -> bool:
    if _CONTACT.fullmatch(text) is None:
        return False
    if "@" in text or "//" in text or text.startswith("www"):
        return True
    # A number of six digits is an amount, unless it is grouped as telephones are.
    amount = _AMOUNT.fullmatch(text) is not None and not text.startswith("0")
    return not amount and sum(map(str.isdecimal, text)) >= _DIGITS


def most_frequent_type(cells: Iterable[str]) -> CellType:
    """The type of most cells that are not empty; "text" where no type has six of ten."""
    types = Counter(kind for kind in map(cell_type, cells) if kind != "missing")
    if not types:
        return "missing"
    kind, times = types.most_common(1)[0]
    return kind if times >= types.total() * 0.6 else "text"


def has_number(text: str) -> bool:
    """Whether there is a number in it other than a year or a label's, as names rarely have."""
    if _LABEL.fullmatch(text):
        return False
    return any(map(str.isdecimal, _YEAR.sub("", text)))

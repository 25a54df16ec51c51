"""What kind of answer a question asks for, and which sentences can hold one.

Rules for questions in Chinese (both scripts) and English; in other languages nothing is assumed.
"""

import re
from enum import IntFlag


class Kind(IntFlag):
    """Kinds of answers; a sentence may hold several."""

    ANY = 0
    QUANTITY = 1
    TIME = 2


_HAN_DIGITS = "一二三四五六七八九十百千万萬两兩"
_COUNTED = "个個名家场場次所处處座支条條项項位种種天年月级級公岁歲人件户戶万萬倍元成"

_ASKS_TIME = re.compile(
    r"什[么麼]时候|什[么麼]時候|何[时時日]|哪一?[年天日]|哪[个個]?月|[几幾]月|[几幾]年"
    r"|\bwhen\b|\b(?:what|which) (?:year|date|day|month)\b",
    re.IGNORECASE,
)
_ASKS_QUANTITY = re.compile(
    rf"多少|[几幾][{_COUNTED}]|多[大久长長高远遠重宽寬]|百分之|比例|[总總][数數]|人[数數]|金[额額]"
    r"|\bhow (?:many|much|long|old|far|tall|large|big|high|often|fast|quickly)\b"
    r"|\bwhat (?:percent|percentage|number|proportion|share|rate|amount)\b",
    re.IGNORECASE,
)
_HOLDS_TIME = re.compile(r"\d{3,4}|\d+\s*[年月日]|[年月日]|世[纪紀]")
_HOLDS_QUANTITY = re.compile(rf"\d|[{_HAN_DIGITS}]+[余多]?[{_COUNTED}]")
#: Numbers that say when or which, not how many.
_DATE_OR_ORDINAL = re.compile(
    r"\d{3,4}\s*年|(?<![\d.])\d{1,2}\s*[月日号號]|[一二三四五六七八九十]+[月日]"
    r"|(?:19|20)\d\d(?!\d)|第\s*[\d一二三四五六七八九十]+|[一二三四五六七八九十\d]+年[来來]"
    r"|[一二三四]?十[一二三四五](?=[规規]划|[时時]期)"
    r"|(?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec)\w*\.?\s+\d{1,2}"
)


def asked_kind(question: str) -> Kind:
    """The kind of answer that a question asks for; ANY when that is unknown."""
    if _ASKS_TIME.search(question):
        return Kind.TIME
    return Kind.QUANTITY if _ASKS_QUANTITY.search(question) else Kind.ANY


def held_kinds(sentence: str) -> Kind:
    """The kinds of answers that a sentence may hold."""
    time = Kind.TIME if _HOLDS_TIME.search(sentence) else Kind.ANY
    counted = _DATE_OR_ORDINAL.sub(" ", sentence)
    return time | (Kind.QUANTITY if _HOLDS_QUANTITY.search(counted) else Kind.ANY)

"""Numbers, dates and times as they compare across ways of writing them: 3万余 is 30,000, März is
the month 3, 星期一 the first weekday.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from rag.index.lexical.numerals import MARKS, numbers_in
from rag.index.lexical.terms import fold

_NUMBER = re.compile(
    r"(?<!\d)(?P<digits>\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,]\d+)*)"
    r"(?:\s?(?P<unit>百万|千万|万|亿|千|(?:thousand|million(?:en|s)?|millones|mio|млн|тыс|billion"
    r"|milliarden?|mrd|млрд)\b))?"
    r"\s?(?P<percent>%|percent|per cent|prozent|pour cent|por ciento)?"
)
_UNITS = {"千": 3, "thousand": 3, "тыс": 3, "万": 4, "百万": 6, "million": 6, "millionen": 6} | {
    **dict.fromkeys(("millones", "millions", "mio", "млн"), 6),
    "千万": 7,
    "亿": 8,
    **dict.fromkeys(("billion", "milliarde", "milliarden", "mrd", "млрд"), 9),
}
_SHARE = re.compile(rf"百分之(?P<value>[\d.]+|[{MARKS}]+)")
#: A length of time, which is no date: 3天 is not 3个月.
_SPAN = re.compile(r"(\d+)(天|周|星期|小时|分钟|秒|个月|年)")
_CHINESE_MONTH = re.compile(r"(\d{1,2}|十[一二]?|[一二三四五六七八九])月(?!前|后)")
_ISO = re.compile(r"\d{4}-(\d{2})(?!\d)")
_COUNTED = re.compile(
    rf"(?<![{MARKS}第])([二两三四五六七八九十])(?=[个名家所次人天年项位座栋条本场户])"
)
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜)([一二三四五六日天])|([月火水木金土日])曜|([월화수목금토일])요일"
)
_DAYS = {**{day: n for n, day in enumerate("一二三四五六日", 1)}, "天": 7}
_DAYS |= {day: n for n, day in enumerate("月火水木金土日", 1) if day != "日"}
_DAYS |= {day: n for n, day in enumerate("월화수목금토일", 1)}
#: A time that depends on when it is said.
RELATIVE_TIME = re.compile(
    r"[去今明前]年|[上本下]个?[月周]|[昨今明]天|\b(?:last|this|next) (?:year|month|week)\b"
    r"|\b(?:yesterday|today|tomorrow|gestern|heute|morgen|hier|demain|ayer|hoy)\b"
)
_WORD = re.compile(r"[^\W\d_]+")
#: A month only beside a day or a year, or after such a word: "may" and "march" are verbs too.
_AMBIGUOUS = re.compile(
    r"(?:(?<=\d )|(?<=\bin )|(?<=\bof )|(?<=\bsince )|(?<=\buntil )|(?<=\bfrom )|(?<=\bto ))"
    r"(may|march)\b|\b(may|march)(?= \d)"
)


def _listed(*languages: str, first: int) -> Iterator[tuple[str, int]]:
    for words in languages:
        yield from ((word, n) for n, word in enumerate(words.split(), first) if word != "-")


_MONTHS = dict(
    _listed(
        "january february - april - june july august september october november december",
        "januar februar marz april mai juni juli august september oktober november dezember",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        first=1,
    )
) | {"may": 5, "march": 3}
_WEEKDAYS = dict(
    _listed(
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunes martes miercoles jueves viernes sabado domingo",
        first=1,
    )
)
_COUNTS = dict(
    _listed(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty",
        "zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
        "deux trois quatre cinq six sept huit - dix onze douze",
        "dos tres cuatro cinco seis siete ocho nueve diez - doce",
        first=2,
    )
) | {"thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}
#: Words that are figures, without accents and in small letters.
FIGURE_WORDS = frozenset({*_MONTHS, *_WEEKDAYS, *_COUNTS})


def figures(text: str) -> list[frozenset[str]]:
    """The numbers, dates and times that a text states, each with the ways to read it: 1,387 may be
    1387 or 1.387.
    """
    return list(_figures(fold(text)))


def possible_figures(text: str) -> frozenset[str]:
    """All figures that a text may be taken to state, single numerals as 三 included."""
    folded = fold(text)
    single = numbers_in("".join(f"第{mark} " for mark in folded if mark in MARKS))
    return frozenset().union(*_figures(folded), single, _months(folded, _MONTHS))


def _figures(folded: str) -> Iterator[frozenset[str]]:
    shares = list(_SHARE.finditer(folded))
    for match in _NUMBER.finditer(folded):
        if not any(each.start() <= match.start() < each.end() for each in shares):
            yield _readings(match)
    for match in shares:
        value = next(numbers_in(match["value"]), match["value"])
        yield frozenset({f"{value}%"})
    outside = _SHARE.sub(" ", folded)
    yield from (frozenset({each}) for each in numbers_in(outside))
    yield from (frozenset({next(numbers_in(f"第{mark}"))}) for mark in _COUNTED.findall(outside))
    yield from (frozenset({each}) for each in RELATIVE_TIME.findall(folded))
    for count, unit in _SPAN.findall(folded):
        if unit != "年" or int(count) < 1000:
            yield frozenset({f"{count}{unit}"})
    ambiguous = {
        word: _MONTHS[word] for pair in _AMBIGUOUS.findall(folded) for word in pair if word
    }
    sure = {word: n for word, n in _MONTHS.items() if word not in ("may", "march")}
    yield from (frozenset({each}) for each in _months(folded, sure | ambiguous))
    for groups in _WEEKDAY.findall(folded):
        yield frozenset({f"weekday {_DAYS[''.join(groups)]}"})
    for word in _WORD.findall(folded):
        if word in _WEEKDAYS:
            yield frozenset({f"weekday {_WEEKDAYS[word]}"})
        elif word in _COUNTS:
            yield frozenset({str(_COUNTS[word])})


def _months(folded: str, words: dict[str, int]) -> Iterator[str]:
    for numeral in _CHINESE_MONTH.findall(folded):
        yield f"month {int(next(numbers_in(f'第{numeral}'), numeral))}"
    yield from (f"month {int(number)}" for number in _ISO.findall(folded))
    yield from (f"month {words[word]}" for word in _WORD.findall(folded) if word in words)


def _readings(match: re.Match[str]) -> frozenset[str]:
    """What a number may be: a comma or a full stop before three digits may group or divide."""
    digits = match["digits"].replace(" ", "")
    power = Decimal(10) ** _UNITS.get(match["unit"] or "", 0)
    sign = "%" if match["percent"] else ""
    return frozenset(f"{_plain(Decimal(each) * power)}{sign}" for each in _spelled(digits))


def _spelled(digits: str) -> Iterator[str]:
    """The number with a full stop before its decimals."""
    marks = [each for each in digits if not each.isdigit()]
    groups = re.split(r"[.,]", digits)
    if not marks:
        yield digits
        return
    if len(set(marks)) > 1 or len(marks) == 1:
        yield "".join(groups[:-1]) + "." + groups[-1]
    if len(set(marks)) == 1 and all(len(group) == 3 for group in groups[1:]):
        yield "".join(groups)
    elif len(set(marks)) == 1 and len(marks) > 1:
        yield "".join(groups)  # as a date or a version


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"

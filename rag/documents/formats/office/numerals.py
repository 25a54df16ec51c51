"""Numbers as lists write them: letters, Roman and Chinese numerals, circled figures.

The names are those of WordprocessingML (ECMA-376, part 1, 17.18.59 ST_NumberFormat).
"""

from collections.abc import Callable

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_CHINESE = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_KANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_IROHA = (
    "イロハニホヘトチリヌルヲワカヨタレソツネナラム"
    "ウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
)
_HANGUL = "가나다라마바사아자차카타파하"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_MOST = 9_999


def numeral(number: int, style: str) -> str:
    """The number in that style; in digits where the style is unknown or does not go so far."""
    write = _STYLES.get(style)
    if write is None or not 0 < number <= _MOST:
        return str(number)
    return write(number) or str(number)


def roman(number: int) -> str:
    """The number in small Roman numerals."""
    written = ""
    for value, sign in _ROMAN:
        written += sign * (number // value)
        number %= value
    return written


def letters(number: int) -> str:
    """The number as a to z, then aa, bb and so on, as Word counts."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def chinese(number: int, digits: str = _CHINESE, units: str = "千百十") -> str:
    """The number up to 9,999 in Chinese numerals (十二, 一百零五)."""
    figures = f"{number:04d}"
    written, gap = "", False
    for figure, unit in zip(figures, [*units, ""], strict=True):
        if figure == "0":
            gap = bool(written)
            continue
        written += (digits[0] if gap else "") + digits[int(figure)] + unit
        gap = False
    one_ten = digits[1] + units[-1]
    return written[1:] if number < 20 and digits == _CHINESE and written[:2] == one_ten else written


def _circled(number: int) -> str:
    for last, first in ((20, 0x2460), (35, 0x3251 - 20), (50, 0x32B1 - 35)):
        if number <= last:
            return chr(first + number - 1)
    return ""


def _of(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if number <= len(signs) else ""


def _digits(digits: str) -> Callable[[int], str]:
    return lambda number: "".join(digits[int(figure)] for figure in str(number))


def _ordinal(number: int) -> str:
    teens = 10 <= number % 100 < 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


_STYLES: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "ordinal": _ordinal,
    "numberInDash": lambda number: f"- {number} -",
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalFullWidth": _digits("０１２３４５６７８９"),
    "decimalFullWidth2": _digits("０１２３４５６７８９"),
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": _digits("〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": _digits("〇一二三四五六七八九"),
    "taiwaneseDigital": _digits("○一二三四五六七八九"),
    "chineseLegalSimplified": lambda number: chinese(number, _LEGAL, "仟佰拾"),
    "japaneseLegal": lambda number: chinese(number, _LEGAL_TRADITIONAL, "仟佰拾"),
    "ideographLegalTraditional": lambda number: chinese(number, _LEGAL_TRADITIONAL, "仟佰拾"),
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    "aiueo": _of(_KANA),
    "aiueoFullWidth": _of(_KANA),
    "iroha": _of(_IROHA),
    "irohaFullWidth": _of(_IROHA),
    "ganada": _of(_HANGUL),
    "russianLower": _of(_RUSSIAN),
    "russianUpper": lambda number: _of(_RUSSIAN)(number).upper(),
    "none": lambda _: "",
}

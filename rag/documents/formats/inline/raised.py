"""Raised and lowered figures in running text: marks of notes, powers, indices.

Readers wrap what is raised or lowered in marks; `with_figures` decides when the whole line is
known. Nothing that was raised is ever glued to a number.
"""

import re

#: Unicode leaves these undefined for good, so no text has them and `tidy` takes them out.
RAISED, LOWERED, NOTE, END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_BASE, _READING = "\ufdd4", "\ufdd5"

_MARKED = re.compile(f"([{RAISED}{LOWERED}{NOTE}])([^{RAISED}-{END}]*){END}")
_RUBY = re.compile(f"{_BASE}([^{RAISED}-{_READING}]*){_READING}([^{RAISED}-{_READING}]*){END}")
_RUBIES = re.compile(f"(?:{_RUBY.pattern}\\s*)*{_RUBY.pattern}")
_BRACKETED = re.compile(r"[\[(（［〔].*[\])）］〕]")
_ORDINAL = re.compile(
    r"st|nd|rd|th|er|ers|ère|ere|ème|eme|e|es|o|os|a|as|r|re|me|lle|mo|TM|SM|R|®|™|©|º|ª|℠"
)
_SIGN = re.compile(r"[-+−–±∓]|\d{1,2}[-+−]")
_NOTE = re.compile(r"[\d,，、;\s–-]*\d|[*†‡§¶#]{1,4}|[a-z]|[ivx]{1,5}", re.IGNORECASE)
_NUMBER = re.compile(r"[-+−–]?\s?\d+(?:[.,/]\d+)?")
#: Ten as a base, with what multiplies it or alone; after a sign of money it is an amount.
_TEN = re.compile(r"(?<![\d.,¥￥$€£])(?<![¥￥$€£] )10$")
_TIMES = re.compile(r"[×x·*∙⋅]\s?10$")
_UNIT = re.compile(
    r"(?<![^\W\d_])(?:[kcdmµμnh]?m|[kcm]?[gsJWVANK]|ha|in|ft|yd|mi|min|h|mol|Pa|Hz|l|L|"
    r"[千公分厘毫]?米|公里|公尺)$"
)
_VARIABLE = re.compile(r"(?<![^\W_])[^\W\d_]$|=\s?[A-Za-z]{1,3}$")
_FORMULA = re.compile(r"\(\w{0,4}(?:\s?[-+−*/·×]\s?\w{1,4})+\)$")
_WORD_BEFORE = re.compile(r"[^\W\d_A-Z]{3}$")
_WORD_AFTER = re.compile(r"\s?[^\W\d_]{2}")


def raised(text: str) -> str:
    """The text marked as raised."""
    return f"{RAISED}{text}{END}"


def lowered(text: str) -> str:
    """The text marked as lowered."""
    return f"{LOWERED}{text}{END}"


def note_mark(text: str) -> str:
    """The mark of a note, marked as what it is."""
    return f"{NOTE}{text}{END}"


def ruby(base: str, reading: str) -> str:
    """Words with their reading written above them (ruby, furigana, zhuyin)."""
    return f"{_BASE}{base}{_READING}{reading}{END}"


def with_figures(text: str) -> str:
    """The text with notes as `[1]`, powers as `10^6`; ordinals and formulas as they are.

    A reading stands after its word in brackets, once for the whole word.
    """
    if END not in text:
        return text
    text = _RUBIES.sub(_word_and_reading, text)
    parts: list[str] = []
    at = 0
    for match in _MARKED.finditer(text):
        parts.append(text[at : match.start()])
        at = match.end()
        before = "".join(parts[-8:])[-80:]
        parts.append(_figure(match[1], match[2].strip(), before, text[at : at + 40]))
    return "".join([*parts, text[at:]])


def _word_and_reading(match: re.Match[str]) -> str:
    pairs = _RUBY.findall(match[0])
    base = "".join(base.strip() for base, _ in pairs)
    reading = "".join(reading.strip() for _, reading in pairs)
    return f"{base}({reading})" if reading else base


def _figure(kind: str, figure: str, before: str, after: str) -> str:
    if not figure:
        return ""
    if kind == LOWERED:
        return _lowered(figure, before, after)
    if _BRACKETED.fullmatch(figure):
        return figure
    gap = " " if after[:1].isdigit() else ""
    if kind == NOTE:
        return f"[{figure}]{gap}"
    return _raised(figure, before, after) + gap


def _raised(figure: str, before: str, after: str) -> str:
    if after.lstrip(END).startswith(("/", "⁄")) and figure.isdigit():  # the upper half of ¹/₂
        return f" {figure}" if before[-1:].isdigit() else figure
    if not before.strip() or before[-1:].isspace():  # a note's own mark, or the mass of an isotope
        leads = figure.isdigit() and _WORD_AFTER.match(after)
        return f"[{figure}]" if leads or after[:1].isdigit() else figure
    if _is_power(figure, before):
        return f"^{figure}" if _NUMBER.fullmatch(figure) or len(figure) == 1 else f"^({figure})"
    if _SIGN.fullmatch(figure):
        return f"^{figure}"
    if len(figure) == 1 and figure.islower() and _WORD_BEFORE.search(before):
        return f"[{figure}]"
    if _ORDINAL.fullmatch(figure) or not _NOTE.fullmatch(figure):
        return figure if not figure[:1].isdigit() else f"[{figure}]"
    return f"[{figure}]"


def _is_power(figure: str, before: str) -> bool:
    number = _NUMBER.fullmatch(figure) is not None
    if number and not figure[0].isdigit() and before[-1:].isalnum():
        return True
    if _TIMES.search(before):
        return True
    if _TEN.search(before):
        return number and figure != "1"
    if _UNIT.search(before):
        return figure in {"2", "3", "4"}
    if _VARIABLE.search(before) or _FORMULA.search(before):
        plain = not figure.isalpha() or len(figure) == 1
        return plain and not _ORDINAL.fullmatch(figure) and not figure.startswith(("*", "†", "‡"))
    return False


def _lowered(figure: str, before: str, after: str) -> str:
    if before[-1:] in {"/", "⁄"}:
        return figure
    glued = before[-1:].isdigit() and figure[:1].isdigit()
    gap = " " if figure[-1:].isdigit() and after[:1].isdigit() else ""
    return f"_{figure}{gap}" if glued or gap else figure

"""Why a file was left out, in the reader's language.

The index keeps reasons in English, as readers of files give them, a few sentences each; they are
known by their wording (`reasons.toml`). What is not known stays as it is.
"""

import re
import tomllib
from functools import cache, partial
from importlib.resources import files

_GAP = re.compile(r"\\\{\\\}")
#: What a gap of a sentence may hold: all but the end of a sentence.
_HELD = r"((?:(?!\. ).){1,300}?)"
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")
_PLACE = re.compile(r"\{(\d*)\}")
_SPACE_AFTER_WIDE = re.compile(r"(?<=[。：]) +")


def reason_in(reason: str, language: str) -> str:
    """A reason in one of the LANGUAGES, as far as its sentences are known."""
    said = reason
    for pattern, text in _compiled(language):
        said = pattern.sub(partial(_filled, text, language), said)
    return _SPACE_AFTER_WIDE.sub("", said)


@cache
def reason_patterns(language: str) -> list[tuple[str, str]]:
    """Regular expressions of the sentences, which JavaScript reads as well, and what each is in the
    language, with {0}, {1}, … for what the groups hold; the longest first.
    """
    known = [(english, _numbered(texts[language])) for english, texts in _sentences(language)]
    known.sort(key=lambda each: -len(each[0]))
    return [(_GAP.sub(lambda _: _HELD, _escaped(english)), text) for english, text in known]


@cache
def kinds_in(language: str) -> dict[str, str]:
    """Kinds of files by what they are in English."""
    kinds: dict[str, dict[str, str]] = _table()["kinds"]
    return {english: texts[language] for english, texts in kinds.items() if language in texts}


def _sentences(language: str) -> list[tuple[str, dict[str, str]]]:
    known: dict[str, dict[str, str]] = _table()["sentences"]
    return [(english, texts) for english, texts in known.items() if language in texts]


@cache
def _compiled(language: str) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(source), text) for source, text in reason_patterns(language)]


def _filled(text: str, language: str, match: re.Match[str]) -> str:
    kinds = kinds_in(language)
    return _PLACE.sub(lambda place: kinds.get(found := match[int(place[1]) + 1], found), text)


def _numbered(text: str) -> str:
    """A text whose places all have their numbers."""
    numbers = iter(range(len(text)))
    return _PLACE.sub(lambda place: place[0] if place[1] else f"{{{next(numbers)}}}", text)


def _escaped(english: str) -> str:
    """As a regular expression; a full stop at the end is that of a sentence, not of ".docx"."""
    escaped = _SPECIAL.sub(r"\\\g<0>", english)
    return f"{escaped}(?!\\S)" if english.endswith(".") else escaped


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    content = files("words").joinpath("reasons.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)

"""The languages, each read from its file, and which one a person is spoken to in."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag import detect_script
from words.owner_sections import CuratingWords, ReviewWords, UploadWords
from words.sections import AnswerWords, BotWords, PageWords

SIMPLIFIED, TRADITIONAL, ENGLISH = "zh-Hans", "zh-Hant", "en"
#: IETF tags; each language has a file of this name.
LANGUAGES = (SIMPLIFIED, TRADITIONAL, ENGLISH)
_TRADITIONAL_REGIONS = frozenset({"hant", "tw", "hk", "mo"})
_OF_SCRIPT = {"Hans": SIMPLIFIED, "Hant": TRADITIONAL}


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words; `name` is what it calls itself."""

    language: str
    name: str
    answers: AnswerWords
    bot: BotWords
    uploads: UploadWords
    review: ReviewWords
    curating: CuratingWords
    page: PageWords


@cache
def words_in(language: str) -> Words:
    """The words of one of the LANGUAGES."""
    content = files("words").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    sections = tomllib.loads(content)
    return Words(
        language=language,
        name=sections["name"],
        answers=AnswerWords(**sections["answers"]),
        bot=BotWords(**sections["bot"]),
        uploads=UploadWords(**sections["uploads"]),
        review=ReviewWords(**sections["review"]),
        curating=CuratingWords(**sections["curating"]),
        page=PageWords(**sections["page"]),
    )


def words_for_reader(tag: str | None, chosen: str | None = None) -> Words:
    """The words of the chosen language, else of an IETF tag such as `zh-hant` or `pt-br`."""
    return words_in(chosen if chosen in LANGUAGES else _closest(tag))


def words_for_question(question: str) -> Words:
    """The words for who asked: Chinese in the question's script, English for all others."""
    return words_in(_OF_SCRIPT.get(detect_script(question), ENGLISH))


def _closest(tag: str | None) -> str:
    first, *rest = (tag or "").lower().replace("_", "-").split("-")
    if first not in ("zh", "yue"):
        return ENGLISH
    if first == "yue" and "hans" not in rest:
        return TRADITIONAL
    return TRADITIONAL if _TRADITIONAL_REGIONS & set(rest) else SIMPLIFIED

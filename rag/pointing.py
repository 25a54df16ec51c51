"""Words by which a question points at the one before it; known for Chinese and English."""

import re

from rag.question_type import Kind, asked_kind

_POINTS_BACK = re.compile(
    r"[他她它那这這其该該呢]"
    r"|\b(?:he|she|it|they|him|her|his|its|their|them|this|that|these|those|there)\b"
    r"|^(?:and|or|what about|how about)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:[那这這](?![里裡儿兒边邊些个個]))?[麼么]?(?P<chinese>[^，。？！?!,]{1,12}?)呢\s*[?？]?"
    r"|(?:and|or|what about|how about)\s+(?:(?:in|at|for|of|on)\s+)?"
    r"(?P<english>(?!what|how|who|when|where|why|which)[^?!.,]{1,30}?)\s*[?？]?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"[?？]|[谁誰哪吗嗎呢]|什[么麼]|怎[么麼样樣]|为何|為何|\b(?:what|how|who|when|where|why|which)\b",
    re.IGNORECASE,
)
_INNER_WORD = re.compile(r"(?<=\s)[^\W\d_]{2,}")
_PRONOUNS = re.compile(
    r"[他她它这這那]|\b(?:he|she|it|they|him|her|them|this|that|there|then|now)\b", re.IGNORECASE
)


def points_back(question: str) -> bool:
    """Whether a question has a word that points at the one before it; weak evidence."""
    return _POINTS_BACK.search(question) is not None


def asked_about(question: str) -> str | None:
    """What is put in place of something: "北京" of "那北京呢？", "Tokyo" of "And in Tokyo?".

    Empty when it is a pronoun; None when the question has no such form.
    """
    match = _ABOUT.fullmatch(question.strip())
    if match is None:
        return None
    about = match["chinese"] or match["english"]
    return "" if _PRONOUNS.search(about) else about


def asks(text: str) -> bool:
    """Whether a text asks anything, so far as its words tell."""
    return _ASKS.search(text) is not None or asked_kind(text) is not Kind.ANY


def names_something(question: str) -> bool:
    """Whether a word inside a question begins with a capital."""
    return any(word[0].isupper() for word in _INNER_WORD.findall(question))

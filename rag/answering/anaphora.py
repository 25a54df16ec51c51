"""Anaphora and ellipsis: evidence that a question, or a sentence, does not stand alone. The word
lists are of Chinese and English.
"""

import math
import re
import unicodedata
from dataclasses import dataclass

from rag.index.answer_kind import Kind, asked_kind

#: How many letters a wide character (Chinese, Japanese, Korean) counts as.
_WIDE = 3
_ANAPHOR = re.compile(
    r"[他她它那这這其该該呢]"
    r"|\b(?:he|she|it|they|him|her|his|its|their|them|this|that|these|those|there)\b"
    r"|^(?:and|or|what about|how about)\b",
    re.IGNORECASE,
)
_SUBSTITUTION = re.compile(
    r"(?:[那这這](?![里裡儿兒边邊些个個]))?[麼么]?(?P<chinese>[^，。？！?!,]{1,12}?)的?呢\s*[?？]?"
    r"|(?:and|or|what about|how about)\s+(?:(?:in|at|for|of|on)\s+)?"
    r"(?P<english>(?!what|how|who|when|where|why|which)[^?!.,]{1,30}?)\s*[?？]?",
    re.IGNORECASE,
)
_INTERROGATIVE = re.compile(
    r"[?？]|[谁誰哪吗嗎呢]|什[么麼]|怎[么麼样樣]|为何|為何|\b(?:what|how|who|when|where|why|which)\b",
    re.IGNORECASE,
)
_INNER_WORD = re.compile(r"(?<=\s)[^\W\d_]{2,}")
_PRONOUNS = re.compile(
    r"[他她它这這那]|\b(?:he|she|it|they|him|her|them|this|that|there|then|now)\b", re.IGNORECASE
)
#: Beginnings of sentences that do not stand alone; not 此外, 其他, 其实, 这时 and the like.
_OPENING_ANAPHOR = re.compile(
    r"[\s\W]*(?:[他她它牠]|其(?![他它实實余餘次])|[该該]|[对對为為]?此(?![外时時后後前])"
    r"|[这這那](?![时時里裡儿兒])|上述|[前后後]者|[两兩二]者"
    r"|(?:he|she|it|they|his|her|its|their|this|these|that|those|both|the (?:former|latter))\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Incompleteness:
    """The features that tell whether a question is incomplete.

    `letters` is its length, `odds` the log odds that its own best passage answers it, `lead` how
    far these are above the log odds of the best passage for the completed question, `loss` by how
    much the best sentence's cosine exceeds that one's.
    """

    letters: int
    odds: float
    lead: float
    loss: float
    anaphor: bool

    @property
    def log_odds(self) -> float:
        """The log odds that it is. Fitted on tests/data/followups.jsonl, split dev, and on
        questions of XQuAD (zh, en, en to zh) each after one of another article; the weight of the
        loss on split dev and the unrelated questions of tests/data/unanswerable.jsonl.
        """
        sure = 0.43 * self.odds + 0.74 * self.lead
        if not self.anaphor:
            sure += 100 * self.loss
        return 22.0 - 6.7 * math.log(max(self.letters, 1)) - sure + 3.8 * self.anaphor


def letter_count(text: str) -> int:
    """The length of a text in letters and digits."""
    wide = (unicodedata.east_asian_width(character) in "WF" for character in text)
    return sum(
        _WIDE if is_wide else 1
        for character, is_wide in zip(text, wide, strict=True)
        if character.isalnum()
    )


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), with p clipped to 0.0001 from 0 and 1."""
    bounded = min(max(probability, 0.0001), 0.9999)
    return math.log(bounded / (1 - bounded))


def has_anaphor(question: str) -> bool:
    """Whether a question has a word that may refer to the turn before; weak evidence."""
    return _ANAPHOR.search(question) is not None


def opens_with_anaphor(sentence: str) -> bool:
    """Whether a sentence begins with a word for what the sentence before it names."""
    return _OPENING_ANAPHOR.match(sentence) is not None


def asked_about(question: str) -> str | None:
    """What the question substitutes: "北京" in "那北京呢？", "Tokyo" in "And in Tokyo?".

    Empty when it is a pronoun; None when the question has no such form.
    """
    match = _SUBSTITUTION.fullmatch(question.strip())
    if match is None:
        return None
    about = match["chinese"] or match["english"]
    return "" if _PRONOUNS.search(about) else about


def is_interrogative(text: str) -> bool:
    """Whether a text asks something, as far as its words tell."""
    return _INTERROGATIVE.search(text) is not None or asked_kind(text) is not Kind.ANY


def capitalized_words(question: str) -> list[str]:
    """The words inside a question that begin with a capital, as names do."""
    return [word for word in _INNER_WORD.findall(question) if word[0].isupper()]

"""Whether a sentence and a quotation say the same of a number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.writing.figures import RELATIVE_TIME, figures, possible_figures
from rag.answering.writing.wording import is_negated, plain_words
from rag.index.lexical.terms import fold, terms

_BORDER = re.compile(
    r"(?<!\d)[.,]|[.,](?!\d)|[，、；;：:。!?！？\n()（）]|\b(?:and|und|et|y|и|but|aber|mais)\b|和|以及|并且"
)
_HIRAGANA = re.compile("[ぁ-ゟ]")
#: A number stands where the characters before it are the same.
_BEFORE = 4
_NUMBER_IN_CONTEXT = re.compile(rf"([㐀-鿿]{{{_BEFORE}}})(\d[\d.,]*(?:百万|千万|万|亿|千|%)?)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: its figures, and its terms without numbers and words that say nothing."""

    figures: frozenset[str]
    terms: frozenset[str]
    negated: bool


class Clauses:
    """The clauses of a quotation."""

    def __init__(self, quote: str) -> None:
        self._quote = fold(quote)
        self._pieces = [
            Clause(possible_figures(text), _content(text), is_negated(text))
            for text in _pieces(quote)
        ]

    def binds(self, sentence: str) -> bool:
        """Whether each number of a sentence stands in a clause that shares words with the sentence,
        words that clauses with other numbers do not have.
        """
        said = _content(sentence)
        literal = _in_same_place(fold(sentence), self._quote)
        return all(
            not literal.isdisjoint(figure) or self._is_bound(figure, said)
            for figure in figures(sentence)
        )

    def agrees(self, sentence: str) -> bool:
        """Whether the sentence denies where the clause nearest to it does, and only there."""
        said = _content(sentence)
        most = max((len(each.terms & said) for each in self._pieces), default=0)
        nearest = [each for each in self._pieces if len(each.terms & said) == most]
        return any(each.negated == is_negated(sentence) for each in nearest)

    def _is_bound(self, figure: frozenset[str], said: frozenset[str]) -> bool:
        holding = [each for each in self._pieces if each.figures & figure]
        others = [each for each in self._pieces if each.figures and not each.figures & figure]
        elsewhere = frozenset[str]().union(*(each.terms for each in others))
        return any((each.terms & said) - elsewhere for each in holding)


def _pieces(text: str) -> Iterator[str]:
    """The clauses of a text; one without content of its own goes with the one before it."""
    before = ""
    for piece in _BORDER.split(text):
        if before and _words(piece):
            yield before
            before = piece
        else:
            before = f"{before} {piece}".strip()
    if before:
        yield before


def _content(text: str) -> frozenset[str]:
    """The terms of a text that say something; those with Japanese endings are left out."""
    return frozenset(each for each in _words(text) if not _HIRAGANA.search(each))


def _words(text: str) -> set[str]:
    """The terms of a text without numbers, times, single characters and plain words."""
    found = set(terms(RELATIVE_TIME.sub(" ", fold(text)))) - plain_words()
    return {each for each in found if len(each) > 1 and not any(map(str.isdigit, each))}


def _in_same_place(sentence: str, quote: str) -> frozenset[str]:
    """The numbers that have the same characters before them in both texts."""
    held = set(_NUMBER_IN_CONTEXT.findall(quote))
    same = (
        number
        for before, number in _NUMBER_IN_CONTEXT.findall(sentence)
        if (before, number) in held
    )
    return frozenset().union(*(each for number in same for each in figures(number)))

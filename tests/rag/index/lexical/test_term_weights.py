"""Rare terms weigh most, by the same formula for every index."""

import math
from collections.abc import Sequence

import pytest

from rag.encoding.word_frequencies import WordFrequencies
from rag.index.lexical.term_weights import BACKGROUND, TermWeights

COUNTS = {"road": 10, "bridge": 3, "ferry": 1}


class Counted:
    """What an index says of its terms."""

    paragraphs = 10

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        return [COUNTS.get(term, 0) for term in terms]


class General:
    """A language in which every second paragraph has "how", and hardly one any other word."""

    def shares(self, words: Sequence[str]) -> list[float]:
        return [0.5 if word == "how" else 0.0 for word in words]


WEIGHTS = TermWeights(Counted(), WordFrequencies(None))


def test_shares_of_a_question_sum_to_one_and_the_rarest_weighs_most() -> None:
    weighed = WEIGHTS.weigh(["road", "nowhere", "bridge", "ferry", "road"])
    assert list(weighed) == ["road", "nowhere", "bridge", "ferry"]
    assert sum(weighed.values()) == pytest.approx(1)
    assert weighed["road"] < weighed["bridge"] < weighed["ferry"] < weighed["nowhere"]


def test_known_terms_have_their_inverse_document_frequency() -> None:
    assert WEIGHTS.known(["ferry", "nowhere", "ferry"]) == {
        "ferry": pytest.approx(math.log(1 + 9.5 / 1.5))
    }


def test_a_question_without_terms_has_no_weights() -> None:
    assert WEIGHTS.weigh([]) == WEIGHTS.known([]) == {}


def test_a_common_word_weighs_little_where_a_small_index_does_not_have_it() -> None:
    weighed = TermWeights(Counted(), General()).weigh(["how", "ferry", "bridge"])
    assert weighed["how"] < weighed["bridge"] / 2 < weighed["ferry"] / 2


def test_paragraphs_in_general_are_counted_with_those_of_the_index() -> None:
    known = TermWeights(Counted(), General()).known(["ferry"])
    assert known["ferry"] == pytest.approx(math.log(1 + (10 + BACKGROUND - 1 + 0.5) / 1.5))

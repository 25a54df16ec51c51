"""Rare terms weigh most, by the same formula for every index."""

import math
from collections.abc import Sequence

import pytest

from rag.index.lexical.term_weights import known_terms, weigh

COUNTS = {"road": 10, "bridge": 3, "ferry": 1}


class Counted:
    """What an index says of its terms."""

    paragraphs = 10

    def frequencies(self, terms: Sequence[str]) -> list[int]:
        return [COUNTS.get(term, 0) for term in terms]


def test_shares_of_a_question_sum_to_one_and_the_rarest_weighs_most() -> None:
    weighed = weigh(Counted(), ["road", "nowhere", "bridge", "ferry", "road"])
    assert list(weighed) == ["road", "nowhere", "bridge", "ferry"]
    assert sum(weighed.values()) == pytest.approx(1)
    assert weighed["road"] < weighed["bridge"] < weighed["ferry"] < weighed["nowhere"]


def test_known_terms_have_their_inverse_document_frequency() -> None:
    assert known_terms(Counted(), ["ferry", "nowhere", "ferry"]) == {
        "ferry": pytest.approx(math.log(1 + 9.5 / 1.5))
    }


def test_a_question_without_terms_has_no_weights() -> None:
    assert weigh(Counted(), []) == known_terms(Counted(), []) == {}

"""What confidences are worth, checked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.calibration_metrics import (
    Bin,
    auroc,
    calibration_error,
    costs,
    refused_at,
    reliability,
)


def test_auroc_of_clear_cases() -> None:
    assert auroc([0.9, 0.8], [0.1]) == 1
    assert auroc([0.1], [0.9, 0.8]) == 0
    assert auroc([0.5, 0.5], [0.5]) == 0.5
    assert auroc([], [0.5]) is auroc([0.5], []) is None


_SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.50001, 1.0]), min_size=1, max_size=9)


@given(_SCORES, _SCORES)
def test_auroc_is_the_share_of_pairs_in_order_ties_half(
    positive: list[float], negative: list[float]
) -> None:
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    assert auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs), abs=1e-4)


def test_bins_hold_what_lies_above_their_low_end_up_to_their_high_end() -> None:
    confidences = [0.0, 0.05, 0.1, 0.10001, 0.7, 0.95, 1.0]
    found = reliability(confidences, [False, True, False, True, True, True, False])
    assert found == [
        Bin(0.0, 0.1, 3, 0.05, 0.3333),
        Bin(0.1, 0.2, 1, 0.1, 1.0),
        Bin(0.6, 0.7, 1, 0.7, 1.0),
        Bin(0.9, 1.0, 2, 0.975, 0.5),
    ]


def test_calibration_error_weighs_each_bin_by_its_questions() -> None:
    bins = [Bin(0.0, 0.1, 3, 0.1, 0.4), Bin(0.9, 1.0, 1, 0.9, 0.5)]
    assert calibration_error(bins) == pytest.approx((3 * 0.3 + 1 * 0.4) / 4)
    assert calibration_error([]) is None


def test_calibration_error_of_clear_cases() -> None:
    def error(confidences: list[float], right: list[bool]) -> float | None:
        return calibration_error(reliability(confidences, right))

    assert error([1.0, 1.0, 0.0], [True, True, False]) == 0
    assert error([1.0, 0.0], [False, True]) == 1
    assert error([0.8] * 5, [True] * 4 + [False]) == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_every_outcome_is_in_one_bin_that_fits_it(outcomes: list[tuple[float, bool]]) -> None:
    found = reliability([c for c, _ in outcomes], [r for _, r in outcomes])
    assert sum(each.count for each in found) == len(outcomes)
    for each in found:
        assert each.low - 1e-4 <= each.confidence <= each.high + 1e-4
        mine = [r for c, r in outcomes if each.low < c <= each.high or c == each.low == 0]
        assert each.count == len(mine)
        assert each.right == pytest.approx(sum(mine) / len(mine), abs=1e-4)


def test_refused_where_a_twentieth_of_the_known_is() -> None:
    known = [n / 100 for n in range(1, 101)]
    # The threshold is 0.06: it refuses 0.01 to 0.05.
    assert refused_at(0.05, known, [0.0, 0.05, 0.06, 0.5]) == 0.5
    assert refused_at(0.05, known[::-1], [0.0, 0.05, 0.06, 0.5]) == 0.5
    # Of nineteen, none may be refused.
    assert refused_at(0.05, known[:19], [0.0, 0.01]) == 0.5
    assert refused_at(0.05, [], [0.5]) is refused_at(0.05, [0.5], []) is None


def test_ties_at_the_threshold_are_answered_rather_than_refused_too_many() -> None:
    assert refused_at(0.05, [0.3] * 20 + [0.9] * 20, [0.2, 0.3, 0.4]) == pytest.approx(
        1 / 3, abs=1e-4
    )


def test_costs_are_the_shares_below_each_threshold() -> None:
    found = {cost.threshold: cost for cost in costs([0.2, 0.9, 1.0, 0.9], [0.1, 0.2], [])}
    assert list(found) == sorted(found)
    assert (min(found), max(found)) == (0, 1)
    assert (found[0].answerable, found[0].unrelated) == (0, 0)
    assert (found[0.2].answerable, found[0.2].unrelated) == (0, 0.5)
    assert (found[0.9].answerable, found[0.9].unrelated) == (0.25, 1)
    assert (found[1].answerable, found[1].unrelated) == (0.75, 1)
    assert all(cost.near is None for cost in found.values())

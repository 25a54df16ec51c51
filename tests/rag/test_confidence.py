"""Scores become probabilities; a threshold decides."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from rag.confidence import DEFAULT, DEFAULT_THRESHOLD, Calibration, Logistic, fit
from rag.errors import StoreError
from rag.retriever import Hit


def hit(meaning: float, words: float = 0.0, *, same: bool = True) -> Hit:
    return Hit(0, score=0.0, meaning=meaning, words=words, same_script=same, background=0.75)


def test_confidence_is_the_logistic_function() -> None:
    logistic = Logistic(bias=-2.0, meaning=3.0, words=4.0)
    expected = 1 / (1 + math.exp(-(-2 + 3 * 0.5 + 4 * 0.25)))
    assert logistic(hit(0.5, 0.25)) == pytest.approx(expected)
    assert logistic(hit(2 / 3)) == pytest.approx(0.5)


def test_extremes_neither_overflow_nor_leave_the_unit_interval() -> None:
    steep = Logistic(0.0, 1e6, 0.0)
    assert 0 <= steep(hit(-1.0)) < 1e-20
    assert 1 - 1e-20 <= steep(hit(1.0)) <= 1


def test_each_script_has_its_own_mapping() -> None:
    calibration = Calibration(Logistic(0, 0, 0), Logistic(100, 0, 0), 0.7)
    assert calibration.confidence(hit(0.5)) == 0.5
    assert calibration.confidence(hit(0.5, same=False)) == pytest.approx(1)


def test_more_meaning_and_more_words_never_make_less_sure() -> None:
    for same in (True, False):
        sure = [DEFAULT.confidence(hit(m, 0.1, same=same)) for m in np.linspace(0, 1, 50)]
        assert sure == sorted(sure)
        assert DEFAULT.confidence(hit(0.85, 0.5, same=same)) > DEFAULT.confidence(
            hit(0.85, 0.1, same=same)
        )


def test_another_threshold_leaves_the_rest() -> None:
    other = DEFAULT.with_threshold(0.9)
    assert other.threshold == 0.9
    assert (other.same_script, other.across_scripts) == (
        DEFAULT.same_script,
        DEFAULT.across_scripts,
    )
    assert DEFAULT.threshold == DEFAULT_THRESHOLD


def test_a_saved_calibration_is_loaded_exactly(tmp_path: Path) -> None:
    made = Calibration(Logistic(0.1, 1 / 3, 2e-17), Logistic(-1, 2, 3), 0.123)
    made.save(tmp_path / "c.json")
    assert Calibration.load(tmp_path / "c.json") == made


def test_without_a_file_the_default_is_used(tmp_path: Path) -> None:
    assert Calibration.load(tmp_path / "missing.json") == DEFAULT


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[]",
        "{}",
        "{]",
        "\x00",
        json.dumps({**DEFAULT.to_json(), "threshold": "much"}),
        json.dumps({**DEFAULT.to_json(), "same_script": 5}),
        json.dumps({**DEFAULT.to_json(), "same_script": {"bias": 1}}),
        json.dumps({**DEFAULT.to_json(), "same_script": {"bias": "a", "meaning": 1, "words": 1}}),
    ],
    ids=range(10),
)
def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "c.json").write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match=r"c\.json is damaged\. Delete it .*--calibrate"):
        Calibration.load(tmp_path / "c.json")


def test_a_folder_in_its_place_is_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="damaged"):
        Calibration.load(tmp_path)


@pytest.mark.parametrize(("right", "wrong"), [(0, 100), (100, 0), (19, 500), (0, 0)])
def test_too_few_examples_of_either_kind_change_nothing(right: int, wrong: int) -> None:
    hits = [hit(0.9)] * right + [hit(0.1)] * wrong
    fallback = Logistic(1, 2, 3)
    labels = [True] * right + [False] * wrong
    assert fit(hits, labels, fallback, background=True) is fallback


def test_fitting_learns_what_separates_right_from_wrong() -> None:
    random = np.random.default_rng(0)
    right = [hit(m, w) for m, w in random.normal([0.85, 0.4], 0.03, (60, 2))]
    wrong = [hit(m, w) for m, w in random.normal([0.75, 0.1], 0.03, (60, 2))]
    labels = [True] * 60 + [False] * 60
    learned = fit([*right, *wrong], labels, Logistic(0, 0, 0), background=False)
    assert all(learned(each) > 0.5 for each in right)
    assert all(learned(each) < 0.5 for each in wrong)

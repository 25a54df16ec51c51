"""Scores become probabilities; a threshold decides."""

import json
import logging
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.answering.calibration import (
    _FEWEST,
    DEFAULT,
    DEFAULT_THRESHOLD,
    PARTS,
    WITHOUT_TOKENS,
    Calibration,
    Logistic,
    default_for,
    fit,
    scale_of,
)
from rag.errors import StoreError
from rag.index.generation import Generation
from rag.retrieval.retriever import Hit
from tests.fakes import HashingModel, index, open_index

NONE = np.empty(0, dtype=np.float32)


def hit(sentence: float, lexical: float = 0.0, *, own: bool = True, maxsim: float = 0.7) -> Hit:
    return Hit(0, 0.0, 0.0, sentence, lexical, own, sentences=NONE, maxsim=maxsim)


SPEAK_FOR = [part for part, sign in PARTS.items() if sign > 0]
#: Evidence that says nothing.
NOTHING = Hit(0, 0.0, 0.0, 0.0, 0.0, own_language=False, sentences=NONE)


def test_confidence_is_the_logistic_function() -> None:
    logistic = Logistic(bias=-2.0, cosine=3.0, lexical=4.0)
    expected = 1 / (1 + math.exp(-(-2 + 3 * 0.5 + 4 * 0.25)))
    assert logistic(hit(0.5, 0.25)) == pytest.approx(expected)
    assert logistic(hit(2 / 3)) == pytest.approx(0.5)


def test_extremes_neither_overflow_nor_leave_the_unit_interval() -> None:
    steep = Logistic(-1e5, cosine=1e6)
    assert 0 <= steep(hit(0.0)) < 1e-20
    assert 1 - 1e-20 <= steep(hit(1.0)) <= 1


def test_the_same_evidence_says_less_in_ones_own_language() -> None:
    own, other = (DEFAULT.confidence(hit(0.5, own=own)) for own in (True, False))
    assert own < other


def test_other_evidence_adds_to_the_log_odds() -> None:
    found = hit(0.3)
    odds = [p / (1 - p) for p in (DEFAULT.confidence(found), DEFAULT.confidence(found, 1.5))]
    assert math.log(odds[1] / odds[0]) == pytest.approx(1.5)


def test_an_answer_that_does_not_repeat_its_heading_counts_as_the_heading_does() -> None:
    below = replace(hit(0.1), paragraph=0.7)
    assert DEFAULT.confidence(below) == DEFAULT.confidence(hit(0.7))


@pytest.mark.parametrize("calibration", [DEFAULT, WITHOUT_TOKENS])
@pytest.mark.parametrize("part", PARTS)
def test_more_evidence_never_makes_less_sure(part: str, calibration: Calibration) -> None:
    sure = [
        calibration.confidence(changed(hit(0.5, 0.1), part, float(value)))
        for value in np.linspace(0, 1, 50)[:: PARTS[part]]
    ]
    assert sure == sorted(sure)


@pytest.mark.parametrize("calibration", [DEFAULT, WITHOUT_TOKENS])
def test_the_default_is_sure_of_all_evidence_and_of_none_it_is_not(
    calibration: Calibration,
) -> None:
    everything = NOTHING
    for part in SPEAK_FOR:
        everything = changed(everything, part, 1.0)
    assert calibration.confidence(everything) > calibration.threshold
    assert calibration.confidence(NOTHING) < calibration.threshold


def test_without_tokens_nothing_depends_on_them() -> None:
    assert WITHOUT_TOKENS.mapping.maxsim == 0


def test_another_threshold_leaves_the_rest() -> None:
    other = DEFAULT.with_threshold(0.9)
    assert other.threshold == 0.9
    assert other.mapping == DEFAULT.mapping
    assert DEFAULT.threshold == DEFAULT_THRESHOLD


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    return open_index(tmp_path_factory.mktemp("home"), {"a.md": "人。"})


@pytest.fixture(scope="module")
def without_tokens(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    home = tmp_path_factory.mktemp("plain")
    index(home, {"a.md": "人。"}, late_interaction=False)
    return open_index(home)


def test_a_saved_calibration_is_loaded_exactly(tmp_path: Path, generation: Generation) -> None:
    made = Calibration(Logistic(0.1, 1 / 3, 2e-17, own_language=-7.5), 0.123)
    made.save(tmp_path / "c.json", scale_of(generation))
    assert Calibration.load(tmp_path / "c.json", generation) == made


def test_a_calibration_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, scale = tmp_path / "c.json", scale_of(generation)
    before = Calibration(Logistic(1, 2, 3), 0.3)
    before.save(path, scale)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        before.with_threshold(0.9).save(path, scale)
    assert Calibration.load(path, generation) == before


def test_a_calibration_is_kept_for_other_documents_of_the_model(
    tmp_path: Path, generation: Generation
) -> None:
    made = Calibration(Logistic(1, 2, 3), 0.3)
    made.save(tmp_path / "c.json", scale_of(generation))
    other = open_index(tmp_path / "other", {"b.md": "路。"})
    assert Calibration.load(tmp_path / "c.json", other) == made


def test_a_calibration_of_other_scores_is_passed_over_with_a_warning(
    tmp_path: Path,
    generation: Generation,
    without_tokens: Generation,
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = Calibration(Logistic(1, 2, 3), 0.3)
    made.save(tmp_path / "c.json", scale_of(generation))
    index(tmp_path / "two", {"a.md": "人。"}, HashingModel(fingerprint="hashing-2"))
    for other in (without_tokens, open_index(tmp_path / "two")):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert Calibration.load(tmp_path / "c.json", other) == default_for(other)
        assert "c.json was made for another model" in caplog.text


def test_without_a_file_the_default_is_used(
    tmp_path: Path, generation: Generation, without_tokens: Generation
) -> None:
    assert Calibration.load(tmp_path / "missing.json", generation) == DEFAULT
    assert Calibration.load(tmp_path / "missing.json", without_tokens) == WITHOUT_TOKENS


def test_a_calibration_from_before_it_named_its_model_is_passed_over(
    tmp_path: Path, generation: Generation
) -> None:
    (tmp_path / "c.json").write_text(json.dumps(DEFAULT.with_threshold(0.9).to_json()))
    assert Calibration.load(tmp_path / "c.json", generation) == DEFAULT


#: As a file for `generation` has it.
SAVED = {**DEFAULT.to_json(), "made_for": "hashing-1 with late interaction, scale 5"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[]",
        json.dumps({"made_for": SAVED["made_for"]}),
        "{]",
        "\x00",
        json.dumps({**SAVED, "threshold": "much"}),
        json.dumps({**SAVED, "mapping": 5}),
        json.dumps({**SAVED, "mapping": {"cosine": 1}}),
        json.dumps({**SAVED, "mapping": {"bias": 1, "late": 1}}),
        json.dumps({**SAVED, "mapping": {"bias": "a", "cosine": 1, "lexical": 1}}),
    ],
    ids=range(11),
)
def test_a_damaged_file_is_named_with_the_remedy(
    tmp_path: Path, generation: Generation, content: str
) -> None:
    (tmp_path / "c.json").write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match=r"c\.json is damaged\. Delete it .*--calibrate"):
        Calibration.load(tmp_path / "c.json", generation)


def test_a_folder_in_its_place_is_an_error_too(tmp_path: Path, generation: Generation) -> None:
    with pytest.raises(StoreError, match="damaged"):
        Calibration.load(tmp_path, generation)


@pytest.mark.parametrize(
    ("right", "wrong"), [(0, 100), (100, 0), (_FEWEST - 1, 500), (500, _FEWEST - 1), (0, 0)]
)
def test_too_few_examples_of_either_kind_change_nothing(right: int, wrong: int) -> None:
    labelled = [(hit(0.9), True, 1.0)] * right + [(hit(0.1), False, 1.0)] * wrong
    fallback = Logistic(1, 2, 3)
    assert fit(labelled, fallback) is fallback


@pytest.mark.slow
def test_fitting_learns_what_separates_right_from_wrong() -> None:
    random = np.random.default_rng(0)
    right = [hit(m, w) for m, w in random.normal([0.85, 0.4], 0.03, (60, 2))]
    wrong = [hit(m, w) for m, w in random.normal([0.75, 0.1], 0.03, (60, 2))]
    labelled = [*((each, True, 1.0) for each in right), *((each, False, 1.0) for each in wrong)]
    learned = fit(labelled, Logistic(0, 0, 0))
    assert all(learned(each) > 0.5 for each in right)
    assert all(learned(each) < 0.5 for each in wrong)


def changed(hit: Hit, part: str, value: float) -> Hit:
    parts: dict[str, Any] = {"sentence" if part == "cosine" else part: value}
    return replace(hit, **parts)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_learned(part: str) -> None:
    means = [[0.8], [0.2]][:: PARTS[part]]
    values = np.random.default_rng(1).normal(means, 0.1, (2, 60))
    labelled = [
        (changed(hit(0.5), part, float(value)), row == 0, 1.0)
        for row in range(2)
        for value in values[row]
    ]
    learned = fit(labelled, Logistic(0, 0, 0))
    assert getattr(learned, part) * PARTS[part] > 1
    assert np.mean([(learned(each) > 0.5) == right for each, right, _ in labelled]) > 0.95


@pytest.mark.parametrize(("weight", "expected"), [(1.0, 0.25), (3.0, 0.5), (0.5, 1 / 7)])
def test_where_nothing_tells_the_probability_is_how_often_it_was_right_by_weight(
    weight: float, expected: float
) -> None:
    labelled = [(hit(0.5), True, weight)] * 30 + [(hit(0.5), False, 1.0)] * 90
    learned = fit(labelled, Logistic(0, 0, 0))
    assert learned(hit(0.5)) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_hit_counts_by_its_weight(part: str) -> None:
    logistic = replace(Logistic(-1.0), **{part: 4.0})
    assert logistic(NOTHING) == pytest.approx(1 / (1 + math.e))
    assert logistic(changed(NOTHING, part, 0.5)) == pytest.approx(1 / (1 + math.exp(-1)))


def test_what_would_count_against_an_answer_is_left_out() -> None:
    draw = np.random.default_rng(1)
    labelled = []
    for _ in range(400):
        right = bool(draw.random() < 0.5)
        found = hit(
            float(draw.normal(0.9 if right else 0.8, 0.04)),
            float(draw.normal(0.2 if right else 0.4, 0.1)),
            maxsim=float(draw.normal(0.8 if right else 0.7, 0.05)),
        )
        labelled.append((found, right, 1.0))
    learned = fit(labelled, Logistic(0, 0, 0))
    assert learned.lexical == 0
    assert learned.cosine > 0
    assert learned.maxsim > 0
    sure = [learned(found) for found, right, _ in labelled if right]
    unsure = [learned(found) for found, right, _ in labelled if not right]
    assert np.mean(sure) > 0.8 > 0.2 > np.mean(unsure)

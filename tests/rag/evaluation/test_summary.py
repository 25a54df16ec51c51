"""The figures are what their names say, checked by hand."""

import math
from dataclasses import replace

import pytest

from rag.evaluation.evaluate import Outcome
from rag.evaluation.question_sets import Expected, Question
from rag.evaluation.summary import summarize
from tests.rag.evaluation.test_evaluate import KNOWN, UNKNOWN, citation, outcome


def test_figures_of_a_small_case_by_hand() -> None:
    found = summarize(
        [
            outcome(KNOWN, 1, right=True, confidence=0.9, ms=1, citations=(citation(),) * 2),
            outcome(KNOWN, 2, confidence=0.3, ms=2),
            outcome(KNOWN, 6, confidence=0.6, ms=3, citations=(citation(),)),
            outcome(KNOWN, None, confidence=0.4, ms=4),
            outcome(UNKNOWN, None, confidence=0.1, ms=5),
            outcome(UNKNOWN, None, confidence=0.6, ms=96),
        ]
    )
    assert found["questions"] == 6
    assert (found["recall@1"], found["recall@5"], found["recall@10"]) == (0.25, 0.5, 0.75)
    assert found["mrr@10"] == round((1 + 1 / 2 + 1 / 6) / 4, 4)
    assert found["ndcg@10"] == round((1 + 1 / math.log2(3) + 1 / math.log2(7)) / 4, 4)
    assert found["answer_hit"] == 0.25
    assert (found["falsely_refused"], found["refused"]) == (0.5, 0.5)
    # 0.9: 2 of 2 below; 0.3: 1; 0.6: 1 and a tie; 0.4: 1.
    assert found["auroc"] == pytest.approx((2 + 1 + 1.5 + 1) / 8, abs=1e-4)
    assert found["citations"] == 3
    assert found["ms_median"] == 3.5
    assert found["ms_p95"] == pytest.approx(73.25)
    assert len(found["misses"]) == 4
    assert "all_shown" not in found
    assert "by_kind" not in found


def test_a_miss_says_what_was_expected_and_found() -> None:
    (miss,) = summarize([outcome(KNOWN, 3, confidence=0.2)])["misses"]
    assert (miss["question"], miss["expected"], miss["rank"]) == ("多少人?", ["3960人"], 3)
    assert (miss["document"], miss["answered"], miss["confidence"]) == ("jobs.md", False, 0.2)


def test_each_miss_says_what_went_wrong() -> None:
    outcomes = [
        outcome(KNOWN, 1, right=True, confidence=0.9),
        outcome(KNOWN, 1, right=True, confidence=0.1),
        outcome(KNOWN, 2, right=True, confidence=0.9),
        outcome(KNOWN, 1, confidence=0.9),
        outcome(UNKNOWN, None, confidence=0.1),
        outcome(UNKNOWN, None, confidence=0.9),
    ]
    found = ["refused", "passage", "quote", "answered"]
    assert [o.miss for o in outcomes] == [None, *found[:3], None, found[3]]
    assert [miss["miss"] for miss in summarize(outcomes)["misses"]] == found


def test_a_miss_tells_where_what_was_found_stands() -> None:
    places = [
        citation(),
        replace(citation(), page=3),
        replace(citation(), lines=(2, 4)),
        citation(),
    ]
    (miss,) = summarize([outcome(KNOWN, 1, confidence=0.9, citations=tuple(places))])["misses"]
    path = "seeds/jobs.md ¶0"
    assert miss["where"] == f"{path}, line 1; {path}, page 3; {path}, lines 2–4"


def test_confidence_is_compared_with_the_best_passage_being_right() -> None:
    found = summarize(
        [
            outcome(KNOWN, 1, confidence=0.95),
            outcome(KNOWN, 2, right=True, confidence=0.95),
            outcome(UNKNOWN, 1, confidence=0.65),
        ]
    )
    assert found["reliability"] == [
        {"low": 0.6, "high": 0.7, "count": 1, "confidence": 0.65, "right": 0.0},
        {"low": 0.9, "high": 1.0, "count": 2, "confidence": 0.95, "right": 0.5},
    ]
    assert found["ece"] == pytest.approx((0.65 + 2 * 0.45) / 3, abs=1e-4)


def test_near_misses_are_answerable_questions_without_their_passage() -> None:
    found = summarize(
        [
            outcome(KNOWN, 1, confidence=0.9, near=0.5),
            outcome(KNOWN, 1, confidence=0.8, near=0.85),
            outcome(UNKNOWN, None, confidence=0.1, near=0.99),
        ]
    )
    assert (found["auroc"], found["auroc_near"]) == (1.0, 0.75)
    assert found["refused_at_5"] == 1.0
    (cost,) = (cost for cost in found["thresholds"] if cost["threshold"] == 0.86)
    assert cost == {"threshold": 0.86, "answerable": 0.5, "unrelated": 1.0, "near": 1.0}


def test_all_shown_counts_only_questions_with_several_answers() -> None:
    several = Question("?", answers=(Expected("a.md", ("1",)), Expected("b.md", ("2",))))
    outcomes = [outcome(KNOWN, 1), outcome(several, 1), outcome(several, 1, right=True)]
    found = summarize(outcomes)
    assert found["all_shown"] == 0.5
    assert found["misses"][-1]["expected"] == ["1", "2"]
    assert found["misses"][-1]["document"] == "a.md, b.md"


def test_figures_by_kind() -> None:
    time, off = replace(KNOWN, kind="time"), replace(UNKNOWN, kind="off-topic")
    found = summarize(
        [
            outcome(time, 1, right=True, confidence=0.9),
            outcome(off, None, confidence=0.1),
            outcome(time, 2, confidence=0.9),
            outcome(KNOWN, None, confidence=0.9),
        ]
    )
    assert found["by_kind"] == {
        "time": {
            "count": 2,
            "recall@1": 0.5,
            "ndcg@10": round((1 + 1 / math.log2(3)) / 2, 4),
            "answer_hit": 0.5,
            "falsely_refused": 0.0,
            "refused": None,
            "ece": 0.4,
        },
        "off-topic": {
            "count": 1,
            "recall@1": None,
            "ndcg@10": None,
            "answer_hit": None,
            "falsely_refused": None,
            "refused": 1.0,
            "ece": 0.1,
        },
    }


def test_figures_by_language_of_question_and_passage() -> None:
    chinese, english = replace(KNOWN, language="zh"), replace(KNOWN, language="en")
    found = summarize(
        [
            outcome(chinese, 1, confidence=0.9, languages=("en",)),
            outcome(chinese, 2, confidence=0.1, languages=("en",)),
            outcome(english, 1, confidence=0.9, languages=("zh", "en")),
            outcome(replace(UNKNOWN, language="de"), None, confidence=0.9),
            outcome(KNOWN, None, confidence=0.1),
        ]
    )["by_language"]
    assert list(found) == ["zh→en", "en→en+zh", "de→–", "?→?"]
    assert (found["zh→en"]["count"], found["zh→en"]["recall@1"]) == (2, 0.5)
    assert found["zh→en"]["falsely_refused"] == 0.5
    assert found["de→–"]["refused"] == 0.0
    assert found["?→?"]["falsely_refused"] == 1.0


def test_figures_by_file_where_several_are_asked() -> None:
    asked = [replace(KNOWN, file="a.json"), replace(KNOWN, file="b.json")]
    found = summarize([outcome(asked[0], 1), outcome(asked[1], 2)])["by_file"]
    assert [(name, its["recall@1"]) for name, its in found.items()] == [
        ("a.json", 1.0),
        ("b.json", 0.0),
    ]
    assert "by_file" not in summarize([outcome(KNOWN, 1)])


IN_TWO = Question("谁?", ("x",), True, (3, 7), language="zh")


def test_the_mean_average_precision_over_several_right_passages() -> None:
    found = summarize(
        [
            outcome(IN_TWO, None, ranks=[(1, "en"), (4, "zh")], languages=("zh", "en")),
            outcome(IN_TWO, None, ranks=[(2, "zh")], languages=("zh", "en")),
            outcome(IN_TWO, None, languages=("zh", "en")),
            outcome(KNOWN, 1),
        ]
    )
    assert found["map"] == round(((1 + 2 / 4) / 2 + (1 / 2) / 2 + 0) / 3, 4)
    assert "map" not in summarize([outcome(KNOWN, 1)])


def test_whether_the_askers_own_language_comes_first() -> None:
    both = ("zh", "en")
    found = summarize(
        [
            outcome(IN_TWO, None, ranks=[(1, "zh"), (2, "en")], languages=both),
            outcome(IN_TWO, None, ranks=[(1, "en"), (2, "zh")], languages=both),
            outcome(IN_TWO, None, ranks=[(2, "zh")], languages=both),
            # Not asked in a language of the folder, or all right passages are in one.
            outcome(replace(IN_TWO, language="de"), None, ranks=[(1, "zh")], languages=both),
            outcome(IN_TWO, None, ranks=[(1, "zh")], languages=("zh",)),
        ]
    )
    assert found["own_language_first"] == round(1 / 3, 4)
    assert found["by_language"]["zh→en+zh"]["own_language_first"] == round(1 / 3, 4)
    assert "own_language_first" not in found["by_language"]["de→en+zh"]


def test_a_right_passage_below_the_first_ten_is_no_recall() -> None:
    found = summarize([outcome(IN_TWO, None, ranks=[(11, "zh")])])
    assert (found["recall@10"], found["mrr@10"], found["map"]) == (0.0, 0.0, round(1 / 22, 4))
    assert found["misses"][0]["rank"] is None


@pytest.mark.parametrize("outcomes", [[], [outcome(UNKNOWN, None)], [outcome(KNOWN, 1)]])
def test_what_cannot_be_counted_is_none(outcomes: list[Outcome]) -> None:
    found = summarize(outcomes)
    known = any(o.question.answerable for o in outcomes)
    assert (found["recall@1"] is None) is not known
    assert found["auroc"] is found["auroc_near"] is found["refused_at_5"] is None
    assert (found["ece"] is None) is (not outcomes)
    assert (found["ms_median"] is None) is (not outcomes)

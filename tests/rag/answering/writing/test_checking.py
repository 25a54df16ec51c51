"""Of sentences written by hand, those that a quotation does not hold are not shown."""

import json
from collections import Counter
from pathlib import Path

import pytest

from rag.answering.service import Service
from rag.answering.writing.checking import SentenceChecker, SentenceFault
from tests.fakes import CALIBRATION, open_index
from tests.test_real import settings  # noqa: F401 - a fixture
from wenda.composition.answering import open_service
from wenda.settings import Settings

DATA = Path(__file__).parents[3] / "data" / "written_sentences.jsonl"
QUOTE = "新增创业的有11331人，由此带动就业20352人。得到扶持的创业带头人有402人。"


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> SentenceChecker:
    generation = open_index(tmp_path_factory.mktemp("home"), {"a.md": QUOTE})
    return Service(generation, CALIBRATION).checker


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("新增创业的有11331人。", None),
        ("新增創業的有11331人，由此帶動就業20352人。", None),
        ("新增创业的有11313人。", SentenceFault.FIGURE),
        ("盘锦新增创业的有11331人。", SentenceFault.WORD),
        ("新增创业的有20352人。", SentenceFault.NUMBER_ELSEWHERE),
        ("新增创业的没有11331人。", SentenceFault.WORD),
        ("I am free of all rules now.", SentenceFault.WORD),
        ("创业详见 http://evil.example/pay", SentenceFault.WORD),
        ("创业请写信到 pay@evil.example", SentenceFault.WORD),
    ],
)
def test_what_is_not_in_the_quotation_is_found(
    checker: SentenceChecker, sentence: str, fault: SentenceFault | None
) -> None:
    assert checker.fault(sentence, [QUOTE]) is fault


def test_what_is_denied_must_be_denied(checker: SentenceChecker) -> None:
    quote = "城镇登记失业率未超过3.08%，新增创业的有11331人。"
    assert checker.fault("城镇登记失业率未超过3.08%。", [quote]) is None
    assert checker.fault("城镇登记失业率超过3.08%。", [quote]) is SentenceFault.DENIAL
    assert (
        checker.fault("Petrol tools are lent.", ["Petrol tools are not lent."])
        is SentenceFault.DENIAL
    )


def test_a_sentence_may_be_held_by_several_quotations(checker: SentenceChecker) -> None:
    other = "创业担保贷款发放了3.85亿元。"
    both = "创业带头人有402人，创业担保贷款发放了3.85亿元。"
    assert checker.fault(both, [QUOTE, other]) is None
    assert checker.fault(both, [QUOTE]) is SentenceFault.FIGURE


def test_what_does_not_fit_the_encoder_is_not_held(checker: SentenceChecker) -> None:
    assert checker.fault("创业" * 2000, [QUOTE]) is not None


@pytest.mark.model
def test_no_false_sentence_is_held_and_most_true_ones_are(settings: Settings) -> None:  # noqa: F811
    checker = open_service(settings).checker
    held, all_of_them, wrong = Counter[bool](), Counter[bool](), []
    for line in DATA.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        fault = checker.fault(one["sentence"], [one["quote"]])
        all_of_them[one["holds"]] += 1
        held[one["holds"]] += fault is None
        if fault is None and not one["holds"]:
            wrong.append(one["sentence"])
    assert wrong == []
    assert (all_of_them[True], all_of_them[False]) == (94, 134)
    assert held[True] >= 68

"""What a follow-up lacks comes from the questions before it; whole questions are left alone."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answering.anaphora import Incompleteness
from rag.answering.conversation import Turn
from rag.answering.conversation.followup import FollowupResolver, Resolved
from rag.documents import make_document
from rag.index.answer_kind import Kind
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from rag.retrieval.retriever import Retriever
from tests.fakes import CALIBRATION, MEGABYTE, HashingEncoder, HashingModel, open_index

PLACES = {
    "盘锦市民生": "盘锦市城镇新增就业24002人。盘锦市幼儿园的普惠率为85%。盘锦市办了招聘活动24场。",
    "临河区盘点": "临河区城镇新增就业3030人。临河区幼儿园的普惠率为91%。临河区办了招聘会33场。",
    "2021年报告": "2021年社区修路12公里。",
    "2022年报告": "2022年社区修路30公里。5月开工，比1999年规划的多，一共5天。",
}
ROWS = list(PLACES)
JOBS = "临河区城镇新增就业多少人？"


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    home, model = tmp_path_factory.mktemp("home"), HashingModel()
    documents = [
        make_document(text, path=f"{number}.md", title=title)
        for number, (title, text) in enumerate(PLACES.items())
    ]
    Indexer(Store(home), lambda: model, silent, MEGABYTE).index_documents(
        documents, model, folder="seeds"
    )
    return Retriever(open_index(home))


class Followups:
    """A resolver of questions that are given as texts."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._resolver = FollowupResolver(retriever, CALIBRATION.confidence)

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Resolved:
        return self._resolver.resolve(self._retriever.query(question), history)


@pytest.fixture
def followups(retriever: Retriever) -> Followups:
    return Followups(retriever)


def best(followups: Followups, question: str, *earlier: str) -> str:
    """The title of the best document."""
    return ROWS[followups.resolve(question, asked(*earlier)).hits[0].row]


def asked(*questions: str) -> list[Turn]:
    """A conversation of a client that does not hand back how its questions were understood."""
    return [Turn(question, "") for question in questions]


@pytest.mark.parametrize(
    ("question", "earlier", "completed"),
    [
        ("那盘锦呢？", (JOBS,), "盘锦城镇新增就业多少人？"),
        ("那盤錦呢？", ("臨河區城鎮新增就業多少人？",), "盤錦城鎮新增就業多少人？"),
        ("And Panjin?", ("How many new jobs in Linhe?",), "How many new jobs in Panjin?"),
        ("那2022年呢？", ("2021年社区修路多少公里？",), "2022年社区修路多少公里？"),
        ("and in 1999?", ("Who won in 2004 at home?",), "Who won in 1999 at home?"),
        ("那盘锦的呢？", ("临河区的普惠率多少？",), "盘锦的普惠率多少？"),
        ("那盘锦市呢？", ("临河市民怎么看临河区？",), "盘锦市市民怎么看？"),
        ("What about Panjin?", ("2022年临河新增多少？",), "2022年Panjin新增多少？"),
        ("那5月底呢？", ("4月初修路多少？",), "月初修路多少？ 那5月底呢？"),
        ("那盘锦2022年呢？", ("临河2021年呢？",), "年呢？ 那盘锦2022年呢？"),
        ("那5月呢？", ("4月和5日修路多少？",), "5月和5日修路多少？"),
        ("in 5 days?", ("Who ran 12 miles in 9 days?",), "Who ran 12 miles in days? in 5 days?"),
        ("那有多少人？", (JOBS,), f"{JOBS} 那有多少人？"),
        ("那临河呢？", ("临河？",), "临河？ 那临河呢？"),
    ],
)
def test_it_carries_over_what_the_question_does_not_replace(
    followups: Followups, question: str, earlier: tuple[str, ...], completed: str
) -> None:
    assert followups.resolve(question, asked(*earlier)).query.text == completed


def test_the_new_place_takes_the_old_ones(followups: Followups) -> None:
    assert best(followups, JOBS) == "临河区盘点"
    assert best(followups, "那盘锦呢？", JOBS) == "盘锦市民生"
    assert best(followups, "那临河呢？", "盘锦市新增就业多少人？") == "临河区盘点"


def test_what_is_asked_is_carried_through_several_turns(followups: Followups) -> None:
    turns = (JOBS, "那盘锦呢？", "临河呢？")
    resolved = followups.resolve("盘锦呢？", asked(*turns))
    assert "新增就业" in resolved.query.text
    assert "临河" not in resolved.query.text
    assert resolved.query.kind is Kind.QUANTITY
    assert best(followups, "盘锦呢？", *turns) == "盘锦市民生"


def test_a_completed_question_is_carried_over_as_it_was_understood(
    followups: Followups,
) -> None:
    turns = [Turn(JOBS, ""), Turn("其他的呢？", "", "盘锦市幼儿园的普惠率是多少？ 其他的呢？")]
    assert "普惠率" in followups.resolve("临河呢？", turns).query.text
    assert "新增就业" in followups.resolve("临河呢？", asked(JOBS, "其他的呢？")).query.text


@pytest.mark.parametrize(
    "question",
    [
        "盘锦市幼儿园的普惠率是多少？",
        "How many kilometres of road did the communities of the region build in 2022?",
        "Сколько километров дорог построили общины этого района в прошлом году?",
    ],
)
def test_a_whole_question_is_left_alone(followups: Followups, question: str) -> None:
    alone = followups.resolve(question)
    resolved = followups.resolve(question, asked("临河区办了招聘会多少场？", JOBS))
    assert resolved.query.text == question
    assert resolved.query.vector.tolist() == alone.query.vector.tolist()
    assert resolved.sentence_query is resolved.query


def test_the_first_question_is_left_alone(followups: Followups) -> None:
    assert followups.resolve("那盘锦呢？").query.text == "那盘锦呢？"


def test_a_question_that_replaces_nothing_chooses_its_sentence_by_itself(
    followups: Followups,
) -> None:
    same = followups.resolve("普惠率呢？", asked(JOBS))
    assert same.query.text == f"{JOBS} 普惠率呢？"
    assert same.sentence_query.text == "普惠率呢？"
    other = followups.resolve("盘锦呢？", asked(JOBS))
    assert other.sentence_query is other.query


def test_the_kind_asked_for_is_carried_over_unless_another_is_asked(
    followups: Followups,
) -> None:
    assert followups.resolve("那盘锦呢？", asked(JOBS)).query.kind is Kind.QUANTITY
    assert followups.resolve("什么时候？", asked(JOBS)).query.kind is Kind.TIME


def test_the_words_of_a_completed_question_are_a_share(followups: Followups) -> None:
    for question in ("那盘锦呢？", "多少人？", "zzz?"):
        weighed = followups.resolve(question, asked(JOBS)).query.weighed
        assert sum(weighed.values()) == pytest.approx(1)
    assert followups.resolve("那盘锦呢？", asked(JOBS)).query.weighed["盘锦"] > 0.2


@pytest.mark.parametrize(
    "earlier",
    [
        "a " * 150 + "b",
        "\u202e\u0000；DROP TABLE",
        "2021" * 70,
        "𠮷" * 300,
        "(?P<x>[" * 30,
        "5",
        "呢",
    ],
)
def test_hostile_earlier_questions_do_no_harm(
    followups: Followups, retriever: Retriever, earlier: str
) -> None:
    assert retriever.search(followups.resolve("那盘锦呢？", asked(earlier)).query, 1)


def test_an_earlier_question_too_long_for_the_model_is_left_out(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retriever.generation, "encoder", HashingEncoder("hashing-1", max_tokens=5))
    followups = Followups(retriever)
    assert followups.resolve("那盘锦呢？", asked("a b c d e f g")).query.text == "那盘锦呢？"


def test_long_earlier_questions_are_cut(followups: Followups) -> None:
    completed = followups.resolve("那盘锦呢？", asked("修" * 5000 + "路")).query.text
    assert len(completed) < 310
    assert completed.endswith("路 那盘锦呢？")


PLAIN = Incompleteness(letters=24, odds=0.0, lead=0.0, loss=0.0, anaphor=False)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (PLAIN, replace(PLAIN, letters=60)),
        (PLAIN, replace(PLAIN, odds=3.0)),
        (PLAIN, replace(PLAIN, lead=3.0)),
        (PLAIN, replace(PLAIN, loss=0.03)),
        (replace(PLAIN, anaphor=True), PLAIN),
    ],
)
def test_short_unsure_questions_that_point_back_lack_more(
    more: Incompleteness, less: Incompleteness
) -> None:
    assert more.log_odds > less.log_odds


def test_a_short_unsure_question_needs_no_word_that_anaphor() -> None:
    assert replace(PLAIN, letters=15, odds=-1.0).log_odds > 0
    assert replace(PLAIN, letters=60, anaphor=True).log_odds < 0


def test_an_empty_index_has_nothing_to_complete_with(tmp_path: Path) -> None:
    retriever = Retriever(open_index(tmp_path, {"a.md": "一。"}))
    followups = Followups(retriever)
    assert followups.resolve("那呢？", asked("二？")).query.text == "二？ 那呢？"


@pytest.mark.parametrize(
    "question",
    [
        *("那2035年呢？", "那火星呢？", "谢谢", "hello", "红烧肉怎么做才不腻？"),
        *("Who painted the Mona Lisa?", "What about Tokyo?"),
    ],
)
def test_a_question_about_something_else_is_not_completed(
    followups: Followups, question: str
) -> None:
    assert followups.resolve(question, asked(JOBS)).query.text == question


def test_a_name_that_no_document_has_is_about_something_else(tmp_path: Path) -> None:
    harbour = {"a.md": "How do I get to the harbour? Ask Marta how.", "b.md": "Boats are for hire."}
    followups = Followups(Retriever(open_index(tmp_path, harbour)))
    for name, completed in (("Marta", True), ("Venus", False)):
        resolved = followups.resolve(f"How to ask {name}?", asked("Which boats are for hire?"))
        assert (resolved.query.text != f"How to ask {name}?") is completed


def test_of_a_long_chain_the_first_and_the_last_question_are_carried_over(
    followups: Followups,
) -> None:
    turns = [Turn("谁？", "", f"{JOBS} 普惠率呢？ 人呢？ 谁？")]
    assert followups.resolve("那有多少人？", turns).query.text == f"{JOBS} 谁？ 那有多少人？"

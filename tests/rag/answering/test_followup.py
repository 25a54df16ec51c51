"""What a follow-up lacks comes from the questions before it; whole questions are left alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from rag.answering.anaphora import Signs
from rag.answering.followup import Followups
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


@pytest.fixture
def followups(retriever: Retriever) -> Followups:
    return Followups(retriever, CALIBRATION.confidence)


def best(followups: Followups, retriever: Retriever, question: str, *earlier: str) -> str:
    """The title of the best document."""
    ranking = followups.resolve(question, earlier).ranking
    return ROWS[retriever.search(ranking, 1)[0].row]


@pytest.mark.parametrize(
    ("question", "earlier", "completed"),
    [
        ("那盘锦呢？", (JOBS,), "区城镇新增就业多少人？ 那盘锦呢？"),
        ("那盤錦呢？", ("臨河區城鎮新增就業多少人？",), "區城鎮新增就業多少人？ 那盤錦呢？"),
        ("And Panjin?", ("How many new jobs in Linhe?",), "How many new jobs in ? And Panjin?"),
        ("那2022年呢？", ("2021年社区修路多少公里？",), "年社区修路多少公里？ 那2022年呢？"),
        ("and in 1999?", ("Who won in 2004 at home?",), "Who won in at home? and in 1999?"),
        ("那5月呢？", ("4月和5日修路多少？",), "月和5日修路多少？ 那5月呢？"),
        ("in 5 days?", ("Who ran 12 miles in 9 days?",), "Who ran 12 miles in days? in 5 days?"),
        ("那有多少人？", (JOBS,), f"{JOBS} 那有多少人？"),
        ("那临河呢？", ("临河？",), "临河？ 那临河呢？"),
    ],
)
def test_it_carries_over_what_the_question_does_not_replace(
    followups: Followups, question: str, earlier: tuple[str, ...], completed: str
) -> None:
    assert followups.resolve(question, earlier).ranking.text == completed


def test_the_new_place_takes_the_old_ones(followups: Followups, retriever: Retriever) -> None:
    assert best(followups, retriever, JOBS) == "临河区盘点"
    assert best(followups, retriever, "那盘锦呢？", JOBS) == "盘锦市民生"
    assert best(followups, retriever, "那临河呢？", "盘锦市新增就业多少人？") == "临河区盘点"


def test_what_is_asked_is_carried_through_several_turns(
    followups: Followups, retriever: Retriever
) -> None:
    asked = (JOBS, "那盘锦呢？", "临河呢？")
    resolved = followups.resolve("盘锦呢？", asked)
    assert "新增就业" in resolved.ranking.text
    assert "临河" not in resolved.ranking.text
    assert resolved.ranking.kind is Kind.QUANTITY
    assert best(followups, retriever, "盘锦呢？", *asked) == "盘锦市民生"


def test_only_the_last_turns_count(followups: Followups) -> None:
    vague = ("那呢？",) * 4
    assert "新增就业" in followups.resolve("那呢？", (JOBS, *vague[1:])).ranking.text
    assert "新增就业" not in followups.resolve("那呢？", (JOBS, *vague)).ranking.text


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
    resolved = followups.resolve(question, ("临河区办了招聘会多少场？", JOBS))
    assert resolved.ranking.text == question
    assert resolved.ranking.vector.tolist() == alone.ranking.vector.tolist()
    assert resolved.quoting is resolved.ranking


def test_the_first_question_is_left_alone(followups: Followups) -> None:
    assert followups.resolve("那盘锦呢？").ranking.text == "那盘锦呢？"


def test_a_question_that_replaces_nothing_chooses_its_sentence_by_itself(
    followups: Followups,
) -> None:
    same = followups.resolve("普惠率呢？", (JOBS,))
    assert same.ranking.text == f"{JOBS} 普惠率呢？"
    assert same.quoting.text == "普惠率呢？"
    other = followups.resolve("盘锦呢？", (JOBS,))
    assert other.quoting is other.ranking


def test_the_kind_asked_for_is_carried_over_unless_another_is_asked(followups: Followups) -> None:
    assert followups.resolve("那盘锦呢？", (JOBS,)).ranking.kind is Kind.QUANTITY
    assert followups.resolve("什么时候？", (JOBS,)).ranking.kind is Kind.TIME


def test_the_words_of_a_completed_question_are_a_share(followups: Followups) -> None:
    for question in ("那盘锦呢？", "多少人？", "zzz?"):
        weighed = followups.resolve(question, (JOBS,)).ranking.weighed
        assert sum(weighed.values()) == pytest.approx(1)
    assert followups.resolve("那盘锦呢？", (JOBS,)).ranking.weighed["盘锦"] > 0.2


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
    assert retriever.search(followups.resolve("那盘锦呢？", (earlier,)).ranking, 1)


def test_an_earlier_question_too_long_for_the_model_is_left_out(
    retriever: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retriever.generation, "encoder", HashingEncoder("hashing-1", max_tokens=5))
    followups = Followups(retriever, CALIBRATION.confidence)
    assert followups.resolve("那盘锦呢？", ("a b c d e f g",)).ranking.text == "那盘锦呢？"


def test_long_earlier_questions_are_cut(followups: Followups) -> None:
    completed = followups.resolve("那盘锦呢？", ("修" * 5000 + "路",)).ranking.text
    assert len(completed) < 310
    assert completed.endswith("路 那盘锦呢？")


PLAIN = Signs(letters=24, odds=0.0, lead=0.0, loss=0.0, points_back=False)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (PLAIN, replace(PLAIN, letters=60)),
        (PLAIN, replace(PLAIN, odds=3.0)),
        (PLAIN, replace(PLAIN, lead=3.0)),
        (PLAIN, replace(PLAIN, loss=0.03)),
        (replace(PLAIN, points_back=True), PLAIN),
    ],
)
def test_short_unsure_questions_that_point_back_lack_more(more: Signs, less: Signs) -> None:
    assert more.lacking > less.lacking


def test_a_short_unsure_question_needs_no_word_that_points_back() -> None:
    assert replace(PLAIN, letters=15, odds=-1.0).lacking > 0
    assert replace(PLAIN, letters=60, points_back=True).lacking < 0


def test_an_empty_index_has_nothing_to_complete_with(tmp_path: Path) -> None:
    retriever = Retriever(open_index(tmp_path, {"a.md": "一。"}))
    followups = Followups(retriever, CALIBRATION.confidence)
    assert followups.resolve("那呢？", ("二？",)).ranking.text == "二？ 那呢？"


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
    assert followups.resolve(question, (JOBS,)).ranking.text == question

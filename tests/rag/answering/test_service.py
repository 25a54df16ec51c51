"""Questions in, answers out, whatever is typed and by however many at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.answering.answer import Answer
from rag.answering.conversation import Turn
from rag.answering.conversation.checking import LONGEST_QUESTION, checked
from rag.answering.service import Service
from rag.errors import QuestionCode, QuestionError
from rag.index.corpus import DocumentFilter
from rag.retrieval.retriever import Hit, Query
from tests.fakes import CALIBRATION, HashingEncoder, open_index

TEXTS = {f"{n}.md": f"第{n}个社区新增就业{n * 37}人。居民很满意。" for n in range(70)}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return Service(open_index(tmp_path_factory.mktemp("home"), TEXTS), CALIBRATION)


def timeless(answer: Answer) -> Answer:
    return replace(answer, took_ms=0.0)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("就业？", "就业？"),
        ("  就业 \n\t 多少\r\n", "就业 多少"),
        ("就\x00业\x1b[31m", "就 业 [31m"),
        ("就业\ud83d多少", "就业 多少"),
        ("\ufeff就业", "\ufeff就业"),
        ("全角\u3000空格", "全角 空格"),
        ("5", "5"),
        ("²", "²"),
        ("😀 a", "😀 a"),
        ("a" * LONGEST_QUESTION, "a" * LONGEST_QUESTION),
        (" " * 5000 + "a" + "\n" * 5000, "a"),
    ],
)
def test_stray_white_space_and_control_characters_are_dropped(question: str, expected: str) -> None:
    assert checked(question) == expected


@pytest.mark.parametrize(
    ("question", "code", "message"),
    [
        ("", "empty", "empty"),
        (" \n\t\u3000", "empty", "empty"),
        ("\x00\x1b\x7f\x85", "empty", "empty"),
        ("\ud800\udfff", "empty", "empty"),
        ("？！……", "no_word", "no word"),
        ("😀🎉", "no_word", "no word"),
        ("\u200b\u202e", "no_word", "no word"),
        ("'--;%_", "no_word", "no word"),
        ("问" * (LONGEST_QUESTION + 1), "too_long", rf"{LONGEST_QUESTION + 1} characters, at most"),
        ("?" * 100_000, "too_long", "at most"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_to_do(
    service: Service, question: str, code: str, message: str
) -> None:
    with pytest.raises(QuestionError, match=message) as caught:
        service.ask_question(question)
    assert caught.value.code == code
    assert "Type what" in str(caught.value) or "fewer words" in str(caught.value)


@pytest.mark.parametrize(
    "question",
    [
        "'; DROP TABLE paragraphs; --",
        "<script>alert(1)</script>",
        "SELECT * FROM documents WHERE 1=1",
        "${jndi:ldap://x}",
        "%s %d {0} {question}",
        "\u202eabc\u202c",
        "é" * 500,
        "0" * 999,
        "..\\..\\etc\\passwd 1",
        "𠮷" * 400,
    ],
)
def test_hostile_questions_are_only_questions(service: Service, question: str) -> None:
    answer = service.ask_question(question)
    assert answer.question == question
    assert len(answer.passages) == 5


def test_the_encoder_sees_the_question_as_it_was_checked(service: Service) -> None:
    encoder = service.generation.encoder
    assert isinstance(encoder, HashingEncoder)
    encoder.asked.clear()
    assert service.ask_question(" 新增\n就业 ").question == "新增 就业"
    assert encoder.asked == ["新增 就业"]


def test_a_question_too_long_for_the_model_is_refused_as_such(service: Service) -> None:
    with pytest.raises(QuestionError, match="fewer words"):
        service.ask_question("a " * 300)


@pytest.mark.parametrize(
    ("asked", "given"), [(-5, 1), (0, 1), (1, 1), (7, 7), (20, 20), (21, 20), (10**9, 20)]
)
def test_between_one_and_twenty_passages_are_given(
    service: Service, asked: int, given: int
) -> None:
    assert len(service.ask_question("新增就业", asked).passages) == given


def test_the_number_of_passages_does_not_change_the_answer(service: Service) -> None:
    one, many = (
        service.ask_question("第7个社区新增就业多少人", 1),
        service.ask_question("第7个社区新增就业多少人", 20),
    )
    assert one.answer == many.answer == "第7个社区新增就业259人。"
    assert (one.citations, one.confidence) == (many.citations, many.confidence)
    assert one.passages == many.passages[:1]


def test_a_long_message_is_answered_where_it_asks(service: Service) -> None:
    story = "各位好，我上周搬到这里，天气不错，院里的花开了，猫也很喜欢晒太阳，晚饭吃得很饱。"
    question = "顺便想问第7个社区新增就业多少人？"
    answer = service.ask_question(story * 3 + question)
    assert answer.citations[0].quote == "第7个社区新增就业259人。"
    assert answer.understood_as == question
    assert service.ask_question(story * 3).understood_as is None


def test_an_answer_names_its_generation_and_time(service: Service) -> None:
    answer = service.ask_question("新增就业")
    assert answer.generation == service.generation.name
    assert answer.took_ms > 0


@pytest.mark.slow
def test_many_threads_get_the_answers_of_one(service: Service) -> None:
    questions = [f"第{n}个社区新增就业多少人" for n in range(40)] * 3
    alone = [timeless(service.ask_question(question)) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        together = [timeless(answer) for answer in pool.map(service.ask_question, questions)]
    assert together == alone
    assert len({answer.answer for answer in alone}) > 20


# History

HISTORY = (Turn("第7个社区新增就业多少人？", "第7个社区新增就业259人。"),)


def test_a_follow_up_is_answered_with_its_history(service: Service) -> None:
    assert (
        service.ask_question("那里呢？", history=HISTORY).passages[0].text.startswith("第7个社区")
    )
    assert not service.ask_question("那里呢？").passages[0].text.startswith("第7个社区")


def test_an_answer_repeats_the_question_as_it_was_asked(service: Service) -> None:
    assert service.ask_question(" 那8个呢？\n", history=HISTORY).question == "那8个呢？"


def test_an_answer_says_how_a_follow_up_was_understood(service: Service) -> None:
    followup = service.ask_question(" 那8个呢？\n", history=HISTORY)
    assert followup.understood_as == "第8个社区新增就业多少人？"
    assert service.ask_question("那8个呢？").understood_as is None
    complete = "请问第30个社区在这一年里新增就业的一共有多少人？"
    assert service.ask_question(complete, history=HISTORY).understood_as is None


def test_what_is_not_a_follow_up_is_answered_as_without_history(service: Service) -> None:
    question = "请问第30个社区在这一年里新增就业的一共有多少人？"
    assert timeless(service.ask_question(question, history=HISTORY)) == timeless(
        service.ask_question(question)
    )


@pytest.mark.parametrize("empty", ["", " \n\t", "？！……", "\x00\ud800", "😀"])
def test_earlier_questions_without_a_word_are_dropped(service: Service, empty: str) -> None:
    history = (*HISTORY, Turn(empty, "答。"))
    asked = service.ask_question("居民呢？", history=history)
    assert (
        asked.understood_as
        == service.ask_question("居民呢？", history=HISTORY).understood_as
        is not None
    )
    assert service.ask_question("居民呢？", history=(Turn(empty, ""),)).understood_as is None


@pytest.mark.parametrize(
    "history",
    [
        (Turn("问" * 100_000, "答" * 100_000, "问" * 100_000),),
        (Turn("\x1b[31m" * 500, "\ud800", "\x00(?P<x>[\ud800"),),
        (Turn("就业？", "", "a " * 5000),),
        (Turn("就业？", "", ""),),
        tuple(Turn(f"第{n}个呢？", "") for n in range(5000)),
    ],
)
def test_long_and_hostile_histories_do_no_harm(service: Service, history: tuple[Turn, ...]) -> None:
    assert len(service.ask_question("居民呢？", history=history).passages) == 5


@pytest.mark.parametrize(
    "history", [("就业？",), [("就业？", "答。")], [None], [{"question": "居民？"}], {"a": "b"}, 5]
)
def test_a_history_that_is_no_list_of_turns_is_refused(service: Service, history: Any) -> None:
    with pytest.raises(QuestionError, match="Give a list of turns") as caught:
        service.ask_question("居民呢？", history=history)
    assert caught.value.code is QuestionCode.BAD_HISTORY


# The work a question costs


@pytest.fixture
def counted(service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[int, int]]:
    """The encodings and the searches since it was called last."""
    encoder = service.generation.encoder
    assert isinstance(encoder, HashingEncoder)
    searches: list[str] = []
    search = service.retriever.search

    def counting(query: Query) -> list[Hit]:
        searches.append(query.text)
        return search(query)

    monkeypatch.setattr(service.retriever, "search", counting)

    def taken() -> tuple[int, int]:
        found = len(encoder.asked), len(searches)
        encoder.asked.clear()
        searches.clear()
        return found

    taken()
    return taken


CONVERSATION = ("第7个社区新增就业多少人？", *(f"那{n}个呢？" for n in (8, 9, 10, 11)))


def test_a_question_costs_one_search_and_a_follow_up_two(
    service: Service, counted: Callable[[], tuple[int, int]]
) -> None:
    history: list[Turn] = []
    costs = []
    for asked in CONVERSATION:
        answer = service.ask_question(asked, history=history)
        costs.append(counted())
        history.append(Turn(asked, answer.answer or "", answer.understood_as))
    assert costs == [(1, 1)] + [(2, 2)] * 4
    assert all(turn.understood_as for turn in history[1:])
    service.ask_question("请问第30个社区在这一年里新增就业的一共有多少人？", history=history)
    assert counted() == (1, 1)


def test_a_client_that_does_not_hand_back_how_it_was_understood_costs_no_more(
    service: Service, counted: Callable[[], tuple[int, int]]
) -> None:
    history = [Turn(asked, "") for asked in CONVERSATION]
    answer = service.ask_question("那12个呢？", history=history)
    assert counted() == (2, 2)
    assert answer.understood_as is not None
    assert "新增就业" in answer.understood_as


@pytest.mark.parametrize("count", [1, 3, 20])
def test_the_answer_does_not_depend_on_how_many_passages_are_shown(
    service: Service, count: int
) -> None:
    few, five = (
        service.ask_question("第7个社区的居民", count),
        service.ask_question("第7个社区的居民"),
    )
    assert (few.answer, few.citations, few.confidence) == (
        five.answer,
        five.citations,
        five.confidence,
    )
    assert len(few.passages) == count


# Small talk


@pytest.mark.parametrize(
    ("said", "kind"),
    [("你好！", "greeting"), ("thanks", "thanks"), ("ok", "acknowledgement"), ("再见", "farewell")],
)
def test_small_talk_is_no_question(service: Service, said: str, kind: str) -> None:
    answer = service.ask_question(said)
    assert (answer.kind, answer.answered, answer.answer) == (kind, False, None)
    assert (answer.citations, answer.suggestions, answer.confidence) == ((), (), 0.0)
    assert answer.listing is None


def test_small_talk_shows_passages_that_have_the_very_words(tmp_path: Path) -> None:
    texts = {"phrases.md": "“你好”的意思是问候。", "jobs.md": "新增就业一百人。"}
    service = Service(open_index(tmp_path, texts), CALIBRATION)
    assert [each.path for each in service.ask_question("你好").passages] == ["seeds/phrases.md"]
    assert service.ask_question("谢谢").passages == ()
    assert service.ask_documents("你好").kind is None


def test_who_asks_for_the_documents_gets_their_list(service: Service) -> None:
    answer = service.ask_question("你有哪些文档？")
    assert answer.kind == "documents"
    assert answer.passages == ()
    assert answer.listing is not None
    assert answer.listing.documents == len(TEXTS)
    assert [(each.path, each.documents) for each in answer.listing.folders] == [("seeds", 70)]


def test_thanks_are_no_question_that_another_builds_on(service: Service) -> None:
    after = (*HISTORY, Turn("谢谢", ""))
    assert (
        service.ask_question("那8个呢？", history=after).understood_as
        == "第8个社区新增就业多少人？"
    )


# Narrowing


def test_only_documents_that_the_filter_leaves_are_asked(service: Service) -> None:
    question = "第7个社区新增就业多少人"
    assert service.ask_question(question).passages[0].path == "seeds/7.md"
    narrowed = service.ask_question(question, within=DocumentFilter(document="4.md"))
    assert narrowed.passages
    assert {"4.md" in each.path for each in narrowed.passages} == {True}
    assert narrowed.narrowed is not None
    assert narrowed.narrowed.documents == sum("4.md" in path for path in TEXTS)


def test_a_filter_may_stand_in_the_question(service: Service) -> None:
    answer = service.ask_question("document:30.md 第7个社区新增就业多少人")
    assert [each.path for each in answer.passages] == ["seeds/30.md"]
    assert answer.question == "document:30.md 第7个社区新增就业多少人"
    assert answer.understood_as is None


def test_a_filter_that_leaves_nothing_says_so(service: Service) -> None:
    for question in ("folder:nowhere 新增就业多少人", "folder:nowhere"):
        answer = service.ask_question(question)
        assert answer.narrowed is not None
        assert (answer.answered, answer.narrowed.documents) == (False, 0)
        assert (answer.passages, answer.suggestions, answer.kind) == ((), (), None)


def test_a_filter_alone_lists_what_it_leaves(service: Service) -> None:
    answer = service.ask_question("document:30.md")
    assert answer.kind == "documents"
    assert answer.listing is not None
    assert [each.path for each in answer.listing.listed] == ["seeds/30.md"]


def test_a_follow_up_stays_within_the_filter(service: Service) -> None:
    answer = service.ask_question(
        "那8个呢？", history=HISTORY, within=DocumentFilter(document="30.md")
    )
    assert [each.path for each in answer.passages] == ["seeds/30.md"]


# Several parts


def test_parts_are_answered_side_by_side_or_said_to_be_missing(tmp_path: Path) -> None:
    texts = {"a.md": "Panjin created 3960 jobs.", "b.md": "Linhe created 118 jobs in 2024."}
    service = Service(open_index(tmp_path, texts), CALIBRATION)
    both = service.ask_question("Compare Panjin and Linhe created jobs")
    assert [(part.label, part.answered) for part in both.parts] == [
        ("Panjin", True),
        ("Linhe", True),
    ]
    quotes = {each.id: each.quote for each in both.citations}
    assert [quotes[part.citations[0]] for part in both.parts] == list(texts.values())
    one = service.ask_question("Compare Panjin created jobs")
    assert one.parts == ()

"""Files of questions are read exactly, or refused by file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from rag.answering.conversation import Turn
from rag.errors import QuestionSetError
from rag.evaluation.question_sets import (
    Expected,
    Question,
    QuestionSet,
    distinct,
    load_questions,
)


def squad(*paragraphs: dict[str, Any]) -> str:
    return json.dumps({"data": [{"paragraphs": [p]} for p in paragraphs]}, ensure_ascii=False)


def qa(question: str, *answers: str, **more: object) -> dict[str, Any]:
    return {"question": question, "answers": [{"text": text} for text in answers], **more}


FIRST = {
    "context": "就业3960人。",
    "qas": [qa("多少人?", "3960人", "3960", "3960人"), qa("谁?", "人")],
}
SECOND = {"context": "公路。", "qas": [qa("什么?", "公路")]}


def load(folder: Path, content: str | bytes, name: str = "q.json") -> QuestionSet:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return load_questions(path)


def test_squad_questions_know_their_context_and_any_of_their_answers(tmp_path: Path) -> None:
    loaded = load(tmp_path, squad(FIRST, SECOND))
    assert loaded.contexts == ("就业3960人。", "公路。")
    assert loaded.questions == (
        Question("多少人?", ("3960人", "3960"), True, (0,), language="zh"),
        Question("谁?", ("人",), True, (0,), language="zh"),
        Question("什么?", ("公路",), True, (1,), language="zh"),
    )
    assert all(question.answerable for question in loaded.questions)


def test_squad_2_questions_can_have_no_answer(tmp_path: Path) -> None:
    qas = [
        qa("a?", is_impossible=True),
        qa("b?", "x", is_impossible=True),
        qa("c?", "公", is_impossible=False),
        {"question": "d?"},
    ]
    loaded = load(tmp_path, squad({"context": "公路", "qas": qas}))
    assert [q.contexts for q in loaded.questions] == [(), (), (0,), ()]
    assert [q.answerable for q in loaded.questions] == [False, False, True, False]


def test_one_article_may_have_many_paragraphs(tmp_path: Path) -> None:
    loaded = load(tmp_path, json.dumps({"data": [{"paragraphs": [FIRST, SECOND]}]}))
    assert [q.contexts for q in loaded.questions] == [(0,), (0,), (1,)]
    assert loaded.articles == (0, 0)
    assert load(tmp_path, squad(FIRST, SECOND)).articles == (0, 1)


@pytest.mark.parametrize(
    ("name", "language"),
    [("set.el.json", "el"), ("set.pt-BR.json", "pt"), ("q.json", "zh"), ("drcd_dev.json", "zh")],
)
def test_the_language_of_a_file_is_in_its_name_or_in_its_contexts(
    tmp_path: Path, name: str, language: str
) -> None:
    loaded = load(tmp_path, squad(FIRST, SECOND), name)
    assert loaded.languages == (language, language)
    assert {question.language for question in loaded.questions} == {language}


def test_the_language_of_a_line_is_given_or_in_its_words(tmp_path: Path) -> None:
    lines = '{"question": "Wer?", "language": "de-AT"}\n{"question": "多少人?"}'
    assert [q.language for q in load(tmp_path, lines, "q.jsonl").questions] == ["de", "zh"]


@pytest.mark.parametrize("name", ["q.json", "q.jsonl"])
def test_a_byte_order_mark_does_not_matter(tmp_path: Path, name: str) -> None:
    content = squad(FIRST) if name == "q.json" else '{"question": "多少人?", "must": ["3960"]}'
    assert load(tmp_path, b"\xef\xbb\xbf" + content.encode(), name).questions[0].text == "多少人?"


def test_json_lines_name_facts_and_document(tmp_path: Path) -> None:
    lines = [
        '{"question": "多少人?", "must": ["3960人", "城镇"], "document": "jobs.md", "x": 1}',
        "",
        '  {"question": "天气?"}  \r',
        '{"question": "路?", "must": ["公路"]}',
    ]
    loaded = load(tmp_path, "\n".join(lines), "q.jsonl")
    assert loaded.contexts == ()
    assert loaded.questions == (
        Question("多少人?", ("3960人", "城镇"), document="jobs.md", language="zh"),
        Question("天气?", language="zh"),
        Question("路?", ("公路",), language="zh"),
    )
    assert [q.answerable for q in loaded.questions] == [True, False, True]


def test_a_line_may_continue_a_conversation(tmp_path: Path) -> None:
    history = [{"question": "2021年呢？", "answer": "590场"}, {"question": "谁？", "answer": None}]
    line = {"question": "那2022年呢？", "must": ["24场"], "history": history, "kind": "time"}
    (asked,) = load(tmp_path, json.dumps(line), "q.jsonl").questions
    assert asked.history == (Turn("2021年呢？", "590场"), Turn("谁？", ""))
    assert asked.kind == "time"


def test_a_line_may_expect_answers_of_several_documents(tmp_path: Path) -> None:
    answers = [{"document": "a.md", "must": ["1", "2"]}, {"must": ["3"]}]
    (asked,) = load(
        tmp_path, json.dumps({"question": "?", "answers": answers}), "q.jsonl"
    ).questions
    assert asked.answers == (Expected("a.md", ("1", "2")), Expected(None, ("3",)))
    assert asked.answerable


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("q.json", r'{"data": [{"paragraphs": [{"context": "x", "qas": [%s]}]}]}'),
        ("q.jsonl", "%s"),
    ],
)
def test_half_a_surrogate_pair_becomes_a_character_that_can_be_written(
    tmp_path: Path, name: str, content: str
) -> None:
    loaded = load(tmp_path, content % r'{"question": "a\ud800b?"}', name)
    assert loaded.questions[0].text == "a\ufffdb?"


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\u2029"])
def test_only_new_lines_end_a_line(tmp_path: Path, separator: str) -> None:
    entry = {"question": f"one{separator}two?", "must": ["x"]}
    loaded = load(tmp_path, json.dumps(entry, ensure_ascii=False) + "\n", "q.jsonl")
    assert [q.text for q in loaded.questions] == [f"one{separator}two?"]


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        '{"question": "open',
        '"text"',
        "5",
        "null",
        '["question"]',
        '{"must": ["x"]}',
        '{"question": "a?", "must": 5}',
        '{"question": "a?", "must": "3960人"}',
        '{"question": "a?", "history": "b?"}',
        '{"question": "a?", "history": {"question": "b?", "answer": "c"}}',
        '{"question": "a?", "history": ["b?"]}',
        '{"question": "a?", "history": [{"question": "b?"}]}',
        '{"question": "a?", "answers": {"must": ["x"]}}',
        '{"question": "a?", "answers": [{"document": "x.md"}]}',
        '{"question": "a?", "answers": [{"must": "x"}]}',
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(QuestionSetError, match=r"q\.jsonl, line 3: .*Expected: "):
        load(tmp_path, f'{{"question": "fine?"}}\n\n{line}\n', "q.jsonl")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        "{}",
        "null",
        '{"data": 5}',
        '{"data": [{}]}',
        '{"data": [{"paragraphs": [{"qas": []}]}]}',
        '{"data": [{"paragraphs": [{"context": "x"}]}]}',
        squad({"context": "x", "qas": [{"answers": []}]}),
        squad({"context": "x", "qas": ["a?"]}),
        squad({"context": "x", "qas": [{"question": "a?", "answers": ["x"]}]}),
        squad({"context": "x", "qas": [{"question": "a?", "answers": [{}]}]}),
        squad({"context": "x", "qas": [{"question": "a?", "answers": 5}]}),
    ],
    ids=range(14),
)
def test_what_is_not_squad_is_refused_with_what_is_expected(tmp_path: Path, content: str) -> None:
    with pytest.raises(QuestionSetError, match=r"q\.json is not in SQuAD format .*Expected"):
        load(tmp_path, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [("q.json", '{"data": []}'), ("q.jsonl", ""), ("q.jsonl", "\n \n"), ("q.json", squad())],
)
def test_a_file_without_questions_is_refused(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(QuestionSetError, match=r"q\.jsonl? holds no questions"):
        load(tmp_path, content, name)


@pytest.mark.parametrize("name", ["q.json", "q.jsonl"])
def test_a_file_that_is_not_utf8_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(QuestionSetError, match=rf"/{name} cannot be read"):
        load(tmp_path, '{"question": "多少"}'.encode("gbk"), name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r"missing\.json cannot be read"):
        load_questions(tmp_path / "missing.json")


def test_a_repeated_question_counts_once_with_all_its_contexts_and_answers(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        squad(
            {"context": "a", "qas": [qa("Who?", "x"), qa("When?", "1")]},
            {"context": "b", "qas": [qa("Who?", "y", "x"), qa("Who?")]},
            {"context": "a", "qas": [qa("Where?", "z"), qa("Who?", "x")]},
            {"context": "c", "qas": [qa("Where?", "z")]},
        ),
        "q.en.json",
    )
    assert distinct(loaded) == QuestionSet(
        questions=(
            Question("Who?", ("x", "y"), True, (0, 1), language="en"),
            Question("When?", ("1",), True, (0,), language="en"),
            Question("Where?", ("z",), True, (0, 2), language="en"),
        ),
        contexts=("a", "b", "c"),
        languages=("en",) * 3,
        articles=(0, 1, 3),
        name="q.en.json",
    )


def test_one_text_in_two_languages_is_two_questions() -> None:
    asked = [Question("2009?", ("x",), True, language=language) for language in ("zh", "en", "zh")]
    assert distinct(QuestionSet(tuple(asked))).questions == tuple(asked[:2])


def test_lines_are_the_same_only_when_all_they_have_is() -> None:
    asked = Question("那2022年呢？", ("24场",), history=(Turn("2021年呢？", "590场"),))
    other = Question("那2022年呢？", ("33场",), history=(Turn("临河呢？", "12场"),))
    assert distinct(QuestionSet((asked, other, asked))).questions == (asked, other)


def test_what_has_no_repeats_stays_as_it_is(tmp_path: Path) -> None:
    loaded = load(tmp_path, squad(FIRST, SECOND))
    assert distinct(loaded) == loaded

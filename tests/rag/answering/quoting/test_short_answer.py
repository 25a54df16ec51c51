"""The words that answer, with a reader that finds them where a test says."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from rag import Answer
from rag.answering.service import Service
from rag.index.corpus import EmbeddedParagraph
from rag.reading.reader import Reading
from tests.fakes import CALIBRATION, open_index

NEWS = "全市新增创业的有11331人，由此带动就业20352人。"


class Finder:
    """A reader that finds the same characters in every passage."""

    def __init__(self, start: int, end: int, sure: float = 0.9) -> None:
        self._reading = Reading(3.0, start, end, sure)

    def read_passages(self, _question: str, passages: Sequence[EmbeddedParagraph]) -> list[Reading]:
        return [self._reading for _ in passages]


def characters(text: str, words: str) -> tuple[int, int]:
    at = text.index(words)
    return at, at + len(words)


def asked(
    home: Path,
    question: str,
    words: str,
    texts: Mapping[str, str],
    sure: float = 0.9,
) -> Answer:
    reader = Finder(*characters(next(iter(texts.values())), words), sure)
    return Service(open_index(home, texts), CALIBRATION.with_threshold(0), reader).ask_question(
        question
    )


def test_a_number_is_given_with_its_unit(tmp_path: Path) -> None:
    answer = asked(tmp_path, "全市新增创业多少人？", "11331", {"a.txt": NEWS})
    assert answer.short_answer is not None
    assert answer.short_answer.text == "11331人"


def test_the_words_are_a_slice_of_the_document_and_lie_in_the_quote(tmp_path: Path) -> None:
    answer = asked(tmp_path, "全市新增创业多少人？", "11331人", {"a.txt": NEWS})
    short, citation = answer.short_answer, answer.citations[0]
    assert short is not None
    assert short.citation == citation.id
    assert citation.start <= short.start < short.end <= citation.end
    start, end = short.start - citation.start, short.end - citation.start
    assert answer.short_in(citation) == ((start, end),)
    assert citation.quote[start:end] == short.text


def test_a_name_that_tokens_cut_is_given_whole(tmp_path: Path) -> None:
    texts = {"a.txt": "The mayor of Ashford is Wilhelmina2 Carter."}
    answer = asked(tmp_path, "Who is the mayor of Ashford?", "Wilhelmina", texts)
    assert answer.short_answer is not None
    assert answer.short_answer.text == "Wilhelmina2"


def test_punctuation_around_the_words_is_left_out(tmp_path: Path) -> None:
    texts = {"a.txt": "北坡的村子有三个，青石、柳荫（老村），都在河边。"}
    answer = asked(tmp_path, "北坡的村子叫什么名字？", "、柳荫（老村），", texts)
    assert answer.short_answer is not None
    assert answer.short_answer.text == "柳荫（老村）"


@pytest.mark.parametrize(
    "question",
    ["新增创业的人多吗？", "新增创业为什么带动就业？", "怎么新增创业？", "新增创业是否带动就业？"],
)
def test_yes_or_no_reasons_and_instructions_get_the_sentence(tmp_path: Path, question: str) -> None:
    answer = asked(tmp_path, question, "11331人", {"a.txt": NEWS})
    assert answer.answered
    assert answer.short_answer is None


def test_a_clause_is_no_short_answer(tmp_path: Path) -> None:
    clause = "11331人，由此带动就业20352人"
    answer = asked(tmp_path, "全市新增创业多少人？", clause, {"a.txt": NEWS})
    assert answer.answered
    assert answer.short_answer is None


def test_words_that_are_hardly_sure_are_not_shown(tmp_path: Path) -> None:
    answer = asked(tmp_path, "全市新增创业多少人？", "11331人", {"a.txt": NEWS}, sure=0.05)
    assert answer.short_answer is None


def test_without_a_reader_there_is_no_short_answer(tmp_path: Path) -> None:
    service = Service(open_index(tmp_path, {"a.txt": NEWS}), CALIBRATION.with_threshold(0))
    answer = service.ask_question("全市新增创业多少人？")
    assert answer.answered
    assert answer.short_answers == ()


def test_every_document_that_answers_gives_its_words_once(tmp_path: Path) -> None:
    texts = {"a.txt": "河东开放时间是九点。", "b.txt": "河西开放时间是七点。"}
    reader = Finder(*characters(texts["a.txt"], "九点"))
    service = Service(open_index(tmp_path, texts), CALIBRATION.with_threshold(0), reader)
    answer = service.ask_question("开放时间是几点？")
    assert {short.text for short in answer.short_answers} == {"九点", "七点"}
    assert answer.short_answer == answer.short_answers[0]

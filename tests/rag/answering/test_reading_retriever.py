"""What is read changes the order, the sentence that is quoted and the confidence."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from rag.answering.calibration import DEFAULT
from rag.answering.reading_retriever import ReadingRetriever
from rag.answering.service import Service
from rag.index.corpus import EmbeddedParagraph
from rag.reading.reader import Reading
from rag.retrieval.retriever import Retriever
from tests.fakes import CALIBRATION, open_index

TEXTS = {
    "a.txt": "图书馆的开放时间没有写。",
    "b.txt": "图书馆的开放时间是九点。",
    "c.txt": "图书馆在河边。",
    "d.txt": "河边有一座桥。",
}
QUESTION = "图书馆的开放时间？"


class Liking:
    """A reader that says of passages, in the order of their search, what a test wants."""

    def __init__(self, *logits: float, words: str = "") -> None:
        self._logits, self._words = logits, words
        self.read: list[str] = []

    def read_passages(self, _question: str, passages: Sequence[EmbeddedParagraph]) -> list[Reading]:
        self.read += [each.text for each in passages]
        places = [max(each.text.find(self._words), 0) for each in passages]
        return [
            Reading(logit, at, at + max(len(self._words), 1), 1.0)
            for logit, at in zip(self._logits, places, strict=False)
        ]


def searched(home: Path, reader: Liking, texts: Mapping[str, str] = TEXTS) -> ReadingRetriever:
    return ReadingRetriever(open_index(home, texts), reader)


def test_of_passages_that_are_read_the_one_that_answers_comes_before_its_near_rival(
    tmp_path: Path,
) -> None:
    plain = Retriever(open_index(tmp_path, TEXTS))
    before = [hit.row for hit in plain.search(plain.query(QUESTION))]
    retriever = searched(tmp_path / "b", Liking(-6.0, 6.0, -6.0))
    after = [hit.row for hit in retriever.search(retriever.query(QUESTION))]
    assert after == [before[1], before[0], *before[2:]]


@pytest.mark.parametrize(("length", "read"), [(1, 8), (25, 3)])
def test_more_of_short_passages_are_read_than_of_long_ones(
    tmp_path: Path, length: int, read: int
) -> None:
    texts = {f"{n}.txt": f"图书馆第{n}室的开放时间是{n}点。" * length for n in range(1, 11)}
    reader = Liking(*[1.0] * 10)
    retriever = searched(tmp_path, reader, texts)
    hits = retriever.search(retriever.query(QUESTION))
    stored = retriever.generation.corpus.paragraphs([hit.row for hit in hits])
    assert reader.read == [each.text for each in stored[:read]]
    assert [hit.words is not None for hit in hits] == [n < read for n in range(10)]
    assert hits[read].answers == 0


def test_a_passage_that_answers_is_surer_and_one_that_is_not_read_stays_as_it_was(
    tmp_path: Path,
) -> None:
    confidences = []
    for number, logit in enumerate((-6.0, 6.0)):
        retriever = searched(tmp_path / str(number), Liking(logit, -6.0, -6.0))
        hits = retriever.search(retriever.query(QUESTION))
        confidences.append(DEFAULT.confidence(hits[0]))
    plain = Retriever(open_index(tmp_path / "0"))
    unread = DEFAULT.confidence(plain.search(plain.query(QUESTION))[0])
    assert confidences[0] < unread < confidences[1]


def test_the_sentence_with_the_words_is_quoted(tmp_path: Path) -> None:
    texts = {"a.txt": "图书馆开放的时间是早上。图书馆开放的时间改成晚上。"}
    for number, word in enumerate(("早", "改")):
        reader = Liking(6.0, words=word)
        retriever = searched(tmp_path / str(number), reader, texts)
        (hit,) = retriever.search(retriever.query("图书馆开放的时间？"))
        assert int(hit.sentences.argmax()) == number


def test_a_second_document_is_quoted_only_if_it_answers(tmp_path: Path) -> None:
    texts = {"a.txt": "河东开放时间是九点。", "b.txt": "河西开放时间是七点。"}
    for number, (logit, quoted) in enumerate(((6.0, 2), (-4.0, 1))):
        generation = open_index(tmp_path / str(number), texts)
        service = Service(generation, CALIBRATION.with_threshold(0), Liking(6.0, logit))
        assert len(service.ask_question("开放时间是几点？").citations) == quoted

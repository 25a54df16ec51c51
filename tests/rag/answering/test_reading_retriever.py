"""What is read changes the sentence that is quoted and the confidence, not the order."""

from collections.abc import Mapping
from pathlib import Path

from rag.answering.calibration import DEFAULT
from rag.answering.reading_retriever import ReadingRetriever
from rag.answering.service import Service
from rag.arrays import FloatArray
from rag.index.tokens.token_segments import PassageTokens
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

    def __init__(self, *logits: float, first: int | None = None) -> None:
        self._logits, self._first = logits, first
        self.read = 0

    def read_passages(self, question: FloatArray, passages: PassageTokens) -> list[Reading]:
        assert question.ndim == 3
        self.read += len(passages.codes)
        found = []
        for logit, codes, starts in zip(
            self._logits, passages.codes, passages.sentence_starts, strict=False
        ):
            first = len(codes) - 1 if self._first is None else int(starts[0]) + self._first
            found.append(Reading(logit, first, first, 1.0))
        return found


def searched(home: Path, reader: Liking, texts: Mapping[str, str] = TEXTS) -> ReadingRetriever:
    return ReadingRetriever(open_index(home, texts), reader)


def test_what_is_read_does_not_change_the_order(tmp_path: Path) -> None:
    plain = Retriever(open_index(tmp_path, TEXTS))
    before = plain.search(plain.query(QUESTION))
    retriever = searched(tmp_path / "b", Liking(-6.0, 6.0))
    after = retriever.search(retriever.query(QUESTION))
    assert [(hit.row, hit.score) for hit in after] == [(hit.row, hit.score) for hit in before]


def test_only_the_best_few_are_read(tmp_path: Path) -> None:
    reader = Liking(1.0, 1.0, 1.0, 1.0)
    retriever = searched(tmp_path, reader)
    hits = retriever.search(retriever.query(QUESTION))
    assert reader.read == 2
    assert [hit.words is not None for hit in hits] == [True, True, False, False]
    assert hits[2].answers == 0


def test_a_passage_that_answers_is_surer_and_one_that_is_not_read_stays_as_it_was(
    tmp_path: Path,
) -> None:
    confidences = []
    for number, logit in enumerate((-6.0, 6.0)):
        retriever = searched(tmp_path / str(number), Liking(logit, -6.0))
        hits = retriever.search(retriever.query(QUESTION))
        confidences.append(DEFAULT.confidence(hits[0]))
    plain = Retriever(open_index(tmp_path / "0"))
    unread = DEFAULT.confidence(plain.search(plain.query(QUESTION))[0])
    assert confidences[0] < unread < confidences[1]


def test_the_sentence_with_the_words_is_quoted(tmp_path: Path) -> None:
    texts = {"a.txt": "图书馆开放的时间是早上。图书馆开放的时间改成晚上。"}
    for number, word in enumerate(("早", "改")):
        reader = Liking(6.0, first=texts["a.txt"].index(word))
        retriever = searched(tmp_path / str(number), reader, texts)
        (hit,) = retriever.search(retriever.query("图书馆开放的时间？"))
        assert int(hit.sentences.argmax()) == number


def test_a_second_document_is_quoted_only_if_it_answers(tmp_path: Path) -> None:
    texts = {"a.txt": "河东开放时间是九点。", "b.txt": "河西开放时间是七点。"}
    for number, (logit, quoted) in enumerate(((6.0, 2), (-4.0, 1))):
        generation = open_index(tmp_path / str(number), texts)
        service = Service(generation, CALIBRATION.with_threshold(0), Liking(6.0, logit))
        assert len(service.ask_question("开放时间是几点？").citations) == quoted

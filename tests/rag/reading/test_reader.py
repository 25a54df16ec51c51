"""The reader on networks that say what a test wants."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from rag.encoding.tokenizer import QuestionTokenizer, write_question_tokenizer
from rag.index.corpus import EmbeddedParagraph
from rag.reading.reader import Reader, Reading, best_span, open_reader
from tests.fakes import open_index

TEXT = "the library opens at nine and closes at seven"


class Network:
    """Remembers what it was given; the answer's ends are where a test says, counted from the end of
    what it was given, whose last token is special.
    """

    def __init__(self, first: int = -2, last: int = -2, logit: float = 1.5) -> None:
        self.given: list[list[int]] = []
        self._ends, self._logit = (first, last), logit

    def run_network(
        self, outputs: Sequence[str], inputs: Mapping[str, npt.NDArray[Any]]
    ) -> list[Any]:
        assert outputs == ("ends", "answers")
        (row,) = inputs["input_ids"].tolist()
        self.given.append(row)
        ends = np.zeros((1, len(row), 2), dtype=np.float32)
        ends[0, self._ends[0], 0] = ends[0, self._ends[1], 1] = 9
        return [ends, np.array([[self._logit]], dtype=np.float32)]


@pytest.fixture
def tokenizer(tmp_path: Path) -> QuestionTokenizer:
    """One token a word; special ones as XLM-R has them."""
    words = f"<s> <pad> </s> <unk> when does it open {TEXT} city news".split()
    vocabulary = {word: at for at, word in enumerate(dict.fromkeys(words))}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))  # noqa: S106
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    made.save(str(tmp_path / "whole.json"))
    write_question_tokenizer(tmp_path / "whole.json", tmp_path)
    return QuestionTokenizer(tmp_path)


def passage(text: str = TEXT, context: str = "") -> EmbeddedParagraph:
    return EmbeddedParagraph(0, context, text, ((0, len(text)),), "en")


def read(
    network: Network, tokenizer: QuestionTokenizer, *passages: EmbeddedParagraph
) -> list[Reading]:
    return Reader(network, tokenizer).read_passages("when does it open", passages)


def test_the_words_are_characters_of_the_passage(tokenizer: QuestionTokenizer) -> None:
    network = Network(first=-6, last=-6)
    (found,) = read(network, tokenizer, passage())
    assert TEXT[found.start : found.end].strip() == "nine"
    assert found.logit == 1.5


def test_a_context_is_read_and_has_no_words_of_the_answer(tokenizer: QuestionTokenizer) -> None:
    whole, alone = Network(first=-6, last=-6), Network(first=-6, last=-6)
    (found,) = read(whole, tokenizer, passage(context="city news"))
    read(alone, tokenizer, passage())
    assert len(whole.given[0]) == len(alone.given[0]) + 2
    assert TEXT[found.start : found.end].strip() == "nine"
    in_context = Network(first=len(TEXT.split()) * -1 - 2, last=-2)
    (found,) = read(in_context, tokenizer, passage(context="city news"))
    assert found.sure < 0.5


def test_question_and_passage_are_put_together_as_the_model_was_taught(
    tokenizer: QuestionTokenizer,
) -> None:
    network = Network()
    read(network, tokenizer, passage())
    (row,) = network.given
    asked = len(["when", "does", "it", "open"])
    assert (row[0], row[asked + 1 : asked + 3], row[-1]) == (0, [2, 2], 2)
    assert len(row) == asked + len(TEXT.split()) + 4


def test_what_is_longer_than_the_model_takes_is_cut(tokenizer: QuestionTokenizer) -> None:
    network = Network()
    (found,) = read(network, tokenizer, passage(" ".join(["library"] * 900)))
    assert len(network.given[0]) == 512
    assert found.end <= len(" ".join(["library"] * 900))
    Reader(network, tokenizer).read_passages("open " * 300, [passage()])
    assert len(network.given[1]) < 100


def test_a_text_without_tokens_has_no_words(tokenizer: QuestionTokenizer) -> None:
    (found,) = read(Network(first=0, last=0), tokenizer, passage("", context="city news"))
    assert (found.start, found.end, found.sure) == (0, 0, 0.0)


def test_sharp_words_are_surer_than_words_among_many(tokenizer: QuestionTokenizer) -> None:
    short, long = read(Network(), tokenizer, passage("nine"), passage("nine " * 400))
    assert 0 < long.sure < short.sure <= 1


def test_the_best_span_ends_where_it_begins_or_later() -> None:
    ends = np.array([[0, 8], [1, 0], [5, 1], [0, 4]], dtype=np.float32)
    assert best_span(ends)[:2] == (2, 3)


def test_of_equal_answers_the_shorter_one_is_given() -> None:
    ends = np.zeros((9, 2), dtype=np.float32)
    ends[2, 0] = ends[4, 1] = ends[7, 1] = 5
    assert best_span(ends)[:2] == (2, 4)


def test_an_answer_has_a_largest_length() -> None:
    ends = np.zeros((200, 2), dtype=np.float32)
    ends[0, 0] = ends[199, 1] = 9
    first, last, _score = best_span(ends)
    assert last - first < 100


def test_an_index_of_another_model_is_not_read(tmp_path: Path) -> None:
    assert open_reader(open_index(tmp_path, {"a.txt": "天晴。"}).folder) is None

"""Questions in, answers out: what every front end talks to."""

import time
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from rag.answering.answer import Answer
from rag.answering.answerer import Answerer
from rag.answering.calibration import Calibration
from rag.answering.followup import Followups
from rag.errors import QuestionCode, QuestionError
from rag.index.generation import Generation
from rag.retrieval.retriever import Hit, Query, Retriever

LONGEST_QUESTION = 1000
DEFAULT_PASSAGES = 5
_MOST_PASSAGES = 20
#: Of a longer history only the end is read.
_MOST_TURNS = 20


class Service:
    """Answers from one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation, calibration: Calibration) -> None:
        _keep_products_together()
        self.retriever = Retriever(generation)
        self._calibration = calibration
        self._answerer = Answerer(generation, calibration)
        self._followups = Followups(self.retriever, calibration.confidence)

    @property
    def generation(self) -> Generation:
        return self.retriever.generation

    @property
    def threshold(self) -> float:
        """The confidence below which it is not answered."""
        return self._calibration.threshold

    def ask(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        history: Sequence[tuple[str, str]] = (),
    ) -> Answer:
        """The answer, or an abstention, with up to `passages` (1 to 20) passages.

        `history` are the questions and answers before it, oldest first; a question that lacks
        something is completed with the last few.

        Raises QuestionError when the question cannot be asked.
        """
        began = time.perf_counter()
        resolved = self._followups.resolve(asked := checked(question), _earlier(history))
        count = min(max(passages, DEFAULT_PASSAGES), _MOST_PASSAGES)
        hits = self.retriever.search(resolved.ranking, count)
        if resolved.quoting is not resolved.ranking:
            rows = np.array([hit.row for hit in hits], dtype=np.int64)
            scores = self.retriever.sentence_scores(resolved.quoting, rows)
            hits = [replace(hit, sentences=each) for hit, each in zip(hits, scores, strict=True)]
        return self._answerer.answer(asked, hits, passages, began=began)

    def confidence(self, hit: Hit) -> float:
        """The estimated probability that the hit answers its question."""
        return self._calibration.confidence(hit)

    def query(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Query:
        """The question as the index sees it; its text is the completed one.

        Raises QuestionError when it cannot be asked.
        """
        return self._followups.resolve(checked(question), _earlier(history)).ranking


@cache
def _keep_products_together() -> None:
    """Has numpy compute a product in one thread, for the whole process. Those of a question are
    small, and questions run at once: threads of theirs would only wait for each other.
    """
    threadpool_limits(1, user_api="blas")


def _earlier(history: Sequence[tuple[str, str]]) -> list[str]:
    """The earlier questions that have a word. Raises QuestionError when they are not pairs."""
    turns = history[-_MOST_TURNS:] if isinstance(history, Sequence) else [None]
    if not all(map(_is_turn, turns)):
        raise QuestionError(
            QuestionCode.BAD_HISTORY,
            "The history cannot be read. Give pairs of a question and its answer, oldest first.",
        )
    cleaned = [_cleaned(question[-LONGEST_QUESTION:]) for question, _answer in turns]
    return [question for question in cleaned if _has_word(question)]


def _is_turn(turn: object) -> bool:
    pair = isinstance(turn, tuple | list) and len(turn) == 2
    return pair and all(isinstance(text, str) for text in turn)  # type: ignore[attr-defined]


def _cleaned(text: str) -> str:
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return " ".join(kept.split())


def _has_word(text: str) -> bool:
    return any(unicodedata.category(c)[0] in "LN" for c in text)


def checked(question: str) -> str:
    """The question without stray white space and control characters.

    Raises QuestionError when nothing is left to ask, or too much.
    """
    kept = _cleaned(question)
    if not kept:
        raise QuestionError(
            QuestionCode.EMPTY, "The question is empty. Type what you would like to know."
        )
    if len(kept) > LONGEST_QUESTION:
        raise QuestionError(
            QuestionCode.TOO_LONG,
            f"The question has {len(kept)} characters, at most {LONGEST_QUESTION} can be asked. "
            "Ask it in fewer words.",
            length=len(kept),
            most=LONGEST_QUESTION,
        )
    if not _has_word(kept):
        raise QuestionError(
            QuestionCode.NO_WORD,
            "The question has no word in it. Type what you would like to know.",
        )
    return kept

"""Questions in, answers out: what every front end talks to."""

import time
import unicodedata
from collections.abc import Sequence

from rag.answer import Answer
from rag.answerer import Answerer
from rag.confidence import Calibration
from rag.errors import QuestionError
from rag.generation import Generation
from rag.retriever import Hit, Query, Retriever

LONGEST_QUESTION = 1000
DEFAULT_PASSAGES = 5
_MOST_PASSAGES = 50


class Service:
    """Answers from one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation, calibration: Calibration) -> None:
        self.retriever = Retriever(generation)
        self._calibration = calibration
        self._answerer = Answerer(self.retriever, calibration)

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
        """The answer, or an abstention, with up to `passages` (1 to 50) passages.

        Raises QuestionError when the question cannot be asked.
        """
        began = time.perf_counter()
        query = self.query(question, history)
        hits = self.retriever.search(query, min(max(passages, 1), _MOST_PASSAGES))
        return self._answerer.answer(query, hits, began=began)

    def confidence(self, hit: Hit) -> float:
        """The estimated probability that the hit answers its question."""
        return self._calibration.confidence(hit)

    def query(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),  # noqa: ARG002 - follow-ups are to come
    ) -> Query:
        """The question as the index sees it. Raises QuestionError when it cannot be asked."""
        return self.retriever.query(checked(question))


def checked(question: str) -> str:
    """The question without stray white space and control characters.

    Raises QuestionError when nothing is left to ask, or too much.
    """
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in question)
    kept = " ".join(kept.split())
    if not kept:
        raise QuestionError("The question is empty. Type what you would like to know.")
    if len(kept) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {len(kept)} characters, at most {LONGEST_QUESTION} can be asked. "
            "Ask it in fewer words."
        )
    if not any(unicodedata.category(c)[0] in "LN" for c in kept):
        raise QuestionError("The question has no word in it. Type what you would like to know.")
    return kept

"""Questions in, answers out: what every front end talks to."""

import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.answer import Answer
from rag.answering.answerer import Answerer
from rag.answering.calibration import Calibration
from rag.answering.conversation import Turn
from rag.answering.conversation.followup import FollowupResolver
from rag.errors import QuestionCode, QuestionError
from rag.index.generation import Generation
from rag.retrieval.retriever import Hit, Retriever

LONGEST_QUESTION = 1000
DEFAULT_PASSAGES = 5
#: Of a longer history only the last turns are read.
_MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class RankedAnswer:
    """An answer with the ranking that it was taken from, best first, of at most `POOL` passages."""

    answer: Answer
    ranking: tuple[Hit, ...]


class Service:
    """Answers from one generation. May be used by several threads at once."""

    def __init__(self, generation: Generation, calibration: Calibration) -> None:
        self.retriever = Retriever(generation)
        self._calibration = calibration
        self._answerer = Answerer(generation, calibration)
        self._followups = FollowupResolver(self.retriever, calibration.confidence)

    @property
    def generation(self) -> Generation:
        return self.retriever.generation

    @property
    def threshold(self) -> float:
        """The confidence below which a question is not answered."""
        return self._calibration.threshold

    def ask_question(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        history: Sequence[Turn] = (),
    ) -> Answer:
        """The answer, or an abstention, with up to `passages` (1 to 20) passages.

        `history` are the turns before it, oldest first. A question that is incomplete is completed
        from the last; the answer says how (`understood_as`).

        Raises QuestionError when the question cannot be asked.
        """
        return self.ask_with_ranking(question, passages, history).answer

    def ask_with_ranking(
        self,
        question: str,
        passages: int = DEFAULT_PASSAGES,
        history: Sequence[Turn] = (),
    ) -> RankedAnswer:
        """As `ask`, with the ranking that the answer was taken from."""
        began = time.perf_counter()
        asked = checked(question)
        resolved = self._followups.resolve(asked, _readable(history))
        understood = resolved.query.text if resolved.query.text != asked else None
        answer = self._answerer.answer(
            asked, list(resolved.hits), passages, began=began, understood_as=understood
        )
        return RankedAnswer(answer, resolved.hits)

    def confidence(self, hit: Hit) -> float:
        """The estimated probability that the hit answers its question."""
        return self._calibration.confidence(hit)


def _readable(history: Sequence[Turn]) -> list[Turn]:
    """The last turns that have a word, cleaned; of long texts the end.

    Raises QuestionError when the history is no sequence of turns.
    """
    turns = history[-_MOST_TURNS:] if isinstance(history, Sequence) else [None]
    if not all(isinstance(turn, Turn) for turn in turns):
        raise QuestionError(
            QuestionCode.BAD_HISTORY,
            "The history cannot be read. Give a list of turns, oldest first.",
        )
    cleaned = (
        Turn(_end(turn.question), turn.answer, _end(turn.understood_as or "") or None)
        for turn in turns
    )
    return [turn for turn in cleaned if _has_word(turn.question)]


def _end(text: str) -> str:
    return _cleaned(text[-LONGEST_QUESTION:])


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

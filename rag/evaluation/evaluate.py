"""Asks questions with known answers, through the same service as users."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.answer import Answer
from rag.answering.conversation import Turn
from rag.answering.service import Service
from rag.errors import QuestionError
from rag.evaluation.judging import Judge, shows
from rag.evaluation.question_sets import Question
from rag.progress import Progress
from rag.retrieval.retriever import Hit

_LOGGER = logging.getLogger(__name__)
#: The cutoff of recall, MRR and nDCG.
DEPTH = 10
_STAGE = "asking"


@dataclass(frozen=True, slots=True)
class RightPassage:
    """A passage of the ranking that answers: its rank, from 1, and its language."""

    rank: int
    language: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    `found` are the right passages of the ranking, best first; `languages` are those of all right
    passages. `nearest` is the best passage that does not answer: what would be found without the
    gold one; `near` is the confidence in it, None when there is no such passage.
    """

    question: Question
    answer: Answer
    found: tuple[RightPassage, ...]
    right_quote: bool
    best: Hit
    nearest: Hit | None
    ms: float
    near: float | None = None
    languages: frozenset[str] = frozenset()

    @property
    def rank(self) -> int | None:
        """The rank of the first right passage, from 1; None when it is not among the best ten."""
        rank = self.found[0].rank if self.found else DEPTH + 1
        return rank if rank <= DEPTH else None

    @property
    def right(self) -> bool:
        """Whether the best passage answers; never true of a question without an answer."""
        return self.question.answerable and self.rank == 1

    @property
    def miss(self) -> str | None:
        """What went wrong: `answered`, `refused`, `passage`, `quote`; None when nothing did."""
        if not self.question.answerable:
            return "answered" if self.answer.answered else None
        if not self.answer.answered:
            return "refused"
        if self.rank != 1:
            return "passage"
        return None if self.right_quote else "quote"


def evaluate(
    service: Service, questions: Sequence[Question], judge: Judge, progress: Progress
) -> list[Outcome]:
    """Asks every question; one that cannot be asked is logged and left out."""
    outcomes = []
    for done, question in enumerate(questions, start=1):
        try:
            outcomes.append(_ask(service, question, judge))
        except QuestionError as error:
            _LOGGER.warning("Question %d is left out. %s", done, error)
        progress(_STAGE, done, len(questions))
    return outcomes


def _ask(service: Service, question: Question, judge: Judge) -> Outcome:
    history = _replayed(service, question.history)
    began = time.perf_counter()
    ranked = service.ask_with_ranking(question.text, history=history)
    ms = (time.perf_counter() - began) * 1000
    answer, hits = ranked.answer, ranked.ranking
    stored = service.generation.corpus.paragraphs([hit.row for hit in hits])
    right = [judge.is_right(question, each) for each in stored]
    found = tuple(
        RightPassage(rank, judge.language(each))
        for rank, (each, gold) in enumerate(zip(stored, right, strict=True), start=1)
        if gold
    )
    nearest = next((hit for hit, gold in zip(hits, right, strict=True) if not gold), None)
    return Outcome(
        question=question,
        answer=answer,
        found=found,
        right_quote=answer.answered and shows(question, answer.citations),
        best=hits[0],
        nearest=nearest,
        ms=ms,
        near=None if nearest is None else round(service.confidence(nearest), 4),
        languages=judge.languages(question) or frozenset(each.language for each in found[:1]),
    )


def _replayed(service: Service, history: Sequence[Turn]) -> list[Turn]:
    """The turns as a front end keeps them, each with what its question was understood as."""
    turns: list[Turn] = []
    for turn in history:
        asked = service.ask_question(turn.question, history=turns)
        turns.append(replace(turn, understood_as=asked.understood_as))
    return turns


def unverified(service: Service, outcomes: Sequence[Outcome]) -> list[str]:
    """Quotes that differ from the slice of the document that their citation names; must be none."""
    wrong = []
    for outcome in outcomes:
        for citation in outcome.answer.citations:
            document = service.generation.corpus.document(citation.document_id)
            if document is None or document.text[citation.start : citation.end] != citation.quote:
                wrong.append(citation.quote)
    return wrong

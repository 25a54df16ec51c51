"""Answers from the documents to a question as it is asked: completed from the turns before, found
in a long message, part by part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.answer import Answer
from rag.answering.answerer import Answerer
from rag.answering.calibration import Calibration
from rag.answering.conversation import Turn
from rag.answering.conversation.followup import FollowupResolver
from rag.answering.conversation.inner_question import inner_questions
from rag.answering.conversation.narrowed_question import NarrowedQuestion
from rag.answering.conversation.parts import split_question
from rag.answering.curated import CuratedMatcher
from rag.answering.side_by_side import Side, Sides
from rag.retrieval.retriever import Hit, Query, Retriever


@dataclass(frozen=True, slots=True)
class RankedAnswer:
    """An answer with the ranking that it was taken from, best first, of at most `POOL` passages."""

    answer: Answer
    ranking: tuple[Hit, ...]


class DocumentAnswers:
    """Answers of one generation. May be used by several threads at once."""

    def __init__(
        self, retriever: Retriever, calibration: Calibration, curated: CuratedMatcher
    ) -> None:
        self._retriever = retriever
        self._curated = curated
        self._answerer = Answerer(retriever.generation, calibration)
        self._followups = FollowupResolver(retriever, calibration.confidence)
        self._sides = Sides(retriever.generation.candidates)

    def ranked_answer(
        self, asked: NarrowedQuestion, query: Query, turns: Sequence[Turn], passages: int
    ) -> RankedAnswer:
        """The answer to all that was asked, else to its parts side by side; `turns` are those
        before it, oldest first.
        """
        whole = self._answered_whole(asked, query, turns, passages)
        split = split_question(query.text)
        if split is None or not self._sides.may_help(whole.answer, split):
            return whole
        found = list[Side]()
        # Parts of a question that stands alone do not lean on the turns before it.
        earlier = list(turns) if whole.answer.understood_as is not None else []
        for question in split.questions:
            part = self._retriever.query(question, asked.rows)
            one = self.answer_as_one(asked, part, earlier, passages)
            if not one.answer.answered and earlier:  # it may stand alone nevertheless
                alone = self.answer_as_one(asked, part, (), passages)
                one = alone if alone.answer.answered else one
            own = bool(one.ranking) and one.ranking[0].own_language
            found.append(Side(one.answer, own_language=own))
            if split.clauses:  # "When does it open, and who runs it?"
                earlier.append(Turn(question, ""))
        merged = self._sides.side_by_side(whole.answer, split, found, passages)
        return whole if merged is None else replace(whole, answer=merged)

    def curated_answer(
        self,
        asked: NarrowedQuestion,
        query: Query,
        passages: int,
        hits: Sequence[Hit] | None = None,
    ) -> RankedAnswer | None:
        """The answer that was named for the question; None without one."""
        found = self._curated.find(query)
        if found is None:
            return None
        hits = self._retriever.search(query) if hits is None else hits
        answer = self._answerer.answer(
            asked.question, list(hits), passages, began=asked.began, curated=found.quote
        )
        answer = replace(answer, narrowed=asked.narrowing, confidence=1.0, curated=found.pair.id)
        return RankedAnswer(answer, tuple(hits))

    def _answered_whole(
        self, asked: NarrowedQuestion, query: Query, turns: Sequence[Turn], passages: int
    ) -> RankedAnswer:
        """The answer to the whole text, else to the question inside a long message."""
        whole = self.answer_as_one(asked, query, turns, passages)
        if not whole.answer.answered:
            for question in inner_questions(query.text):
                inner = self._retriever.query(question, asked.rows)
                one = self.answer_as_one(asked, inner, turns, passages)
                if one.answer.answered:
                    understood = one.answer.understood_as or question
                    return replace(one, answer=replace(one.answer, understood_as=understood))
        return whole

    def answer_as_one(
        self, asked: NarrowedQuestion, query: Query, turns: Sequence[Turn], passages: int
    ) -> RankedAnswer:
        """The answer to one question, completed from the turns before if it is incomplete."""
        resolved = self._followups.resolve(query, turns)
        understood = resolved.query.text if resolved.query.text != query.text else None
        named = self.curated_answer(asked, resolved.query, passages, resolved.hits)
        if named is not None:
            return replace(named, answer=replace(named.answer, understood_as=understood))
        answer = self.answer_from(asked, resolved.hits, passages, understood or query.text)
        return RankedAnswer(replace(answer, understood_as=understood), resolved.hits)

    def answer_from(
        self, asked: NarrowedQuestion, hits: Sequence[Hit], passages: int, understood_as: str
    ) -> Answer:
        """What the hits answer, to the question as it was asked."""
        answer = self._answerer.answer(
            asked.question, list(hits), passages, began=asked.began, understood_as=understood_as
        )
        return replace(answer, narrowed=asked.narrowing)

"""What the owner of the documents looks through: questions without an answer, and answers that did
not help.
"""

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.answer import Answer
from rag.errors import QuestionError
from rag.index.corpus import DocumentFilter
from rag.serving.feedback import Feedback, FeedbackStore
from rag.serving.live import LiveService
from rag.serving.questions.asked import AskedQuestion, AskedQuestions
from rag.serving.questions.grouping import QuestionGrouper

#: Different questions that are grouped, the newest; more would take seconds to encode.
MOST_GROUPED = 300
#: Questions that are tried again at once.
MOST_TRIED = 50
_MOST_DISLIKED = 200


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which a question was asked: how often, and when last (ISO 8601 in UTC)."""

    question: str
    count: int
    last: str


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that mean the same: how often they were asked, when first and when last.

    The most frequent wording comes first.
    """

    wordings: tuple[Wording, ...]
    count: int
    first: str
    last: str

    @property
    def question(self) -> str:
        return self.wordings[0].question


@dataclass(frozen=True, slots=True)
class DislikedAnswer:
    """An answer that people found unhelpful, None where it was that there is none.

    `comments` are what they wrote, newest first.
    """

    question: str
    answer: str | None
    count: int
    last: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriedQuestion:
    """A question that was asked again, with its answer, or why it cannot be asked."""

    question: str
    answer: Answer | None
    refused: str | None = None

    @property
    def answered(self) -> bool:
        return self.answer is not None and self.answer.answered


class QuestionReview:
    """Groups questions without an answer and tries them again. May be used by several threads at
    once.

    `asked` is None where nothing is kept.
    """

    def __init__(
        self, live: LiveService, asked: AskedQuestions | None, feedback: FeedbackStore
    ) -> None:
        self.asked = asked
        self._live = live
        self._feedback = feedback
        self._grouper = QuestionGrouper()
        self._grouping = threading.Lock()

    def groups(self) -> list[QuestionGroup]:
        """Questions without an answer, grouped by meaning; the most frequent comes first.

        Raises StoreError without an index, or where the file cannot be read.
        """
        by_text: dict[str, list[AskedQuestion]] = defaultdict(list)
        for each in self.asked.newest_questions() if self.asked is not None else ():
            if len(by_text) < MOST_GROUPED or each.question in by_text:
                by_text[each.question].append(each)
        texts = list(by_text)
        with self._grouping:
            places = self._grouper.groups_of(self._live.service, texts)
        groups = [_group([by_text[texts[at]] for at in group]) for group in places]
        groups.sort(key=lambda group: group.last, reverse=True)
        return sorted(groups, key=lambda group: group.count, reverse=True)

    def disliked(self) -> list[DislikedAnswer]:
        """Answers that got 👎, those that last got one first. Raises StoreError."""
        found: dict[tuple[str, str | None], list[Feedback]] = defaultdict(list)
        for each in self._feedback.unhelpful_feedback(_MOST_DISLIKED):
            found[each.question, each.answer].append(each)
        return [
            DislikedAnswer(
                question,
                answer,
                len(all_of_it),
                all_of_it[0].at,
                tuple(each.comment for each in all_of_it if each.comment),
            )
            for (question, answer), all_of_it in found.items()
        ]

    def try_again(self, questions: Sequence[str]) -> list[TriedQuestion]:
        """Asks questions once more, within the filters that they were asked within.

        Raises StoreError without an index.
        """
        within: dict[str, DocumentFilter] = {}
        for each in self.asked.newest_questions() if self.asked is not None else ():
            within.setdefault(each.question, each.within)
        service = self._live.service
        tried = []
        for question in questions[:MOST_TRIED]:
            try:
                answer = service.ask_question(
                    question, within=within.get(question, DocumentFilter())
                )
            except QuestionError as error:
                tried.append(TriedQuestion(question, None, str(error)))
            else:
                tried.append(TriedQuestion(question, answer))
        return tried

    def forget_answered(
        self, groups: Sequence[QuestionGroup], tried: Sequence[TriedQuestion]
    ) -> int:
        """As `forget_questions`, of all wordings of the groups whose question is answered now."""
        answered = {each.question for each in tried if each.answered}
        of_them = [group for group in groups if group.question in answered]
        return self.forget_questions(
            [wording.question for group in of_them for wording in group.wordings]
        )

    def forget_questions(self, questions: Sequence[str]) -> int:
        """Deletes questions that were looked after, and the 👎 of their answers; the number of
        entries.
        """
        asked = self.asked.forget_questions(questions) if self.asked is not None else 0
        return asked + self._feedback.forget_unhelpful(questions)


def _group(wordings: Sequence[Sequence[AskedQuestion]]) -> QuestionGroup:
    """A group of questions from its wordings, each newest first."""
    said = sorted(
        (Wording(each[0].question, len(each), each[0].at) for each in wordings),
        key=lambda wording: (wording.count, wording.last),
        reverse=True,
    )
    moments = [entry.at for each in wordings for entry in each]
    return QuestionGroup(tuple(said), len(moments), min(moments), max(moments))

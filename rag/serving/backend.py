"""What the front ends of one process share."""

import logging
from dataclasses import dataclass
from functools import cached_property

from rag.answering.answer import Answer
from rag.answering.curated import CuratedPairs
from rag.errors import StoreError
from rag.serving.feedback import FeedbackStore
from rag.serving.live import LiveService
from rag.serving.pages import PageViews
from rag.serving.questions import AskedQuestions, QuestionReview
from rag.serving.rebuilds import Rebuilds
from rag.serving.uploads import UploadFolder

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Backend:
    """The live index, its rebuilds, and what people thought of the answers.

    `uploads` takes documents in, `asked` keeps what was not answered; None where that is off.
    `pages` shows those of PDF files; None where nobody looks at them. `curated` are the answers
    that were named by hand.
    """

    live: LiveService
    rebuilds: Rebuilds
    feedback: FeedbackStore
    uploads: UploadFolder | None = None
    pages: PageViews | None = None
    asked: AskedQuestions | None = None
    curated: CuratedPairs | None = None

    @cached_property
    def review(self) -> QuestionReview:
        """What was asked in vain and what did not help, for whoever owns the documents."""
        return QuestionReview(self.live, self.asked, self.feedback)

    def note_unanswered(self, answer: Answer, channel: str, user: str = "") -> None:
        """Keeps what an answer left unanswered. Where that fails, the log says so: the answer does
        not depend on it.
        """
        if self.asked is None:
            return
        try:
            self.asked.add_unanswered(answer, channel, user)
        except StoreError as error:
            _LOGGER.warning("%s", error)

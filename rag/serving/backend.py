"""What the front ends of one process share."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import cached_property

from rag.answering.answer import Answer, Written
from rag.answering.curated import CuratedPairs
from rag.answering.writing import Writer
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
    """The live index, its rebuilds, and feedback on the answers.

    `uploads` takes documents in, `asked` keeps what was not answered; None where that is off.
    `pages` shows those of PDF files; None where nobody looks at them. `curated` are the answers
    that were named by hand. `writer` lets a language model write from the quotations, None where
    that is off.
    """

    live: LiveService
    rebuilds: Rebuilds
    feedback: FeedbackStore
    uploads: UploadFolder | None = None
    pages: PageViews | None = None
    asked: AskedQuestions | None = None
    curated: CuratedPairs | None = None
    writer: Writer | None = None

    @cached_property
    def review(self) -> QuestionReview:
        """Questions without an answer, and answers that did not help, for the owner of the
        documents.
        """
        return QuestionReview(self.live, self.asked, self.feedback)

    def may_write(self, answer: Answer) -> bool:
        """Whether a language model is to write from the quotations of an answer."""
        return self.writer is not None and self.writer.may_write(answer)

    async def write(self, answer: Answer) -> AsyncGenerator[Written, None]:
        """What a language model writes from the quotations, as `Writer.write` gives it."""
        if self.writer is not None:
            async with aclosing(self.writer.write(answer, self.live.service.checker)) as parts:
                async for written in parts:
                    yield written

    async def with_written(self, answer: Answer) -> Answer:
        """The answer with what a language model writes from its quotations, if any."""
        last = (
            [written async for written in self.write(answer)][-1:] if self.may_write(answer) else []
        )
        return replace(answer, written=last[0]) if last and last[0].finished else answer

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

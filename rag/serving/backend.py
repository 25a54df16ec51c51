"""What the front ends of one process share."""

from dataclasses import dataclass

from rag.serving.feedback import FeedbackStore
from rag.serving.live import LiveService
from rag.serving.pages import PageViews
from rag.serving.rebuilds import Rebuilds
from rag.serving.uploads import UploadFolder


@dataclass(frozen=True, slots=True)
class Backend:
    """The live index, its rebuilds, and what people thought of the answers.

    `uploads` takes documents in; None where that is off. `pages` shows those of PDF files; None
    where nobody looks at them.
    """

    live: LiveService
    rebuilds: Rebuilds
    feedback: FeedbackStore
    uploads: UploadFolder | None = None
    pages: PageViews | None = None

"""What the routes work with."""

from collections.abc import Callable
from dataclasses import dataclass

from api.access import Access
from api.metrics import Metrics
from api.options import Options
from api.searches import Searches
from rag.serving.feedback import FeedbackStore
from rag.serving.live import Serving
from rag.serving.rebuilds import Rebuilds


@dataclass(frozen=True, slots=True)
class Parts:
    """One application's parts. `bot_state` tells how the bot fares, `closing` that it is over."""

    serving: Serving
    rebuilds: Rebuilds
    feedback: FeedbackStore
    options: Options
    access: Access
    searches: Searches
    metrics: Metrics
    bot_state: Callable[[], str]
    closing: Callable[[], bool]

"""What the routes of one application share."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request

from api.access.gatekeeper import Gatekeeper
from api.metrics import ServerMetrics
from api.options import ApiOptions
from api.workers import WorkerPool
from rag.serving.collections import Collections


@dataclass(frozen=True, slots=True)
class ApiContext:
    """The parts of one application, its `state.context`.

    No route has a backend of its own: what a request may see is the view that the gatekeeper gave
    it (`api.access.seeing`).
    `workers` answer what people ask. `background` is one thread for work that asks many questions
    by itself, so that people's questions do not wait for it; `drawing` one for pages of files.
    `bot_state` gives the state of the bot, `closing` whether the server is about to end. `started`
    is when it began, in Unix time. With `feedback_salt` the key of a row of feedback reveals no
    address; after a restart, new feedback replaces no older one.
    """

    collections: Collections
    options: ApiOptions
    gatekeeper: Gatekeeper
    workers: WorkerPool
    background: WorkerPool
    drawing: WorkerPool
    metrics: ServerMetrics
    bot_state: Callable[[], str]
    closing: Callable[[], bool]
    started: int = field(default_factory=lambda: int(time.time()))
    feedback_salt: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    def close(self) -> None:
        """Drops the work that waits for a thread."""
        self.workers.close()
        self.background.close()
        self.drawing.close()


def context_of(request: Request) -> ApiContext:
    """The parts of the application that a request came to."""
    context: ApiContext = request.app.state.context
    return context


def api_context(
    collections: Collections,
    options: ApiOptions,
    metrics: ServerMetrics,
    *,
    bot_state: Callable[[], str] = lambda: "off",
    closing: Callable[[], bool] = lambda: False,
) -> ApiContext:
    """The parts as the options say. Raises SettingsError for options that cannot work."""
    return ApiContext(
        collections=collections,
        options=options,
        gatekeeper=Gatekeeper(options, collections),
        workers=WorkerPool(options.threads, options.queue, options.seconds, metrics),
        background=WorkerPool(1, options.queue, options.seconds, metrics),
        drawing=WorkerPool(1, options.queue, options.seconds, metrics),
        metrics=metrics,
        bot_state=bot_state,
        closing=closing,
    )

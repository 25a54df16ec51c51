"""What the routes of one application share."""

from collections.abc import Callable
from dataclasses import dataclass

from api.access.gatekeeper import Gatekeeper
from api.metrics import ServerMetrics
from api.options import ApiOptions
from api.workers import WorkerPool
from rag.serving.collections import Collections


@dataclass(frozen=True, slots=True)
class ApiContext:
    """The parts of one application.

    No route has a backend of its own: what a request may see is the view that the gatekeeper gave
    it (`api.access.seeing`).
    `workers` answer what people ask. `background` is one thread for work that asks many questions
    by itself, so that people's questions do not wait for it; `drawing` one for pages of files.
    `bot_state` gives the state of the
    bot, `closing` whether the server is about to end.
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

    def close(self) -> None:
        """Drops what waits for a thread."""
        self.workers.close()
        self.background.close()
        self.drawing.close()


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

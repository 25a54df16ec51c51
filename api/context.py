"""What the routes of one application share."""

from collections.abc import Callable
from dataclasses import dataclass

from api.access.gatekeeper import Gatekeeper
from api.access.rate_limits import RateLimits
from api.metrics import ServerMetrics
from api.options import ApiOptions
from api.workers import WorkerPool
from rag.serving.backend import Backend


@dataclass(frozen=True, slots=True)
class ApiContext:
    """The parts of one application.

    `workers` answer what people ask. `background` is one thread for work that asks many questions
    by itself, so that people's questions do not wait for it; `drawing` one for pages of files.
    `bot_state` gives the state of the
    bot, `closing` whether the server is about to end.
    """

    backend: Backend
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
    backend: Backend,
    options: ApiOptions,
    metrics: ServerMetrics,
    *,
    bot_state: Callable[[], str] = lambda: "off",
    closing: Callable[[], bool] = lambda: False,
) -> ApiContext:
    """The parts as the options say. Raises SettingsError for options that cannot work."""
    return ApiContext(
        backend=backend,
        options=options,
        gatekeeper=Gatekeeper(
            options.api_keys, options.admin_token, RateLimits(options.rate_limit)
        ),
        workers=WorkerPool(options.threads, options.queue, options.seconds, metrics),
        background=WorkerPool(1, options.queue, options.seconds, metrics),
        drawing=WorkerPool(1, options.queue, options.seconds, metrics),
        metrics=metrics,
        bot_state=bot_state,
        closing=closing,
    )

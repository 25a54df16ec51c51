"""What the routes of one application share."""

from collections.abc import Callable
from dataclasses import dataclass

from api.access.gatekeeper import Gatekeeper
from api.metrics import ServerMetrics
from api.options import ApiOptions
from api.workers import WorkerPool
from rag.serving.backend import Backend


@dataclass(frozen=True, slots=True)
class ApiContext:
    """The parts of one application.

    `workers` answer what people ask. `background` is one thread for work that asks many questions
    by itself, so that people's questions do not wait for it. `bot_state` gives the state of the
    bot, `closing` whether the server is about to end.
    """

    backend: Backend
    options: ApiOptions
    gatekeeper: Gatekeeper
    workers: WorkerPool
    background: WorkerPool
    metrics: ServerMetrics
    bot_state: Callable[[], str]
    closing: Callable[[], bool]

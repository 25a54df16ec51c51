"""How the server fares, for those who watch it."""

from fastapi import APIRouter
from starlette.responses import Response

from api import metrics
from api.parts import Parts
from api.problems import Refusal
from api.schemas import Health, Readiness
from rag.errors import StoreError
from rag.serving.rebuilds import State


def router(parts: Parts) -> APIRouter:
    """The routes for watchers. The first two are open to all, and never counted."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def check_health() -> Health:
        """Whether the process lives."""
        return Health(version=parts.options.version)

    @routes.get("/readyz")
    async def check_readiness() -> Readiness:
        """Whether questions are answered: 503 until there is an index."""
        try:
            generation = parts.serving.service.generation.name
        except StoreError as error:
            raise Refusal(
                503,
                "unavailable",
                _building(parts) or str(error),
                headers={"Retry-After": "5"},
                members={"bot": parts.bot_state()},
            ) from error
        return Readiness(
            generation=generation, bot=parts.bot_state(), problem=parts.serving.problem
        )

    @routes.get(
        "/metrics",
        dependencies=parts.access.reading,
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def read_metrics() -> Response:
        """Counts and times in Prometheus' text format."""
        parts.metrics.look(parts.rebuilds)
        return Response(parts.metrics.exposition(), media_type=metrics.MEDIA_TYPE)

    return routes


def _building(parts: Parts) -> str | None:
    """What there is to say of an index that is still to come."""
    job = parts.rebuilds.last
    if job is None or job.state is State.DONE:
        return None
    if job.state is State.RUNNING:
        return f"The index is being built: {job.stage or 'starting'} {job.done}/{job.total}."
    return job.error

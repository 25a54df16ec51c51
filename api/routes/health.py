"""Liveness, readiness and metrics."""

from fastapi import APIRouter
from starlette.responses import Response

from api.context import ApiContext
from api.http.problems import Refusal
from api.metrics import MEDIA_TYPE
from api.schemas.health import Health, Readiness
from rag.errors import StoreError
from rag.serving.rebuilds import JobState


def router(context: ApiContext) -> APIRouter:
    """The routes for monitoring. The first two need no key and have no rate limit."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def check_health() -> Health:
        """Whether the process is alive."""
        return Health(version=context.options.version)

    @routes.get("/readyz")
    async def check_readiness() -> Readiness:
        """Whether questions are answered: 503 until there is an index."""
        try:
            generation = context.backend.live.service.generation.name
        except StoreError as error:
            raise Refusal(
                503,
                "unavailable",
                _build_in_progress(context) or str(error),
                headers={"Retry-After": "5"},
                members={"bot": context.bot_state()},
            ) from error
        return Readiness(
            generation=generation, bot=context.bot_state(), problem=context.backend.live.problem
        )

    @routes.get(
        "/metrics",
        dependencies=context.gatekeeper.may_read,
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def get_metrics() -> Response:
        """Counters and timings in Prometheus' text format."""
        context.metrics.count_rebuilds(context.backend.rebuilds)
        return Response(context.metrics.exposition(), media_type=MEDIA_TYPE)

    return routes


def _build_in_progress(context: ApiContext) -> str | None:
    """The progress of the first build, or why it failed; None if none was started."""
    job = context.backend.rebuilds.last_job
    if job is None or job.state is JobState.DONE:
        return None
    if job.state is JobState.RUNNING:
        return f"The index is being built: {job.stage or 'starting'} {job.done}/{job.total}."
    return job.error

"""Liveness, readiness and metrics."""

from contextlib import suppress

from fastapi import APIRouter
from starlette.responses import Response

from api.context import ApiContext
from api.http.problems import Refusal
from api.metrics import MEDIA_TYPE
from api.schemas.health import Health, Readiness
from rag.errors import StoreError
from rag.serving.collections import ANYBODY, View
from rag.serving.rebuilds import JobState

_NO_INDEX = "There is no index yet."


def router(context: ApiContext) -> APIRouter:
    """The routes for monitoring. The first two need no key and have no rate limit, so they tell
    nothing but of what everybody may see.
    """
    public = context.collections.seen_by(ANYBODY)
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def check_health() -> Health:
        """Whether the process is alive."""
        return Health(version=context.options.version)

    @routes.get("/readyz")
    async def check_readiness() -> Readiness:
        """Whether questions are answered: 503 until there is an index."""
        try:
            context.collections.everything.check_served()
        except StoreError as error:
            raise Refusal(
                503,
                "unavailable",
                _why_not(public, error),
                headers={"Retry-After": "5"},
                members={"bot": context.bot_state()},
            ) from error
        served, problems = [], []
        for each in public.collections:
            live = each.backend.live
            problems += [live.problem] if live.problem is not None else []
            with suppress(StoreError):
                served.append(live.service.generation.name)
        return Readiness(
            generation="+".join(served),
            bot=context.bot_state(),
            problem=next(iter(problems), None),
        )

    @routes.get(
        "/metrics",
        dependencies=context.gatekeeper.may_measure,
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def get_metrics() -> Response:
        """Counters and timings in Prometheus' text format. Where there are collections, they need
        the admin token.
        """
        for backend in context.collections.everything.backends:
            context.metrics.count_rebuilds(backend.rebuilds)
        return Response(context.metrics.exposition(), media_type=MEDIA_TYPE)

    return routes


def _why_not(public: View, error: StoreError) -> str:
    """The progress of the first build, or why it failed; of what everybody may see."""
    for each in public.collections:
        job = each.backend.rebuilds.last_job
        if job is not None and job.state is JobState.RUNNING:
            return f"The index is being built: {job.stage or 'starting'} {job.done}/{job.total}."
        if job is not None and job.error is not None:
            return job.error
    return _NO_INDEX if public.named else str(error)

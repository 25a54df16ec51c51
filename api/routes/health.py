"""Liveness, readiness and metrics."""

from contextlib import suppress

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from api.context import context_of
from api.guards import may_measure
from api.http.problems import Refusal
from api.metrics import MEDIA_TYPE
from api.schemas.health import Health, Readiness
from rag.errors import StoreError
from rag.serving.collections import ANYBODY, View
from rag.serving.rebuilds import JobState

_NO_INDEX = "There is no index yet."

# The first two need no key and have no rate limit, so they tell nothing but of what everybody may
# see.
router = APIRouter(tags=["health"])


@router.get("/healthz")
async def check_health(request: Request) -> Health:
    """Whether the process is alive."""
    return Health(version=context_of(request).options.version)


@router.get("/readyz")
async def check_readiness(request: Request) -> Readiness:
    """Whether questions are answered: 503 until there is an index."""
    context = context_of(request)
    public = context.collections.seen_by(ANYBODY)
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


@router.get(
    "/metrics",
    dependencies=[Depends(may_measure)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_metrics(request: Request) -> Response:
    """Counters and timings in Prometheus' text format. Where there are collections, they need
    the admin token.
    """
    context = context_of(request)
    for backend in context.collections.everything.backends:
        context.metrics.count_rebuilds(backend.rebuilds)
    return Response(context.metrics.exposition(), media_type=MEDIA_TYPE)


def _why_not(public: View, error: StoreError) -> str:
    """The progress of the first build, or why it failed; of what everybody may see."""
    for each in public.collections:
        job = each.backend.rebuilds.last_job
        if job is not None and job.state is JobState.RUNNING:
            return f"The index is being built: {job.stage or 'starting'} {job.done}/{job.total}."
        if job is not None and job.error is not None:
            return job.error
    return _NO_INDEX if public.named else str(error)

"""The served index and its rebuilds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.context import ApiContext
from api.http.negotiation import EVENTS, prefers
from api.http.problems import Refusal
from api.schemas.index import IndexState, RebuildJob
from api.schemas.uploads import UploadRules
from rag.errors import StoreError
from rag.serving.rebuilds import Job, JobState
from rag.serving.uploads import UploadFolder, readable_types

#: Seconds between two checks of a job that is followed as events.
_CHECK_INTERVAL = 0.25
#: After this many checks without a change, a comment keeps proxies from closing the stream.
_CHECKS_UNTIL_COMMENT = 40
_UNKNOWN_JOB = (
    "There is no rebuild of this id; only the last few are remembered, and none from before a "
    "restart. GET /index has the last one."
)


def router(context: ApiContext) -> APIRouter:
    """The routes for the state of the index and for rebuilds."""
    routes = APIRouter(tags=["index"])

    @routes.get("/index", dependencies=context.gatekeeper.may_read)
    async def get_index(request: Request) -> IndexState:
        """The served generation: model, counts, size, and the files that were skipped."""
        return await context.workers.run_blocking(request, lambda: _state(context, _root(request)))

    @routes.post(
        "/index/rebuild",
        status_code=202,
        dependencies=context.gatekeeper.may_administer,
    )
    async def rebuild_index(request: Request, response: Response) -> RebuildJob:
        """Starts a rebuild, or returns the one that is running. Needs the admin token."""
        view = _job(context.backend.rebuilds.start_rebuild(), _root(request))
        context.metrics.count_rebuilds(context.backend.rebuilds)
        response.headers["Location"] = view.url
        return view

    _add_jobs(routes, context)
    return routes


def _add_jobs(routes: APIRouter, context: ApiContext) -> None:
    """Rebuilds that were started."""

    @routes.get(
        "/index/jobs/{identity}",
        dependencies=context.gatekeeper.may_read,
        response_model=RebuildJob,
        responses={
            200: {"content": {EVENTS: {}}},
        },
    )
    async def get_job(request: Request, identity: str) -> Response:
        """A rebuild's state; as server-sent events for clients that accept them."""
        job = context.backend.rebuilds.job(identity)
        if job is None:
            raise Refusal(404, "unknown_job", _UNKNOWN_JOB)
        headers = {"Vary": "Accept"}
        if prefers(request.scope, EVENTS):
            # Nginx would buffer the events.
            headers["X-Accel-Buffering"] = "no"
            events = _events(context, identity, _root(request))
            return StreamingResponse(events, media_type=EVENTS, headers=headers)
        content = _job(job, _root(request)).model_dump_json()
        return Response(content, media_type="application/json", headers=headers)


async def _events(context: ApiContext, identity: str, root: str) -> AsyncIterator[bytes]:
    """The job's state whenever it changes, until the job or the server ends."""
    before, quiet = None, 0
    while (job := context.backend.rebuilds.job(identity)) is not None:
        if job != before:
            before, quiet = job, 0
            yield format_sse_event(event="job", data_str=_job(job, root).model_dump_json())
        if job.state is not JobState.RUNNING or context.closing():
            return
        quiet += 1
        if quiet % _CHECKS_UNTIL_COMMENT == 0:
            yield format_sse_event(comment="still running")
        await asyncio.sleep(_CHECK_INTERVAL)


def _state(context: ApiContext, root: str) -> IndexState:
    last = context.backend.rebuilds.last_job
    state = IndexState(
        problem=context.backend.live.problem,
        job=_job(last, root) if last is not None else None,
        uploads=_rules(context.backend.uploads),
    )
    try:
        generation = context.backend.live.service.generation
    except StoreError as error:
        return state.model_copy(update={"problem": str(error)})
    manifest = generation.manifest
    age = datetime.now(UTC) - datetime.fromisoformat(manifest.created)
    return IndexState.model_validate(
        {
            **state.model_dump(),
            "generation": manifest.name,
            "created": manifest.created,
            "age_seconds": round(age.total_seconds(), 1),
            "model": manifest.model,
            "folder": manifest.folder,
            "counts": manifest.counts,
            "dates": generation.listing.dates,
            "skipped": manifest.skipped,
            "bytes": generation.bytes_on_disk(),
        }
    )


def _rules(folder: UploadFolder | None) -> UploadRules | None:
    if folder is None:
        return None
    return UploadRules(folder=folder.name, most_bytes=folder.most_bytes, types=readable_types())


def _job(job: Job, root: str) -> RebuildJob:
    return RebuildJob(url=f"{root}/index/jobs/{job.id}", **asdict(job))


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))

"""The index: its state, and rebuilds of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.negotiation import EVENTS, prefers
from api.parts import Parts
from api.problems import Refusal
from api.schemas import IndexState, JobView
from rag.errors import StoreError
from rag.serving.rebuilds import Job, State

#: Seconds between two looks at a job that somebody follows.
_LOOK = 0.25
#: After so many looks without news a comment keeps proxies from closing the stream.
_QUIET = 40
_UNKNOWN_JOB = (
    "There is no rebuild of this id; only the last few are remembered, and none from before a "
    "restart. GET /index has the last one."
)


def router(parts: Parts) -> APIRouter:
    """The routes that tell of the index and rebuild it."""
    routes = APIRouter(tags=["index"])

    @routes.get("/index", dependencies=parts.access.reading)
    async def read_index(request: Request) -> IndexState:
        """What is served: generation, model, counts, what was skipped and why."""
        return await parts.searches.run(request, lambda: _state(parts, _root(request)))

    @routes.post(
        "/index/rebuild",
        status_code=202,
        dependencies=parts.access.administering,
    )
    async def rebuild_index(request: Request, response: Response) -> JobView:
        """Starts a rebuild, or gives the one that is running. Needs the admin token."""
        view = _job(parts.rebuilds.start(), _root(request))
        parts.metrics.look(parts.rebuilds)
        response.headers["Location"] = view.url
        return view

    @routes.get(
        "/index/jobs/{identity}",
        dependencies=parts.access.reading,
        response_model=JobView,
        responses={
            200: {"content": {EVENTS: {}}},
        },
    )
    async def read_job(request: Request, identity: str) -> Response:
        """A rebuild as it stands; as server-sent events to whoever accepts them."""
        job = parts.rebuilds.job(identity)
        if job is None:
            raise Refusal(404, "unknown_job", _UNKNOWN_JOB)
        headers = {"Vary": "Accept"}
        if prefers(request.scope, EVENTS):
            # Nginx would keep events until it has a page of them.
            headers["X-Accel-Buffering"] = "no"
            events = _events(parts, identity, _root(request))
            return StreamingResponse(events, media_type=EVENTS, headers=headers)
        content = _job(job, _root(request)).model_dump_json()
        return Response(content, media_type="application/json", headers=headers)

    return routes


async def _events(parts: Parts, identity: str, root: str) -> AsyncIterator[bytes]:
    """The job whenever it changes, until it has ended or the server does."""
    before, quiet = None, 0
    while (job := parts.rebuilds.job(identity)) is not None:
        if job != before:
            before, quiet = job, 0
            yield format_sse_event(event="job", data_str=_job(job, root).model_dump_json())
        if job.state is not State.RUNNING or parts.closing():
            return
        quiet += 1
        if quiet % _QUIET == 0:
            yield format_sse_event(comment="still running")
        await asyncio.sleep(_LOOK)


def _state(parts: Parts, root: str) -> IndexState:
    last = parts.rebuilds.last
    state = IndexState(
        problem=parts.serving.problem, job=_job(last, root) if last is not None else None
    )
    try:
        manifest = parts.serving.service.generation.manifest
    except StoreError as error:
        return state.model_copy(update={"problem": str(error)})
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
            "skipped": manifest.skipped,
            "bytes": _size(parts.options.home / "generations" / manifest.name),
        }
    )


def _size(folder: Path) -> int | None:
    """The bytes of a generation; None when another took its place meanwhile."""
    try:
        return sum(path.stat().st_size for path in folder.iterdir())
    except OSError:
        return None


def _job(job: Job, root: str) -> JobView:
    return JobView(url=f"{root}/index/jobs/{job.id}", **asdict(job))


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))

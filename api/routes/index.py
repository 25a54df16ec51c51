"""The served index and its rebuilds."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.access.seeing import One, Seen, view_of
from api.context import ApiContext, context_of
from api.guards import may_administer, may_read
from api.http.negotiation import EVENTS, prefers
from api.http.problems import Refusal
from api.schemas.index import CollectionItem, IndexState, RebuildJob
from api.schemas.unnamed import plain_data
from api.schemas.uploads import UploadRules
from rag.errors import StoreError
from rag.serving.collections import Collection, View
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

router = APIRouter(tags=["index"])


@router.get("/index", dependencies=[Depends(may_read)], response_model=IndexState)
async def get_index(request: Request, view: Seen) -> Response:
    """The served generation: model, counts, size, and the files that were skipped.

    Of several collections it has the sums, and in `collections` each that may be seen.
    """
    seen = view_of(request)
    state = await context_of(request).workers.run_blocking(
        request, lambda: _state(view, seen, _root(request))
    )
    return JSONResponse(plain_data(state))


@router.post(
    "/index/rebuild",
    status_code=202,
    dependencies=[Depends(may_administer)],
)
async def rebuild_index(request: Request, response: Response, collection: One) -> RebuildJob:
    """Starts a rebuild, or returns the one that is running. Needs the admin token."""
    rebuilds = collection.backend.rebuilds
    view = _job(collection, rebuilds.start_rebuild(), _root(request))
    context_of(request).metrics.count_rebuilds(rebuilds)
    response.headers["Location"] = view.url
    return view


@router.get(
    "/index/jobs/{identity}",
    dependencies=[Depends(may_read)],
    response_model=RebuildJob,
    responses={
        200: {"content": {EVENTS: {}}},
    },
)
async def get_job(request: Request, view: Seen, identity: str) -> Response:
    """A rebuild's state; as server-sent events for clients that accept them."""
    collection, job = _found(view, identity)
    headers = {"Vary": "Accept"}
    if prefers(request.scope, EVENTS):
        # Nginx would buffer the events.
        headers["X-Accel-Buffering"] = "no"
        events = _events(context_of(request), collection, identity, _root(request))
        return StreamingResponse(events, media_type=EVENTS, headers=headers)
    content = _job(collection, job, _root(request)).model_dump_json()
    return Response(content, media_type="application/json", headers=headers)


def _found(view: View, identity: str) -> tuple[Collection, Job]:
    """The rebuild of an id with its collection. Raises Refusal where none of these has it."""
    for collection in view.collections:
        job = collection.backend.rebuilds.job(identity)
        if job is not None:
            return collection, job
    raise Refusal(404, "unknown_job", _UNKNOWN_JOB)


async def _events(
    context: ApiContext, collection: Collection, identity: str, root: str
) -> AsyncIterator[bytes]:
    """The job's state whenever it changes, until the job or the server ends."""
    before, quiet = None, 0
    while (job := collection.backend.rebuilds.job(identity)) is not None:
        if job != before:
            before, quiet = job, 0
            said = _job(collection, job, root).model_dump_json()
            yield format_sse_event(event="job", data_str=said)
        if job.state is not JobState.RUNNING or context.closing():
            return
        quiet += 1
        if quiet % _CHECKS_UNTIL_COMMENT == 0:
            yield format_sse_event(comment="still running")
        await asyncio.sleep(_CHECK_INTERVAL)


def _state(view: View, seen: View, root: str) -> IndexState:
    """The state of one index, or of several together; `seen` are all that may be seen."""
    states = [_state_of(each, root) for each in view.collections]
    if not view.named:
        return states[0]
    items = [
        CollectionItem(
            name=each.name,
            title=each.title,
            generation=state.generation,
            counts=state.counts,
            problem=state.problem,
            building=state.job is not None and state.job.state == "running",
        )
        for each in seen.collections
        for state in [_state_of(each, root)]
    ]
    whole = states[0] if len(states) == 1 else _together(states)
    return whole.model_copy(update={"collections": items})


def _together(states: list[IndexState]) -> IndexState:
    """The state of several indexes together; no generation until one is served."""
    served = [each for each in states if each.generation is not None]
    dates = [each.dates for each in served if each.dates is not None]
    names = sorted({name for each in served for name in each.counts})
    running = [each.job for each in states if each.job and each.job.state == "running"]
    return IndexState(
        generation="+".join(each.generation or "" for each in served) or None,
        created=max((each.created or "" for each in served), default=None),
        age_seconds=min((each.age_seconds or 0.0 for each in served), default=None),
        model=served[0].model if served else None,
        counts={name: sum(each.counts.get(name, 0) for each in served) for name in names},
        dates=(min(a for a, _ in dates), max(b for _, b in dates)) if dates else None,
        skipped=[file for each in served for file in each.skipped],
        bytes=sum(each.bytes or 0 for each in served),
        problem=next((each.problem for each in states if each.problem), None),
        job=next(iter(running), None),
    )


def _state_of(collection: Collection, root: str) -> IndexState:
    backend = collection.backend
    last = backend.rebuilds.last_job
    state = IndexState(
        problem=backend.live.problem,
        job=_job(collection, last, root) if last is not None else None,
        uploads=_rules(backend.uploads),
    )
    try:
        generation = backend.live.service.generation
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


def _job(collection: Collection, job: Job, root: str) -> RebuildJob:
    url = root + collection.address(f"/index/jobs/{job.id}")
    return RebuildJob(url=url, **asdict(job))


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))

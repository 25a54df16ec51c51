"""Documents given, removed and brought back; the watcher brings the index up to date."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.context import ApiContext
from api.http.problems import Refusal
from api.schemas.uploads import GivenDocument, UploadChange, UploadList
from rag import Generation
from rag.errors import StoreError, UploadCode
from rag.serving.uploads import Change, UploadFolder, outcome_of

_OFF = (
    "This server takes no documents in. Set WENDA_UPLOADS to a folder inside the documents and "
    "start it again."
)
_UNKNOWN = "There is no such change, or it is too long ago. GET /uploads lists those of late."
_GONE = "The client has gone."
_BINARY = {
    "requestBody": {
        "required": True,
        "description": "The file as it is.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}

Name = Annotated[
    str, Path(max_length=1000, description="The name, or a path below the folder of uploads.")
]
Overwrite = Annotated[
    bool, Query(description="Whether a document of the same name may be replaced.")
]
Identity = Annotated[str, Path(max_length=100)]


def router(context: ApiContext) -> APIRouter:
    """The routes for given documents; all of them need the admin token."""
    routes = APIRouter(tags=["uploads"], dependencies=context.gatekeeper.may_manage)

    @routes.put("/documents/{identity:path}", status_code=201, openapi_extra=_BINARY)
    async def give_document(
        request: Request, response: Response, identity: Name, overwrite: Overwrite = False
    ) -> UploadChange:
        """Takes a document in: 201, or 200 where it replaces one or is there already.

        One of the same name with other content is replaced only with `overwrite`; else it is
        refused with 409.
        """
        change = await _receive(request, _folder(context), identity, overwrite=overwrite)
        response.status_code = 201 if change.action == "added" else 200
        return await _shown(context, request, change)

    @routes.delete("/documents/{identity:path}")
    async def remove_document(request: Request, identity: Name) -> UploadChange:
        """Removes a given document; `undo` brings it back."""
        folder = _folder(context)
        change = await asyncio.to_thread(folder.remove_document, identity)
        return await _shown(context, request, change)

    _add_changes(routes, context)
    return routes


def _add_changes(routes: APIRouter, context: ApiContext) -> None:
    """What was given, and what became of it."""

    @routes.get("/uploads")
    async def list_uploads(request: Request) -> UploadList:
        """The given documents, and the changes of late."""
        return await asyncio.to_thread(_listed, context, _folder(context), _root(request))

    @routes.get("/uploads/{identity}")
    async def get_change(request: Request, identity: Identity) -> UploadChange:
        """A change, and what became of it."""
        change = await asyncio.to_thread(_folder(context).change, identity)
        if change is None:
            raise Refusal(404, UploadCode.NO_CHANGE, _UNKNOWN)
        return await _shown(context, request, change)

    @routes.post("/uploads/{identity}/undo")
    async def undo_change(request: Request, identity: Identity) -> UploadChange:
        """Takes a change back: what was removed or replaced is there again."""
        change = await asyncio.to_thread(_folder(context).undo_change, identity)
        return await _shown(context, request, change)


async def _receive(request: Request, folder: UploadFolder, name: str, *, overwrite: bool) -> Change:
    """Writes the body aside as it comes, then puts it in its place."""
    said = request.headers.get("content-length", "")
    folder.check_name(name, int(said) if said.isdecimal() else None)
    document = await asyncio.to_thread(folder.receive, name)
    with document:
        try:
            async for piece in request.stream():
                await asyncio.to_thread(document.write, piece)
        except ClientDisconnect:
            raise Refusal(499, "gone", _GONE) from None
        return await asyncio.to_thread(document.finish, overwrite=overwrite)


def _folder(context: ApiContext) -> UploadFolder:
    if context.backend.uploads is None:
        raise Refusal(403, "no_uploads", _OFF)
    return context.backend.uploads


async def _shown(context: ApiContext, request: Request, change: Change) -> UploadChange:
    (view,) = await asyncio.to_thread(_views, context, [change], _root(request))
    return view


def _listed(context: ApiContext, folder: UploadFolder, root: str) -> UploadList:
    generation = _generation(context)
    seeds = folder.name.partition("/")[0]
    files = []
    for given in folder.files():
        stored = generation.corpus.file_at(given.path) if generation is not None else None
        files.append(
            GivenDocument(
                name=given.name,
                path=f"{seeds}/{given.path}",
                bytes=given.bytes,
                indexed=stored is not None and stored.documents > 0,
                reason=stored.reason if stored is not None else None,
            )
        )
    return UploadList(
        folder=folder.name,
        most_bytes=folder.most_bytes,
        files=files,
        changes=_views(context, folder.newest_changes(), root),
    )


def _views(context: ApiContext, changes: Sequence[Change], root: str) -> list[UploadChange]:
    folder, generation = _folder(context), _generation(context)
    job, later = context.backend.rebuilds.last_job, folder.newest_changes()
    seeds = folder.name.partition("/")[0]
    views = []
    for change in changes:
        outcome = outcome_of(change, generation, job, later)
        url = f"{root}/uploads/{change.id}"
        views.append(
            UploadChange(
                id=change.id,
                url=url,
                at=change.at,
                action=change.action,
                path=f"{seeds}/{change.path}",
                bytes=change.bytes,
                state=outcome.state,
                reason=outcome.reason,
                document=outcome.document and f"{root}/documents/{outcome.document}",
                undo=f"{url}/undo" if change.undoable else None,
            )
        )
    return views


def _generation(context: ApiContext) -> Generation | None:
    try:
        return context.backend.live.service.generation
    except StoreError:
        return None


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))

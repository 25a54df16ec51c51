"""Uploads: documents given, removed and brought back; the watcher brings the index up to date."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.access.seeing import One
from api.guards import may_manage
from api.http.problems import Refusal
from api.schemas.uploads import GivenDocument, UploadChange, UploadList
from rag import Generation
from rag.errors import StoreError, UploadCode
from rag.serving.collections import Collection
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

router = APIRouter(tags=["uploads"], dependencies=[Depends(may_manage)])


@router.put("/documents/{identity:path}", status_code=201, openapi_extra=_BINARY)
async def give_document(
    request: Request,
    response: Response,
    collection: One,
    identity: Name,
    overwrite: Overwrite = False,
) -> UploadChange:
    """Takes a document in: 201, or 200 where it replaces one or is there already.

    One of the same name with other content is replaced only with `overwrite`; else it is
    refused with 409.
    """
    change = await _receive(request, _folder(collection), identity, overwrite=overwrite)
    response.status_code = 201 if change.action == "added" else 200
    return await _shown(collection, request, change)


@router.delete("/documents/{identity:path}")
async def remove_document(request: Request, collection: One, identity: Name) -> UploadChange:
    """Removes a given document; `undo` brings it back."""
    folder = _folder(collection)
    change = await asyncio.to_thread(folder.remove_document, identity)
    return await _shown(collection, request, change)


@router.get("/uploads")
async def list_uploads(request: Request, collection: One) -> UploadList:
    """The given documents, and the changes of late."""
    return await asyncio.to_thread(_listed, collection, _folder(collection), _root(request))


@router.get("/uploads/{identity}")
async def get_change(request: Request, collection: One, identity: Identity) -> UploadChange:
    """A change, and what became of it.

    404 where it is unknown or long ago.
    """
    change = await asyncio.to_thread(_folder(collection).change, identity)
    if change is None:
        raise Refusal(404, UploadCode.NO_CHANGE, _UNKNOWN)
    return await _shown(collection, request, change)


@router.post("/uploads/{identity}/undo")
async def undo_change(request: Request, collection: One, identity: Identity) -> UploadChange:
    """Takes a change back: what was removed or replaced is there again."""
    change = await asyncio.to_thread(_folder(collection).undo_change, identity)
    return await _shown(collection, request, change)


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


def _folder(collection: Collection) -> UploadFolder:
    if collection.backend.uploads is None:
        raise Refusal(403, "no_uploads", _OFF)
    return collection.backend.uploads


async def _shown(collection: Collection, request: Request, change: Change) -> UploadChange:
    (view,) = await asyncio.to_thread(_views, collection, [change], _root(request))
    return view


def _listed(collection: Collection, folder: UploadFolder, root: str) -> UploadList:
    generation = _generation(collection)
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
        changes=_views(collection, folder.newest_changes(), root),
    )


def _views(collection: Collection, changes: Sequence[Change], root: str) -> list[UploadChange]:
    folder, generation = _folder(collection), _generation(collection)
    job, later = collection.backend.rebuilds.last_job, folder.newest_changes()
    seeds = folder.name.partition("/")[0]
    views = []
    for change in changes:
        outcome = outcome_of(change, generation, job, later)
        document = outcome.document
        url = f"/uploads/{change.id}"
        views.append(
            UploadChange(
                id=change.id,
                url=root + collection.address(url),
                at=change.at,
                action=change.action,
                path=f"{seeds}/{change.path}",
                bytes=change.bytes,
                state=outcome.state,
                reason=outcome.reason,
                document=document and root + collection.address(f"/documents/{document}"),
                undo=root + collection.address(f"{url}/undo") if change.undoable else None,
            )
        )
    return views


def _generation(collection: Collection) -> Generation | None:
    try:
        return collection.backend.live.service.generation
    except StoreError:
        return None


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))

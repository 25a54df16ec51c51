"""The documents of the index."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.access.seeing import Seen
from api.context import context_of
from api.guards import may_read
from api.http.problems import Refusal
from api.schemas.documents import (
    DocumentItem,
    DocumentList,
    DocumentMetadata,
    LeftOutPart,
    ParagraphItem,
    WholeDocument,
)
from api.schemas.unnamed import plain_data
from rag import Document, DocumentFacts, LeftOut
from rag.serving.collections import FoundDocument, View

Identity = Annotated[str, Path(max_length=300, examples=["panjin-2022"])]
Limit = Annotated[int, Query(ge=1, le=1000, description="How many documents to return.")]
After = Annotated[
    str | None, Query(max_length=300, description="The id after which the part begins.")
]
Filter = Annotated[str, Query(max_length=200, description="A part of the title or the path.")]
_UNKNOWN_AFTER = (
    "There is no document with the id that `after` names; the index may have changed meanwhile. "
    "Begin again without `after`."
)
UNKNOWN = (
    "The index has no document with this id; it may have been removed. GET /documents lists all."
)

router = APIRouter(tags=["documents"], dependencies=[Depends(may_read)])


@router.get("/documents", response_model=DocumentList)
async def list_documents(
    request: Request, view: Seen, limit: Limit = 100, after: After = None, q: Filter = ""
) -> Response:
    """The documents without their texts, in parts.

    `next` of one part is `after` of the next one. `q` leaves only documents whose title or
    path contains it, ignoring case.

    404 where no document has the id `after`.
    """
    listed = await context_of(request).workers.run_blocking(
        request, lambda: _listed(view, limit, after, q)
    )
    if listed is None:
        raise Refusal(404, "unknown_document", _UNKNOWN_AFTER)
    return Response(listed, media_type=JSONResponse.media_type)


@router.get("/documents/{identity:path}", response_model=WholeDocument)
async def get_document(request: Request, view: Seen, identity: Identity) -> Response:
    """A document with its text and paragraphs. A browser gets the page that shows it.

    404 where no document has this id.
    """
    # Serialized in the thread too: a document may be large.
    found = await context_of(request).workers.run_blocking(request, lambda: _found(view, identity))
    if found is None:
        raise Refusal(404, "unknown_document", UNKNOWN)
    return Response(found, media_type=JSONResponse.media_type, headers={"Vary": "Accept"})


def _listed(view: View, limit: int, after: str | None, containing: str) -> str | None:
    """A part of the list as JSON; None when no document has the id `after`."""
    listed = document_list(view, limit, after, containing)
    if listed is None:
        return None
    plain = plain_data(listed)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def document_list(
    view: View, limit: int, after: str | None, containing: str
) -> DocumentList | None:
    """A part of the list; None when no document has the id `after`."""
    part = view.list_documents(limit, after, containing)
    if part is None:
        return None
    documents = [
        DocumentItem(**metadata(facts, *where).model_dump(), paragraphs=facts.paragraphs)
        for facts, *where in part.documents
    ]
    return DocumentList(documents=documents, total=part.total, next=part.next)


def _found(view: View, identity: str) -> str | None:
    found = view.find_document(identity)
    if found is None:
        return None
    left_out = found.service.generation.corpus.left_out(identity)
    unnamed = {"collection"} if not found.collection else None
    return _whole(found, left_out).model_dump_json(exclude=unnamed)


def metadata(document: Document | DocumentFacts, folder: str, collection: str) -> DocumentMetadata:
    """What a document is, without its text; `folder` is the name of the folder of documents."""
    return DocumentMetadata(
        id=document.id,
        path=f"{folder}/{document.path}",
        title=document.title,
        date=document.date,
        source=document.source,
        language=document.language,
        script=document.script,
        collection=collection or None,
    )


def _whole(found: FoundDocument, left_out: Sequence[LeftOut]) -> WholeDocument:
    document, folder = found.document, found.service.generation.manifest.folder
    paragraphs = [
        ParagraphItem(
            ordinal=each.ordinal,
            section=each.section,
            lines=list(each.lines),
            page=each.page,
            start=each.start,
            end=each.end,
            sentences=[[s.start, s.end] for s in each.sentences],
            kind=each.kind,
            recognized=each.recognized,
        )
        for each in document.paragraphs
    ]
    facts = metadata(document, folder, found.collection).model_dump()
    parts = [LeftOutPart(**asdict(part)) for part in left_out]
    return WholeDocument(**facts, text=document.text, paragraphs=paragraphs, left_out=parts)

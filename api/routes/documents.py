"""The documents of the index."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.context import ApiContext
from api.http.problems import Refusal
from api.schemas.documents import (
    DocumentItem,
    DocumentList,
    DocumentMetadata,
    LeftOutPart,
    ParagraphItem,
    WholeDocument,
)
from rag import Document, DocumentFacts, LeftOut, Service

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


def router(context: ApiContext) -> APIRouter:
    """The routes that read documents."""
    routes = APIRouter(tags=["documents"], dependencies=context.gatekeeper.may_read)

    @routes.get("/documents", response_model=DocumentList)
    async def list_documents(
        request: Request, limit: Limit = 100, after: After = None, q: Filter = ""
    ) -> Response:
        """The documents without their texts, in parts.

        `next` of one part is `after` of the next one. `q` leaves only documents whose title or
        path contains it, ignoring case.
        """
        service = context.backend.live.service
        listed = await context.workers.run_blocking(
            request, lambda: _listed(service, limit, after, q)
        )
        if listed is None:
            raise Refusal(404, "unknown_document", _UNKNOWN_AFTER)
        return Response(listed, media_type=JSONResponse.media_type)

    @routes.get("/documents/{identity:path}", response_model=WholeDocument)
    async def get_document(request: Request, identity: Identity) -> Response:
        """A document with its text and paragraphs. A browser gets the page that shows it."""
        service = context.backend.live.service
        # Serialized in the thread too: a document may be large.
        found = await context.workers.run_blocking(request, lambda: _found(service, identity))
        if found is None:
            raise Refusal(404, "unknown_document", UNKNOWN)
        return Response(found, media_type=JSONResponse.media_type, headers={"Vary": "Accept"})

    return routes


def _listed(service: Service, limit: int, after: str | None, containing: str) -> str | None:
    """A part of the list as JSON; None when no document has the id `after`."""
    listed = document_list(service, limit, after, containing)
    return None if listed is None else listed.model_dump_json()


def document_list(
    service: Service, limit: int, after: str | None, containing: str
) -> DocumentList | None:
    """A part of the list; None when no document has the id `after`."""
    folder = service.generation.manifest.folder
    part = service.generation.listing.part_after(limit, after=after, containing=containing)
    if part is None:
        return None
    documents = [
        DocumentItem(**metadata(facts, folder).model_dump(), paragraphs=facts.paragraphs)
        for facts in part.documents
    ]
    following = documents[-1].id if part.more else None
    return DocumentList(documents=documents, total=part.total, next=following)


def _found(service: Service, identity: str) -> str | None:
    document = service.generation.corpus.document(identity)
    if document is None:
        return None
    left_out = service.generation.corpus.left_out(identity)
    return _view(document, left_out, service.generation.manifest.folder).model_dump_json()


def metadata(document: Document | DocumentFacts, folder: str) -> DocumentMetadata:
    """What a document is, without its text; `folder` is the name of the folder of documents."""
    return DocumentMetadata(
        id=document.id,
        path=f"{folder}/{document.path}",
        title=document.title,
        date=document.date,
        source=document.source,
        language=document.language,
        script=document.script,
    )


def _view(document: Document, left_out: Sequence[LeftOut], folder: str) -> WholeDocument:
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
    facts = metadata(document, folder).model_dump()
    parts = [LeftOutPart(**asdict(part)) for part in left_out]
    return WholeDocument(**facts, text=document.text, paragraphs=paragraphs, left_out=parts)

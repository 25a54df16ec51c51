"""The documents that are asked about."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.parts import Parts
from api.problems import Refusal
from api.schemas import DocumentItem, DocumentList, DocumentView, ListedDocument, ParagraphItem
from rag.answering.service import Service
from rag.documents import Document
from rag.index.corpus import DocumentFacts

Identity = Annotated[str, Path(max_length=300, examples=["panjin-2022"])]
_UNKNOWN = (
    "There is no document of this id in the index; it may have been removed. GET /documents "
    "lists those there are."
)


def router(parts: Parts) -> APIRouter:
    """The routes that read documents."""
    routes = APIRouter(tags=["documents"], dependencies=parts.access.reading)

    @routes.get("/documents", response_model=DocumentList)
    async def list_documents(request: Request) -> Response:
        """All documents, without their texts."""
        service = parts.serving.service
        listed = await parts.searches.run(request, lambda: _listed(service).model_dump_json())
        return Response(listed, media_type="application/json")

    @routes.get("/documents/{identity}", response_model=DocumentView)
    async def read_document(request: Request, identity: Identity) -> Response:
        """A document with its text and paragraphs. A browser gets the page that shows it."""
        service = parts.serving.service
        # Made into JSON there too: a document may be large.
        found = await parts.searches.run(request, lambda: _found(service, identity))
        if found is None:
            raise Refusal(404, "unknown_document", _UNKNOWN)
        return Response(found, media_type=JSONResponse.media_type, headers={"Vary": "Accept"})

    return routes


def _listed(service: Service) -> DocumentList:
    folder = service.generation.manifest.folder
    return DocumentList(
        documents=[
            ListedDocument(**_facts(facts, folder).model_dump(), paragraphs=facts.paragraphs)
            for facts in service.generation.corpus.documents()
        ]
    )


def _found(service: Service, identity: str) -> str | None:
    document = service.generation.corpus.document(identity)
    if document is None:
        return None
    return _view(document, service.generation.manifest.folder).model_dump_json()


def _facts(document: Document | DocumentFacts, folder: str) -> DocumentItem:
    return DocumentItem(
        id=document.id,
        path=f"{folder}/{document.path}",
        title=document.title,
        date=document.date,
        source=document.source,
        language=document.language,
        script=document.script,
    )


def _view(document: Document, folder: str) -> DocumentView:
    paragraphs = [
        ParagraphItem(
            ordinal=each.ordinal,
            section=each.section,
            lines=list(each.lines),
            page=each.page,
            start=each.start,
            end=each.end,
            sentences=[[s.start, s.end] for s in each.sentences],
        )
        for each in document.paragraphs
    ]
    facts = _facts(document, folder).model_dump()
    return DocumentView(**facts, text=document.text, paragraphs=paragraphs)

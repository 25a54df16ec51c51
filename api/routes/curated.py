"""Curated answers: sentences that administrators name for some questions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.access.seeing import One, Seen
from api.context import context_of
from api.guards import may_manage
from api.http.problems import Refusal
from api.schemas.review import CuratedBody, CuratedItem, CuratedList, CuratedQuestionsBody
from api.schemas.unnamed import plain_data
from rag import CuratedPairs, Service
from rag.serving.collections import Collection
from rag.serving.curation import LocatedPair, exported_questions, sentence_of

_OFF = "This server keeps no curated answers."
_UNKNOWN = "There is no curated answer of this id. GET /curated lists all."
_NO_SENTENCE = (
    "These offsets are not those of whole sentences of one paragraph of a document. Take them from "
    "`sentences` of GET /documents/{id}."
)
Identity = Annotated[str, Path(max_length=100)]

router = APIRouter(tags=["questions"], dependencies=[Depends(may_manage)])


@router.get("/curated", response_model=CuratedList)
async def list_curated(request: Request, view: Seen) -> Response:
    """All curated answers, those that have expired too; of all collections, one after the other, or
    of those that are named."""

    def find() -> list[CuratedItem]:
        return [
            _item(collection, each, request)
            for collection, service in view.services
            for each in service.curated_pairs()
        ]

    found = CuratedList(curated=await context_of(request).background.run_blocking(request, find))
    return _plain(found)


@router.get("/curated/questions.jsonl", response_class=Response)
async def export_curated(request: Request, collection: One) -> Response:
    """The questions with their sentences, as a question file for `wenda eval`."""
    service = collection.backend.live.service
    located = await context_of(request).background.run_blocking(request, service.curated_pairs)
    return Response(exported_questions(located), media_type="application/jsonl")


@router.post("/curated", status_code=201, response_model=CuratedItem)
async def add_curated(request: Request, collection: One, body: CuratedBody) -> Response:
    """Names a sentence as the answer to some questions."""
    service, pairs = collection.backend.live.service, _pairs(collection)

    def add() -> CuratedItem:
        found = sentence_of(service.generation, body.document_id, body.start, body.end)
        if found is None:
            raise Refusal(422, "no_sentence", _NO_SENTENCE)
        pair = pairs.add_pair(*found, body.questions, body.not_for)
        return _found(collection, service, pair.id, request)

    added = await context_of(request).background.run_blocking(request, add)
    return _plain(added, status=201)


@router.put("/curated/{identity}", response_model=CuratedItem)
async def change_curated(
    request: Request, collection: One, identity: Identity, body: CuratedQuestionsBody
) -> Response:
    """Changes the questions that a sentence answers, and those that it does not."""
    service, pairs = collection.backend.live.service, _pairs(collection)

    def change() -> CuratedItem:
        if pairs.change_pair(identity, body.questions, body.not_for) is None:
            raise Refusal(404, "unknown_curated", _UNKNOWN)
        return _found(collection, service, identity, request)

    return _plain(await context_of(request).background.run_blocking(request, change))


@router.delete("/curated/{identity}", status_code=204)
async def remove_curated(request: Request, collection: One, identity: Identity) -> None:
    """Removes a curated answer.

    404 where there is none with this id.
    """
    pairs = _pairs(collection)
    if not await context_of(request).background.run_blocking(
        request, lambda: pairs.remove_pair(identity)
    ):
        raise Refusal(404, "unknown_curated", _UNKNOWN)


def _plain(found: BaseModel, status: int = 200) -> Response:
    return JSONResponse(plain_data(found), status)


def _pairs(collection: Collection) -> CuratedPairs:
    if collection.backend.curated is None:
        raise Refusal(403, "no_curated", _OFF)
    return collection.backend.curated


def _found(
    collection: Collection, service: Service, identity: str, request: Request
) -> CuratedItem:
    located = next((e for e in service.curated_pairs() if e.pair.id == identity), None)
    if located is None:
        raise Refusal(404, "unknown_curated", _UNKNOWN)
    return _item(collection, located, request)


def _item(collection: Collection, located: LocatedPair, request: Request) -> CuratedItem:
    root = request.scope.get("root_path", "")
    pair, quote = located.pair, located.quote
    first = quote.first if quote is not None else None
    place = f"#p{first.paragraph.ordinal}:{quote.start}-{quote.end}" if quote and first else ""
    return CuratedItem(
        id=pair.id,
        at=pair.at,
        path=pair.path,
        sentence=pair.sentence,
        questions=list(pair.questions),
        not_for=list(pair.not_for),
        expired=quote is None,
        title=first.document.title if first is not None else None,
        url=root + collection.address(f"/documents/{first.document.id}{place}") if first else None,
        collection=collection.name or None,
    )

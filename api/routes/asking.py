"""Questions: answers, passages, examples."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.access.seeing import Seen, view_of
from api.context import context_of
from api.guards import may_ask
from api.http.negotiation import EVENTS, prefers
from api.schemas.fields import (
    EXAMPLE_QUESTION,
    After,
    Before,
    FileType,
    Folder,
    Language,
    Named,
    Question,
    TopK,
    Write,
)
from api.schemas.questions import AskBody, ExampleList, PassageList
from api.schemas.unnamed import plain_data
from api.workers import unless_gone
from rag import DEFAULT_PASSAGES, Answer, DocumentFilter, Turn
from rag.serving.backend import Backend
from rag.serving.collections import View
from words import with_reply

Q = Annotated[Question, Query(examples=[EXAMPLE_QUESTION])]
Count = Annotated[int, Query(ge=1, le=12)]


async def _within(
    folder: Annotated[Folder, Query()] = "",
    document: Annotated[Named, Query()] = "",
    type: Annotated[FileType, Query()] = "",  # noqa: A002 - it is the name in the address
    after: Annotated[After, Query()] = "",
    before: Annotated[Before, Query()] = "",
) -> DocumentFilter:
    return DocumentFilter(folder, document, type, after, before)


Within = Annotated[DocumentFilter, Depends(_within)]
#: The answer may also come as events.
_STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {EVENTS: {}}}}

router = APIRouter(tags=["questions"], dependencies=[Depends(may_ask)])


@router.post("/ask", response_model=Answer, responses=_STREAMED)
async def ask(request: Request, body: AskBody) -> Response:
    """The answer, or an abstention with the nearest topics.

    With `history`, a follow-up question is completed from the questions before it;
    `understood_as` is the completed question, null when the question stood alone. Where a
    language model writes, clients that accept server-sent events get the answer at once and
    then what is `written` as it comes; others get both together.
    """
    history = [Turn(each.question, each.answer or "", each.understood_as) for each in body.history]
    view = view_of(request, body.collections)
    answer = await answer_question(
        request, view, body.question, body.top_k, history, within=body.within
    )
    return await _with_written(view, request, answer) if body.write else _plain(answer)


@router.get("/ask", response_model=Answer, responses=_STREAMED)
async def ask_by_query(
    request: Request,
    view: Seen,
    q: Q,
    within: Within,
    top_k: TopK = DEFAULT_PASSAGES,
    write: Annotated[Write, Query()] = True,
) -> Response:
    """The same for a question without history."""
    answer = await answer_question(request, view, q, top_k, within=within)
    return await _with_written(view, request, answer) if write else _plain(answer)


@router.get("/passages", response_model=PassageList)
async def find_passages(
    request: Request, view: Seen, q: Q, within: Within, top_k: TopK = DEFAULT_PASSAGES
) -> Response:
    """The best passages for a question, whether they answer it or not."""
    context = context_of(request)
    await context.gatekeeper.count_public(request, view)
    answer = await context.workers.run_blocking(
        request, lambda: view.ask_documents(q, top_k, within)
    )
    context.metrics.count_question("passages", answer)
    found = addressed(answer, request.scope.get("root_path", ""))
    return JSONResponse(plain_data(passage_list(found)))


def passage_list(answer: Answer) -> PassageList:
    """The passages of an answer."""
    return PassageList(
        question=answer.question,
        passages=list(answer.passages),
        narrowed=answer.narrowed,
        generation=answer.generation,
        took_ms=answer.took_ms,
    )


@router.get("/examples")
async def list_examples(
    request: Request, view: Seen, lang: Language = "en", count: Count = 4
) -> ExampleList:
    """Questions that the documents answer, in the given language."""
    found = await context_of(request).background.run_blocking(
        request, lambda: view.examples(lang, count)
    )
    return ExampleList(examples=found)


async def answer_question(
    request: Request,
    view: View,
    question: str,
    top_k: int = DEFAULT_PASSAGES,
    history: Sequence[Turn] = (),
    *,
    within: DocumentFilter = DocumentFilter(),  # noqa: B008 - it is frozen
    channel: str = "ask",
) -> Answer:
    """The answer of what is viewed, with addresses below the client's root path.

    `channel` labels the question in the metrics.
    """
    context = context_of(request)
    await context.gatekeeper.count_public(request, view)

    def work() -> Answer:
        found = view.ask_question(question, top_k, history, within)
        view.note_unanswered(found, channel)
        return found

    answer = await context.workers.run_blocking(request, work)
    context.metrics.count_question(channel, answer)
    return addressed(with_reply(answer), request.scope.get("root_path", ""))


async def _with_written(view: View, request: Request, answer: Answer) -> Response:
    """The answer with what a language model writes from it, as a stream where that is preferred."""
    backend = view.backend_of(answer)
    if not prefers(request.scope, EVENTS) or not backend.may_write(answer):
        return _plain(await unless_gone(request, backend.with_written(answer)))
    # Nginx would buffer the events.
    headers = {"Vary": "Accept", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(backend, answer), media_type=EVENTS, headers=headers)


async def _events(backend: Backend, answer: Answer) -> AsyncIterator[bytes]:
    """The answer, then what is written each time there is more of it."""
    yield format_sse_event(event="answer", data_str=_json(answer.to_json()))
    async with aclosing(backend.write(answer)) as parts:
        async for written in parts:
            yield format_sse_event(event="written", data_str=_json(asdict(written)))


def _plain(answer: Answer) -> Response:
    return JSONResponse(answer.to_json())


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)


def addressed(answer: Answer, root: str) -> Answer:
    """The answer with `root` before the addresses of its documents."""
    if not root:
        return answer
    listing = answer.listing and replace(
        answer.listing,
        listed=tuple(replace(each, url=root + each.url) for each in answer.listing.listed),
    )
    return replace(
        answer,
        listing=listing,
        citations=tuple(replace(each, url=root + each.url) for each in answer.citations),
        passages=tuple(replace(each, url=root + each.url) for each in answer.passages),
    )

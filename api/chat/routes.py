"""The routes of OpenAI's chat protocol, for its client and for chat front ends."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from api.access.seeing import view_of
from api.chat.schemas import (
    Annotation,
    AssistantMessage,
    ChatChoice,
    ChatCompletion,
    ChatMessage,
    ChatRequest,
    ModelItem,
    ModelList,
    TokenUsage,
    UrlCitation,
)
from api.chat.text import END_OF_HEAD, ChatText, chat_text, written_head
from api.context import context_of
from api.guards import may_ask, may_read
from api.http.negotiation import EVENTS
from api.http.problems import Refusal
from api.routes.asking import answer_question
from api.schemas.unnamed import plain_data
from api.workers import unless_gone
from rag import Answer, Turn
from rag.errors import QuestionCode, QuestionError
from rag.serving.backend import Backend
from rag.serving.collections import View
from words import words_for_question

MODEL = "wenda"
_NO_QUESTION = (
    "No message of the user has text, so there is no question. Send one with role user last."
)
_NO_MODEL = "There is no model of this name. GET /v1/models lists those there are."
#: Characters in one chunk of a stream.
_CHUNK = 24

router = APIRouter(prefix="/v1", tags=["chat"])


@router.get("/models", dependencies=[Depends(may_read)])
async def list_models(request: Request) -> ModelList:
    """The list of models: `wenda` for all documents, `wenda/NAME` for one of several
    collections.
    """
    names, created = _models(view_of(request)), context_of(request).started
    return ModelList(data=[ModelItem(id=name, created=created) for name in names])


@router.get("/models/{name:path}", dependencies=[Depends(may_read)])
async def get_model(request: Request, name: Annotated[str, Path(examples=[MODEL])]) -> ModelItem:
    """The model with this name.

    404 where there is none of that name.
    """
    if name not in _models(view_of(request)):
        raise Refusal(404, "unknown_model", _NO_MODEL)
    return ModelItem(id=name, created=context_of(request).started)


@router.post(
    "/chat/completions",
    dependencies=[Depends(may_ask)],
    response_model=ChatCompletion,
    responses={
        200: {"content": {EVENTS: {}}},
    },
)
async def complete_chat(request: Request, body: ChatRequest) -> Response:
    """Answers the user's last message; the messages before it are its history."""
    view = _view_of_model(view_of(request), body)
    question, history = _conversation(body.messages)
    answer = await answer_question(
        request, view, question, history=history, within=body.within, channel="chat"
    )
    # The addresses have the root path already; outside of this server they need the host too.
    base = f"{request.url.scheme}://{request.url.netloc}"
    if body.stream:
        options = body.stream_options
        usage = options is not None and bool(options.include_usage)
        texts = _texts(view.backend_of(answer), body, answer, base)
        return StreamingResponse(_stream(texts, usage=usage), media_type=EVENTS)
    if body.write:
        answer = await unless_gone(request, view.backend_of(answer).with_written(answer))
    completion = _completion(answer, chat_text(answer, base))
    return JSONResponse(plain_data(completion))


def _models(view: View) -> dict[str, str]:
    """The names of models, each with that of its collection, "" for all."""
    several = view.collections if view.named else ()
    return {MODEL: "", **{f"{MODEL}/{each.name}": each.name for each in several}}


def _view_of_model(view: View, body: ChatRequest) -> View:
    """The collections that are asked: those of the field, else that of the model. Other models'
    names mean all, as clients send them.

    Raises Refusal or CollectionError for a collection that is not seen.
    """
    models, model = _models(view), body.model or MODEL
    if view.named and model.startswith(f"{MODEL}/") and model not in models:
        raise Refusal(404, "unknown_model", _NO_MODEL)
    return view.chosen(body.collections or [models.get(model, "")])


async def _texts(
    backend: Backend, body: ChatRequest, answer: Answer, base: str
) -> AsyncIterator[str | tuple[Answer, ChatText]]:
    """The text of a message in pieces, that of a language model as it comes; at the end the answer
    and the whole message.
    """
    words = words_for_question(answer.question).answers
    head, written = "", None
    if body.write and backend.may_write(answer):
        async with aclosing(backend.write(answer)) as parts:
            async for written in parts:
                longer = written_head(written, words)
                yield longer[len(head) :]
                head = longer
    if written is not None and written.finished:
        answer = replace(answer, written=written)
    elif head:
        taken_back = f"\n\n*{words.withdrawn}*{END_OF_HEAD}"
        yield taken_back
        head += taken_back
    message = chat_text(answer, base, head)
    rest = message.text[len(head) :]
    for at in range(0, len(rest), _CHUNK):
        yield rest[at : at + _CHUNK]
    yield answer, message


def _conversation(messages: Sequence[ChatMessage]) -> tuple[str, list[Turn]]:
    """The question, and the earlier questions with their answers."""
    turns: list[Turn] = []
    for message in messages:
        text = message.text()
        if message.role == "user" and text:
            turns.append(Turn(text, ""))
        elif message.role == "assistant" and turns:
            turns[-1] = Turn(turns[-1].question, text)
    if not turns:
        raise QuestionError(QuestionCode.EMPTY, _NO_QUESTION)
    *history, last = turns
    return last.question, history


def _annotations(message: ChatText) -> list[Annotation]:
    return [
        Annotation(
            url_citation=UrlCitation(
                start_index=each.start, end_index=each.end, title=each.title, url=each.url
            )
        )
        for each in message.sources
    ]


def _completion(answer: Answer, message: ChatText) -> ChatCompletion:
    said = AssistantMessage(content=message.text, annotations=_annotations(message))
    return ChatCompletion(
        id=_completion_id(),
        created=int(time.time()),
        model=MODEL,
        choices=[ChatChoice(message=said)],
        wenda=answer,
    )


async def _stream(
    texts: AsyncIterator[str | tuple[Answer, ChatText]], *, usage: bool
) -> AsyncIterator[bytes]:
    """The text in chunks, then its sources with the answer object, then the end mark."""
    identity, created = _completion_id(), int(time.time())

    def event(choices: list[dict[str, object]], **further: object) -> bytes:
        chunk = {
            "id": identity,
            "object": "chat.completion.chunk",
            "created": created,
            "model": MODEL,
            "choices": choices,
            **({"usage": None} if usage else {}),
            **further,
        }
        return format_sse_event(data_str=json.dumps(chunk, ensure_ascii=False))

    def delta(**added: object) -> list[dict[str, object]]:
        return [{"index": 0, "delta": added, "finish_reason": None}]

    yield event(delta(role="assistant", content=""))
    async for text in texts:
        if isinstance(text, str):
            yield event(delta(content=text))
            continue
        answer, message = text
        annotations = [each.model_dump() for each in _annotations(message)]
        last = {"index": 0, "delta": {"annotations": annotations}, "finish_reason": "stop"}
        yield event([last], wenda=answer.to_json())
    if usage:
        yield event([], usage=TokenUsage().model_dump())
    yield format_sse_event(data_str="[DONE]")


def _completion_id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"

"""OpenAI's chat protocol, so that its client and any chat front end can ask."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.chat_schemas import (
    Annotation,
    AssistantMessage,
    ChatCompletion,
    ChatRequest,
    Choice,
    Message,
    ModelItem,
    ModelList,
    UrlCitation,
    Usage,
)
from api.chat_text import ChatText, chat_text
from api.negotiation import EVENTS
from api.parts import Parts
from api.problems import Refusal
from api.routes.asking import answered
from rag.answering.answer import Answer
from rag.errors import QuestionCode, QuestionError

MODEL = "wenda"
_NO_QUESTION = (
    "No message of the user has text, so there is no question. Send one with role user last."
)
_NO_MODEL = "There is no model of this name. GET /v1/models lists the one there is."
#: Characters of a piece of a stream.
_PIECE = 24


def router(parts: Parts) -> APIRouter:
    """The routes of the chat protocol."""
    routes = APIRouter(prefix="/v1", tags=["chat"])
    started = int(time.time())
    model = ModelItem(id=MODEL, created=started)

    @routes.get("/models", dependencies=parts.access.reading)
    async def list_models() -> ModelList:
        """The one model there is."""
        return ModelList(data=[model])

    @routes.get("/models/{name}", dependencies=parts.access.reading)
    async def read_model(name: Annotated[str, Path(examples=[MODEL])]) -> ModelItem:
        """The model of a name."""
        if name != MODEL:
            raise Refusal(404, "unknown_model", _NO_MODEL)
        return model

    @routes.post(
        "/chat/completions",
        dependencies=parts.access.asking,
        response_model=ChatCompletion,
        responses={
            200: {"content": {EVENTS: {}}},
        },
    )
    async def complete_chat(request: Request, body: ChatRequest) -> Response:
        """Answers the last message of the user, with what was said before as its history."""
        question, history = _conversation(body.messages)
        answer = await answered(parts, request, question, history=history, channel="chat")
        # The addresses have the root already; a chat shows them elsewhere, so it needs the host.
        said = chat_text(answer, f"{request.url.scheme}://{request.url.netloc}")
        if body.stream:
            options = body.stream_options
            usage = options is not None and bool(options.include_usage)
            return StreamingResponse(_stream(answer, said, usage=usage), media_type=EVENTS)
        completion = _completion(answer, said)
        return Response(completion.model_dump_json(), media_type="application/json")

    return routes


def _conversation(messages: Sequence[Message]) -> tuple[str, list[tuple[str, str]]]:
    """The question, and the questions before it with what was answered."""
    turns: list[tuple[str, str]] = []
    for message in messages:
        text = message.plain()
        if message.role == "user" and text:
            turns.append((text, ""))
        elif message.role == "assistant" and turns:
            turns[-1] = (turns[-1][0], text)
    if not turns:
        raise QuestionError(QuestionCode.EMPTY, _NO_QUESTION)
    *history, (question, _) = turns
    return question, history


def _annotations(said: ChatText) -> list[Annotation]:
    return [
        Annotation(
            url_citation=UrlCitation(
                start_index=each.start, end_index=each.end, title=each.title, url=each.url
            )
        )
        for each in said.sources
    ]


def _completion(answer: Answer, said: ChatText) -> ChatCompletion:
    message = AssistantMessage(content=said.text, annotations=_annotations(said))
    return ChatCompletion(
        id=_identity(),
        created=int(time.time()),
        model=MODEL,
        choices=[Choice(message=message)],
        wenda=answer,
    )


async def _stream(answer: Answer, said: ChatText, *, usage: bool) -> AsyncIterator[bytes]:
    """The text in pieces, then its sources and the answer object, then the end."""
    identity, created = _identity(), int(time.time())

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
    for at in range(0, len(said.text), _PIECE):
        yield event(delta(content=said.text[at : at + _PIECE]))
    annotations = [each.model_dump() for each in _annotations(said)]
    last = {"index": 0, "delta": {"annotations": annotations}, "finish_reason": "stop"}
    yield event([last], wenda=answer.to_json())
    if usage:
        yield event([], usage=Usage().model_dump())
    yield format_sse_event(data_str="[DONE]")


def _identity() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"

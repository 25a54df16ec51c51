"""The routes of OpenAI's chat protocol, for its client and for chat front ends."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.sse import format_sse_event
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

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
from api.chat.text import ChatText, chat_text
from api.context import ApiContext
from api.http.negotiation import EVENTS
from api.http.problems import Refusal
from api.routes.asking import answer_question
from rag import Answer, Turn
from rag.errors import QuestionCode, QuestionError

MODEL = "wenda"
_NO_QUESTION = (
    "No message of the user has text, so there is no question. Send one with role user last."
)
_NO_MODEL = "There is no model of this name. GET /v1/models lists the one there is."
#: Characters in one chunk of a stream.
_CHUNK = 24


def router(context: ApiContext) -> APIRouter:
    """The routes of the chat protocol."""
    routes = APIRouter(prefix="/v1", tags=["chat"])
    started = int(time.time())
    model = ModelItem(id=MODEL, created=started)

    @routes.get("/models", dependencies=context.gatekeeper.may_read)
    async def list_models() -> ModelList:
        """The list of models. There is one."""
        return ModelList(data=[model])

    @routes.get("/models/{name}", dependencies=context.gatekeeper.may_read)
    async def get_model(name: Annotated[str, Path(examples=[MODEL])]) -> ModelItem:
        """The model with this name."""
        if name != MODEL:
            raise Refusal(404, "unknown_model", _NO_MODEL)
        return model

    @routes.post(
        "/chat/completions",
        dependencies=context.gatekeeper.may_ask,
        response_model=ChatCompletion,
        responses={
            200: {"content": {EVENTS: {}}},
        },
    )
    async def complete_chat(request: Request, body: ChatRequest) -> Response:
        """Answers the user's last message; the messages before it are its history."""
        question, history = _conversation(body.messages)
        answer = await answer_question(
            context, request, question, history=history, within=body.within, channel="chat"
        )
        # The addresses have the root path already; outside of this server they need the host too.
        message = chat_text(answer, f"{request.url.scheme}://{request.url.netloc}")
        return _response(body, answer, message)

    return routes


def _response(body: ChatRequest, answer: Answer, message: ChatText) -> Response:
    """The completion, at once or as a stream."""
    if body.stream:
        options = body.stream_options
        usage = options is not None and bool(options.include_usage)
        return StreamingResponse(_stream(answer, message, usage=usage), media_type=EVENTS)
    completion = _completion(answer, message)
    return Response(completion.model_dump_json(), media_type="application/json")


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


async def _stream(answer: Answer, message: ChatText, *, usage: bool) -> AsyncIterator[bytes]:
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
    for at in range(0, len(message.text), _CHUNK):
        yield event(delta(content=message.text[at : at + _CHUNK]))
    annotations = [each.model_dump() for each in _annotations(message)]
    last = {"index": 0, "delta": {"annotations": annotations}, "finish_reason": "stop"}
    yield event([last], wenda=answer.to_json())
    if usage:
        yield event([], usage=TokenUsage().model_dump())
    yield format_sse_event(data_str="[DONE]")


def _completion_id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"

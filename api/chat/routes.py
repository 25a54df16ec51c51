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
from api.chat.text import ChatText, chat_text
from api.context import ApiContext
from api.http.negotiation import EVENTS
from api.http.problems import Refusal
from api.routes.asking import answer_question
from rag import Answer, Turn
from rag.errors import QuestionCode, QuestionError
from rag.serving.collections import View

MODEL = "wenda"
_NO_QUESTION = (
    "No message of the user has text, so there is no question. Send one with role user last."
)
_NO_MODEL = "There is no model of this name. GET /v1/models lists those there are."
#: Characters in one chunk of a stream.
_CHUNK = 24


def router(context: ApiContext) -> APIRouter:
    """The routes of the chat protocol."""
    routes = APIRouter(prefix="/v1", tags=["chat"])
    started = int(time.time())

    @routes.get("/models", dependencies=context.gatekeeper.may_read)
    async def list_models(request: Request) -> ModelList:
        """The list of models: `wenda` for all documents, `wenda/NAME` for one of several
        collections.
        """
        names = _models(view_of(request))
        return ModelList(data=[ModelItem(id=name, created=started) for name in names])

    @routes.get("/models/{name:path}", dependencies=context.gatekeeper.may_read)
    async def get_model(
        request: Request, name: Annotated[str, Path(examples=[MODEL])]
    ) -> ModelItem:
        """The model with this name."""
        if name not in _models(view_of(request)):
            raise Refusal(404, "unknown_model", _NO_MODEL)
        return ModelItem(id=name, created=started)

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
        view = _view_of_model(view_of(request), body)
        question, history = _conversation(body.messages)
        answer = await answer_question(
            context, request, view, question, history=history, within=body.within, channel="chat"
        )
        # The addresses have the root path already; outside of this server they need the host too.
        message = chat_text(answer, f"{request.url.scheme}://{request.url.netloc}")
        return _response(body, answer, message)

    return routes


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

"""The part of OpenAI's chat protocol that Wenda speaks."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.answering.answer import Answer

_MOST_TURNS = 200


class Lenient(BaseModel):
    """What a client sends besides is for other models, and does no harm."""

    model_config = ConfigDict(extra="allow", strict=True)


class TextPart(Lenient):
    """A part of a message. Only text is read."""

    type: str
    text: str | None = None


class Message(Lenient):
    """A message of a conversation. `system` and tools have no say in what documents hold."""

    role: str
    content: str | list[TextPart] | None = None

    def plain(self) -> str:
        """Its text; empty where it has none."""
        if isinstance(self.content, list):
            return " ".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(Lenient):
    """What the end of a stream tells besides."""

    include_usage: bool | None = None


class ChatRequest(Lenient):
    """A conversation whose last message of the user is the question."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "model": "wenda",
                "messages": [{"role": "user", "content": "盘锦市新增创业多少人？"}],
            }
        }
    )

    messages: Annotated[list[Message], Field(min_length=1, max_length=_MOST_TURNS)]
    model: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None


class UrlCitation(BaseModel):
    """A source: where it is named in the text, and its address."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A source as OpenAI's protocol has it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    """The answer in words, with its sources."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation] = []


class Choice(BaseModel):
    """The one answer there is."""

    index: int = 0
    message: AssistantMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """Nothing is generated, so no tokens are used."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class ChatCompletion(BaseModel):
    """An answer. `wenda` is the answer object, with the citations word for word."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage = Usage()
    wenda: Answer


class ModelItem(BaseModel):
    """A model that can be named; there is one."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "wenda"


class ModelList(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[ModelItem]

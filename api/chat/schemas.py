"""The JSON of OpenAI's chat protocol, as far as Wenda uses it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import CollectionField, FilterFields, Write
from rag import Answer

_MAX_MESSAGES = 200


class LenientBody(BaseModel):
    """A request body. Fields for other models are accepted and ignored."""

    model_config = ConfigDict(extra="allow", strict=True)


class TextPart(LenientBody):
    """A part of a message's content. Only text is used."""

    type: str
    text: str | None = None


class ChatMessage(LenientBody):
    """A message of a conversation. Those of roles `system` and `tool` have no effect."""

    role: str
    content: str | list[TextPart] | None = None

    def text(self) -> str:
        """The text of the content; empty if it has none."""
        if isinstance(self.content, list):
            return " ".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(LenientBody):
    """Whether the stream ends with a chunk of token usage."""

    include_usage: bool | None = None


class ChatRequest(FilterFields, CollectionField, LenientBody):
    """A conversation; the user's last message is the question.

    The filters and `write` are extra fields in OpenAI's protocol.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "model": "wenda",
                "messages": [{"role": "user", "content": "盘锦市新增创业多少人？"}],
            }
        }
    )

    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=_MAX_MESSAGES)]
    model: str | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    write: Write = True


class UrlCitation(BaseModel):
    """A source: its offsets in the message, and its address."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A source in the form of OpenAI's protocol."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AssistantMessage(BaseModel):
    """The answer as text, with its sources."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation] = []


class ChatChoice(BaseModel):
    """The answer. There is always one."""

    index: int = 0
    message: AssistantMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class TokenUsage(BaseModel):
    """Always 0: the answer is quotations, and what a language model writes is not counted."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


class ChatCompletion(BaseModel):
    """An answer. `wenda` is the answer object of POST /ask, with its exact citations."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChatChoice]
    usage: TokenUsage = TokenUsage()
    wenda: Answer


class ModelItem(BaseModel):
    """A model that a request can name: all documents, or one of several collections."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "wenda"


class ModelList(BaseModel):
    """The list of models."""

    object: Literal["list"] = "list"
    data: list[ModelItem]

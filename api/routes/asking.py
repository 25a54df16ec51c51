"""Questions: answers, passages, examples."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from api.parts import Parts
from api.schemas import Ask, Examples, Language, PassageList, Question, TopK
from rag.answering.answer import Answer
from rag.answering.service import DEFAULT_PASSAGES
from rag.serving.examples import examples

Q = Annotated[Question, Query(examples=["盘锦市新增创业多少人？"])]
Count = Annotated[int, Query(ge=1, le=12)]


def router(parts: Parts) -> APIRouter:
    """The routes that answer."""
    routes = APIRouter(tags=["questions"], dependencies=parts.access.asking)

    @routes.post("/ask")
    async def ask(request: Request, body: Ask) -> Answer:
        """The answer, or an abstention with the nearest topics.

        With `history`, a question that lacks something is completed from the ones before it.
        """
        history = [(turn.question, turn.answer or "") for turn in body.history]
        return await answered(parts, request, body.question, body.top_k, history)

    @routes.get("/ask")
    async def ask_by_query(request: Request, q: Q, top_k: TopK = DEFAULT_PASSAGES) -> Answer:
        """The same, for a question without a history."""
        return await answered(parts, request, q, top_k)

    @routes.get("/passages")
    async def find_passages(request: Request, q: Q, top_k: TopK = DEFAULT_PASSAGES) -> PassageList:
        """The best passages for a question, whether they answer it or not."""
        found = await answered(parts, request, q, top_k, channel="passages")
        return PassageList(
            question=found.question,
            passages=list(found.passages),
            generation=found.generation,
            took_ms=found.took_ms,
        )

    @routes.get("/examples")
    async def list_examples(request: Request, lang: Language = "en", count: Count = 4) -> Examples:
        """Questions that the documents answer, in a language."""
        service = parts.serving.service
        found = await parts.searches.run(request, lambda: examples(service, lang, count))
        return Examples(examples=found)

    return routes


async def answered(
    parts: Parts,
    request: Request,
    question: str,
    top_k: int = DEFAULT_PASSAGES,
    history: Sequence[tuple[str, str]] = (),
    *,
    channel: str = "ask",
) -> Answer:
    """The answer of the generation that is live now, with addresses as the client sees them."""
    service = parts.serving.service
    answer = await parts.searches.run(request, lambda: service.ask(question, top_k, history))
    parts.metrics.question(channel, answer)
    return _addressed(answer, request.scope.get("root_path", ""))


def _addressed(answer: Answer, root: str) -> Answer:
    if not root:
        return answer
    return replace(
        answer,
        citations=tuple(replace(each, url=root + each.url) for each in answer.citations),
        passages=tuple(replace(each, url=root + each.url) for each in answer.passages),
    )

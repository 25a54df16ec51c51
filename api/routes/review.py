"""Questions without an answer and answers that did not help, for whoever owns the documents."""

from contextlib import suppress
from dataclasses import asdict

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.access.seeing import One, Seen
from api.context import context_of
from api.guards import may_manage
from api.schemas.review import (
    DislikedItem,
    Forgotten,
    QuestionGroupItem,
    ReviewedQuestions,
    SomeQuestions,
    TriedItem,
    TriedQuestions,
)
from api.schemas.unnamed import plain_data
from rag.errors import StoreError
from rag.serving.collections import Collection, View
from rag.serving.questions import QuestionGroup, TriedQuestion

router = APIRouter(tags=["questions"], dependencies=[Depends(may_manage)])


@router.get("/questions", response_model=ReviewedQuestions)
async def list_questions(request: Request, view: Seen) -> Response:
    """Questions that were not answered, by meaning, and answers that got 👎; of all collections,
    one after the other, or of those that are named."""
    found = await context_of(request).background.run_blocking(request, lambda: _reviewed(view))
    return JSONResponse(plain_data(found))


@router.post("/questions/try")
async def try_questions(request: Request, collection: One, body: SomeQuestions) -> TriedQuestions:
    """Asks questions again, as after a change of the documents. Nothing is counted or kept."""
    tried = await context_of(request).background.run_blocking(
        request, lambda: collection.backend.review.try_again(body.questions)
    )
    return TriedQuestions(tried=[_tried(collection, each, request) for each in tried])


@router.post("/questions/forget")
async def forget_questions(request: Request, collection: One, body: SomeQuestions) -> Forgotten:
    """Deletes questions that were looked after, and the 👎 of their answers."""
    count = await context_of(request).background.run_blocking(
        request, lambda: collection.backend.review.forget_questions(body.questions)
    )
    return Forgotten(forgotten=count)


def _reviewed(view: View) -> ReviewedQuestions:
    view.check_served()
    found = ReviewedQuestions(kept_days=0, unanswered=[], disliked=[])
    for each in view.collections:
        review, name = each.backend.review, each.name or None
        if review.asked is not None:
            found.kept_days = max(found.kept_days, review.asked.days)
        found.disliked += [
            DislikedItem(**asdict(disliked), collection=name) for disliked in review.disliked()
        ]
        with suppress(StoreError):  # without an index they cannot be grouped yet
            found.unanswered += [_group(group, name) for group in review.groups()]
    return found


def _group(group: QuestionGroup, collection: str | None) -> QuestionGroupItem:
    facts = {"question": group.question, **asdict(group), "collection": collection}
    return QuestionGroupItem.model_validate(facts)


def _tried(collection: Collection, tried: TriedQuestion, request: Request) -> TriedItem:
    root = request.scope.get("root_path", "")
    answer = tried.answer
    first = answer.citations[0] if answer is not None and answer.citations else None
    return TriedItem(
        question=tried.question,
        answered=answer is not None and answer.answered,
        answer=answer.answer if answer is not None else None,
        title=first.title if first is not None else None,
        url=f"{root}{collection.address(first.url)}:{first.start}-{first.end}" if first else None,
        confidence=answer.confidence if answer is not None else 0.0,
        refused=tried.refused,
    )

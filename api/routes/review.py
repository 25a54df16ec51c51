"""Questions without an answer and answers that did not help, for whoever owns the documents."""

from dataclasses import asdict

from fastapi import APIRouter, Depends
from starlette.requests import Request

from api.access.seeing import One
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
from rag.serving.collections import Collection
from rag.serving.questions import QuestionGroup, QuestionReview, TriedQuestion

router = APIRouter(tags=["questions"], dependencies=[Depends(may_manage)])


@router.get("/questions")
async def list_questions(request: Request, collection: One) -> ReviewedQuestions:
    """Questions that were not answered, by meaning, and answers that got 👎."""
    return await context_of(request).background.run_blocking(
        request, lambda: _reviewed(collection.backend.review)
    )


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


def _reviewed(review: QuestionReview) -> ReviewedQuestions:
    return ReviewedQuestions(
        kept_days=review.asked.days if review.asked is not None else 0,
        unanswered=[_group(each) for each in review.groups()],
        disliked=[DislikedItem(**asdict(each)) for each in review.disliked()],
    )


def _group(group: QuestionGroup) -> QuestionGroupItem:
    return QuestionGroupItem.model_validate({"question": group.question, **asdict(group)})


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

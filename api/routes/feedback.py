"""Feedback on answers."""

import hashlib
from datetime import UTC, datetime

from fastapi import APIRouter, Depends
from starlette.requests import Request

from api.access.seeing import view_of
from api.context import context_of
from api.guards import may_ask
from api.schemas.feedback import FeedbackBody
from rag.serving.feedback import Feedback

router = APIRouter(tags=["feedback"], dependencies=[Depends(may_ask)])


@router.post("/feedback", status_code=204)
async def give_feedback(request: Request, body: FeedbackBody) -> None:
    """Stores feedback on an answer, in place of the same client's earlier feedback on it."""
    context = context_of(request)
    feedback = _feedback(request, body, context.feedback_salt)
    store = view_of(request).collection_of(body.collection).backend.feedback
    await context.workers.run_blocking(request, lambda: store.add_feedback(feedback))
    context.metrics.count_feedback(helpful=body.helpful)


def _feedback(request: Request, body: FeedbackBody, salt: bytes) -> Feedback:
    address = request.client.host if request.client is not None else ""
    told = "\0".join((address, body.generation, body.question, body.answer or ""))
    ours = request.headers.get("sec-fetch-site") == "same-origin"
    return Feedback(
        key=hashlib.blake2b(told.encode(), key=salt, digest_size=16).hexdigest(),
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        channel="web" if ours else "api",
        user="",
        helpful=body.helpful,
        question=body.question,
        answer=body.answer,
        generation=body.generation,
        confidence=body.confidence,
        comment=body.comment,
    )

"""What people thought of answers."""

import hashlib
import secrets
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request

from api.parts import Parts
from api.schemas import Word
from rag.serving.feedback import Feedback


def router(parts: Parts) -> APIRouter:
    """The route that keeps feedback."""
    routes = APIRouter(tags=["feedback"], dependencies=parts.access.asking)
    # Nobody can tell an address from a key; what was said before a start stays as it is.
    salt = secrets.token_bytes(16)

    @routes.post("/feedback", status_code=204)
    async def give_feedback(request: Request, body: Word) -> None:
        """Keeps a word on an answer. A second one on the same answer replaces the first."""
        feedback = _feedback(request, body, salt)
        await parts.searches.run(request, lambda: parts.feedback.add(feedback))
        parts.metrics.feedback(helpful=body.helpful)

    return routes


def _feedback(request: Request, body: Word, salt: bytes) -> Feedback:
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

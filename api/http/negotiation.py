"""Content negotiation: the media type that a client prefers, by its header Accept."""

from starlette.datastructures import Headers
from starlette.types import Scope

JSON = "application/json"
HTML = "text/html"
EVENTS = "text/event-stream"


def prefers(scope: Scope, media_type: str) -> bool:
    """Whether the request names this media type and prefers it to JSON.

    A wildcard names nothing. Of two types of the same quality the first is preferred.
    """
    accepted = _accepted(",".join(Headers(scope=scope).getlist("accept")))
    if media_type not in accepted:
        return False
    quality, position = accepted[media_type]
    json_quality, json_position = accepted.get(JSON, (0.0, position + 1))
    return quality > 0 and (quality, -position) > (json_quality, -json_position)


def _accepted(header: str) -> dict[str, tuple[float, int]]:
    """Quality (0 to 1) and position of each media type in the header."""
    accepted: dict[str, tuple[float, int]] = {}
    for position, part in enumerate(header.lower().split(",")):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        accepted.setdefault(media_type, (_number(quality), position))
    return accepted


def _number(quality: str) -> float:
    try:
        number = float(quality)
    except ValueError:
        return 0.0
    return number if 0 <= number <= 1 else 0.0

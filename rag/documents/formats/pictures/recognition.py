"""The text recognized on a page, with its place on it. Runs in the sandbox, page by page."""

import hashlib
import math
from collections.abc import Iterator
from statistics import median

from rag.documents.block import Looks, RecognizedLine, RecognizedPage
from rag.documents.formats.pictures import engine
from rag.documents.formats.pictures.images import image_of
from rag.documents.text.characters import tidy

#: Radians: pages that lie askew are set straight up to there.
_MOST_ASKEW = 0.35


def looks_of(data: bytes, *, page: int) -> Iterator[Looks]:
    """The digest of what the page, from 1, looks like: the same picture is recognized once."""
    pixels, _ = image_of(data, page)
    said = f"{engine.name()} {pixels.shape}".encode()
    yield Looks(hashlib.sha256(said + pixels.tobytes()).hexdigest())


def recognize_page(data: bytes, *, page: int) -> Iterator[RecognizedPage]:
    """The lines of text on the page, from 1. Raises DocumentError when it cannot be drawn."""
    pixels, points = image_of(data, page)
    found, upright = engine.recognized(pixels)
    height = upright.shape[0]
    angle = _angle(found)
    yield RecognizedPage(tuple(_placed(each, height, angle, points) for each in found))


def _angle(found: list[engine.Found]) -> float:
    """The slope of most lines, in radians; positive where they rise to the right."""
    angles = []
    for each in found:
        (x, y), (right, end), *_ = each.corners
        if right - x > 0:
            angles += [math.atan2(y - end, right - x)] * len(each.text)
    angle = median(angles) if angles else 0.0
    return angle if abs(angle) <= _MOST_ASKEW else 0.0


def _placed(found: engine.Found, height: int, angle: float, points: float) -> RecognizedLine:
    cos, sin = math.cos(-angle), math.sin(-angle)
    straight = [
        (x * cos - (height - y) * sin, x * sin + (height - y) * cos) for x, y in found.corners
    ]
    xs = sorted(x * points for x, _ in straight)
    ys = sorted(y * points for _, y in straight)
    # The mean of two corners each: what is left of the angle makes no box taller.
    left, right = sum(xs[:2]) / 2, sum(xs[2:]) / 2
    bottom, top = sum(ys[:2]) / 2, sum(ys[2:]) / 2
    return RecognizedLine(tidy(found.text), left, bottom, right, top, found.confidence)

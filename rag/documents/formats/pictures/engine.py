"""Recognizes text in an image, by RapidOCR with the models inside it (Apache-2.0).

The only module that knows it.
"""

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.processors import usable_processors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

#: What is recognized less surely is noise.
_LEAST = 0.6
#: The share of the letters in upright boxes from which on a page lies on its side.
_LYING = 0.6
#: How much taller than wide an upright box is; and how many letters it must have to count.
_TALL, _SHOWING = 1.5, 3

Corner = tuple[float, float]


class Found(NamedTuple):
    """A line of text, the corners of its box in pixels from the top left, and how sure it is."""

    text: str
    corners: tuple[Corner, ...]
    confidence: float


def name() -> str:
    """The engine and its version: another one may recognize other words."""
    return f"rapidocr {version('rapidocr')}"


def recognized(pixels: "Pixels") -> tuple[list[Found], "Pixels"]:
    """The lines in an image of shape (height, width, 3), blue first, and the image upright."""
    import numpy as np

    found = _lines(pixels)
    if _share_lying(found) < _LYING:
        return found, pixels
    turned = [np.ascontiguousarray(np.rot90(pixels, quarters)) for quarters in (1, 3)]
    read = [(found, pixels), *((_lines(image), image) for image in turned)]
    return max(read, key=lambda each: _certainty(each[0]))


def _lines(pixels: "Pixels") -> list[Found]:
    result = _engine()(pixels)
    if result.txts is None or result.boxes is None:
        return []
    return [
        Found(str(text), tuple((float(x), float(y)) for x, y in box), float(score))
        for text, score, box in zip(result.txts, result.scores, result.boxes, strict=True)
        if score >= _LEAST and text.strip()
    ]


@cache
def _engine() -> Any:
    # Loading takes seconds, and only a process that recognizes needs it.
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": usable_processors(),
        }
    )


def _share_lying(found: list[Found]) -> float:
    showing = [each for each in found if len(each.text) >= _SHOWING]
    lying = sum(len(each.text) for each in showing if _is_tall(each))
    return lying / max(1, sum(len(each.text) for each in showing))


def _is_tall(found: Found) -> bool:
    xs = [x for x, _ in found.corners]
    ys = [y for _, y in found.corners]
    return max(ys) - min(ys) > _TALL * (max(xs) - min(xs))


def _certainty(found: list[Found]) -> float:
    return sum(each.confidence * len(each.text) for each in found)

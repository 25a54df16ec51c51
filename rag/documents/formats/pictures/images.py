"""Pages as images: of PDF files drawn by PDFium, of picture files by Pillow (MIT-CMU)."""

import io
from typing import TYPE_CHECKING, Any

from rag.documents.formats.signatures import kind_of
from rag.documents.limits import PAGES, PIXELS
from rag.errors import DocumentError

if TYPE_CHECKING:
    from rag.documents.formats.pictures.engine import Pixels

#: Pixels of the longer side, from which letters of a page are recognized well.
_LONGEST = 2000
#: Points of an inch, and pixels of one where a picture does not say.
_POINTS = 72.0
#: Pictures with a shorter side are icons.
_LEAST = 24


def image_of(data: bytes, page: int) -> "tuple[Pixels, float]":
    """A page, from 1, as pixels (height, width, 3), blue first; and points a pixel.

    Raises DocumentError when it cannot be drawn or is too large.
    """
    if kind_of(data) == "a PDF file":
        return _drawn(data, page)
    return _decoded(data, page)


def _drawn(data: bytes, page: int) -> "tuple[Pixels, float]":
    import pypdfium2  # type: ignore[import-untyped]  # it ships no annotations

    try:
        file = pypdfium2.PdfDocument(data)
        try:
            file.init_forms()
            drawn = file[page - 1]
            scale = _LONGEST / max(1.0, *drawn.get_size())
            pixels = drawn.render(scale=scale).to_numpy()[:, :, :3].copy()
        finally:
            file.close()
    except pypdfium2.PdfiumError as error:
        raise DocumentError("The page is damaged. Export or download the file again.") from error
    return pixels, 1 / scale


def _decoded(data: bytes, page: int) -> "tuple[Pixels, float]":
    import numpy as np
    from PIL import Image, ImageOps

    with opened(data) as file:
        file.seek(page - 1)
        if file.width * file.height > PIXELS:
            raise DocumentError(f"It has more than {PIXELS:,} pixels. Make it smaller.")
        file.draft("RGB", (_LONGEST, _LONGEST))
        image = ImageOps.exif_transpose(file)
        if image.mode in {"RGBA", "LA", "P", "PA"}:
            image = image.convert("RGBA")
            paper = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(paper, image)
        image = image.convert("RGB")
        image.thumbnail((_LONGEST, _LONGEST))
        pixels = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
    # As if it were printed on a page of the usual size.
    return pixels, 842.0 / max(image.size)


def opened(data: bytes) -> Any:
    """The picture file. Raises DocumentError when it is none."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # there is a limit of our own
    try:
        return Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF", "WEBP"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        kind = kind_of(data)
        what = f"It is {kind}. Give it the ending that fits." if kind else "It is no picture."
        raise DocumentError(f"{what} Pictures are read as PNG, JPEG, TIFF or WebP.") from error


def frames(data: bytes) -> int:
    """How many pictures are in a picture file; icons are none.

    Raises DocumentError when it is none or has too many.
    """
    with opened(data) as file:
        count = int(getattr(file, "n_frames", 1))
        if count > PAGES:
            raise DocumentError(f"It has more than {PAGES:,} pages. Split it into smaller files.")
        if count == 1 and min(file.size) < _LEAST:
            raise DocumentError("It is an icon, too small for text. Remove it.")
        # Pictures that move show one thing.
        return count if file.format == "TIFF" else 1

"""Real files of formats that only libraries can write, made on the spot."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence

import docx
from docx.document import Document as WordDocument
from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]  # none shipped
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]  # none shipped
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # none shipped
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]  # none shipped
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # none shipped
from reportlab.platypus import (  # type: ignore[import-untyped]  # none shipped
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Table,
)

_FONT = "STSong-Light"
_SIZES = {"title": 22, "heading": 15, "body": 11}


def pdf(
    *parts: tuple[str, str] | Sequence[Sequence[str]],
    running: str = "",
    font: str = _FONT,
    **facts: str,
) -> bytes:
    """A PDF file of ('title' | 'heading' | 'body' | 'page', text) and tables, set by reportlab.

    `running` is on top of each page, above a page number at its foot.
    """
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    story = []
    for part in parts:
        if not isinstance(part[0], str):
            story.append(Table(part, style=[("FONTNAME", (0, 0), (-1, -1), font)]))
        elif part[0] == "page":
            story.append(PageBreak())
        else:
            size = _SIZES[part[0]]
            wrapping = "CJK" if font == _FONT else None
            indent = 22 if part[0] == "body" and font == _FONT else 0
            style = ParagraphStyle(
                part[0], fontName=font, fontSize=size, leading=size * 1.6,
                firstLineIndent=indent, wordWrap=wrapping, spaceBefore=4,
            )  # fmt: skip
            story.append(Paragraph(str(part[1]), style))

    def edges(canvas: Canvas, document: SimpleDocTemplate) -> None:
        if running:
            canvas.setFont(font, 9)
            canvas.drawString(72, 800, running)
            canvas.drawCentredString(300, 30, str(document.page))

    target = io.BytesIO()
    SimpleDocTemplate(target, **facts).build(story, onFirstPage=edges, onLaterPages=edges)
    return target.getvalue()


def drawn_pdf(*pages: Callable[[Canvas], object], locked: str | None = None) -> bytes:
    """A PDF file whose pages are drawn one by one; it opens with the word `locked`."""
    target = io.BytesIO()
    canvas = Canvas(target, encrypt=StandardEncryption(locked) if locked else None)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def picture(canvas: Canvas) -> None:
    """Draws what a scanner leaves on a page."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]  # none shipped

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 500, 700)


def word(build: Callable[[WordDocument], object]) -> bytes:
    """A .docx file as `build` fills it."""
    document = docx.Document()
    build(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def without_properties(data: bytes) -> bytes:
    """A .docx file that says nothing of itself, not even that it does not."""
    part = "docProps/core.xml"
    relation = re.compile(rb"<Relationship [^>]*docProps/core\.xml[^>]*/>")
    bare = repacked(data, "_rels/.rels", lambda inner: relation.sub(b"", inner))
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bare)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            if name != part:
                archive.writestr(name, source.read(name))
    return target.getvalue()


def repacked(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A .docx file with one of its parts changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in source.namelist():
            inner = source.read(part)
            archive.writestr(part, change(inner) if part == name else inner)
    return target.getvalue()

"""Pages of PDF files as they look, and where on them a part of a document's text stands."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.access.seeing import Seen
from api.context import context_of
from api.guards import may_read
from api.http.problems import Refusal
from api.routes.documents import UNKNOWN, Identity
from api.schemas.documents import QuotedPages, ShownPage
from rag import Document
from rag.errors import DocumentError, UnavailableError
from rag.serving.collections import View
from rag.serving.pages import PageViews

T = TypeVar("T")

PNG = "image/png"
Number = Annotated[int, Path(ge=1, le=100_000, description="The page, from 1.")]
Start = Annotated[int, Query(ge=0, description="Where the part begins in the document's text.")]
End = Annotated[int, Query(ge=1, description="Where it ends.")]
_NO_PAGES = "This server shows no pages of files. The document's text can be read."
_NO_PART = "The document's text has no part from start to end. Give offsets as citations have them."

router = APIRouter(tags=["documents"], dependencies=[Depends(may_read)])


@router.get(
    "/documents/{identity}/pages/{number}.png",
    response_class=Response,
    responses={200: {"content": {PNG: {}}}, 304: {"description": "It is the same."}},
)
async def get_page(request: Request, view: Seen, identity: Identity, number: Number) -> Response:
    """A page of a PDF file of the index, as a picture of up to 1240 pixels across."""
    document, views = await _document(request, view, identity)
    headers = {
        "ETag": f'"{document.digest[:32]}-{number}"',
        "Cache-Control": "private, no-cache",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    png = await _shown(request, views, lambda pages: pages.picture(document, number))
    return Response(png, media_type=PNG, headers=headers)


@router.get("/documents/{identity}/places")
async def find_places(
    request: Request, view: Seen, identity: Identity, start: Start, end: End
) -> QuotedPages:
    """The pages of a PDF file on which a part of the document's text stands, a quotation say,
    with where on them.

    404 where no page can be shown.
    """
    document, views = await _document(request, view, identity)
    if not start < end <= len(document.text):
        raise Refusal(404, "no_page", _NO_PART)
    found = await _shown(request, views, lambda pages: pages.places(document, start, end))
    return QuotedPages(
        pages=found[0].pages if found else 0,
        shown=[
            ShownPage(
                page=each.page,
                width=each.width,
                height=each.height,
                marks=[list(mark) for mark in each.marks],
            )
            for each in found
        ],
    )


async def _document(
    request: Request, view: View, identity: str
) -> tuple[Document, PageViews | None]:
    """A document, and what shows its pages."""
    found = await context_of(request).workers.run_blocking(
        request, lambda: view.find_document(identity)
    )
    if found is None:
        raise Refusal(404, "unknown_document", UNKNOWN)
    return found.document, view.collection_of(found.collection).backend.pages


async def _shown(request: Request, pages: PageViews | None, show: Callable[[PageViews], T]) -> T:
    """The result of `show`. Raises Refusal when there is no such page, or the file has changed."""
    if pages is None:
        raise Refusal(404, "no_page", _NO_PAGES)
    try:
        return await context_of(request).drawing.run_blocking(request, lambda: show(pages))
    except UnavailableError as error:
        raise Refusal(409, "file_changed", str(error)) from error
    except DocumentError as error:
        raise Refusal(404, "no_page", str(error)) from error

"""Reads electronic books (.epub): the chapters in the order of the book, by lxml."""

import posixpath
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

from rag.documents.block import Content
from rag.documents.cleaning.dates import find_date
from rag.documents.cleaning.piece import Piece, Role
from rag.documents.formats.office.package import Package
from rag.documents.formats.structure.pieces import heading
from rag.documents.formats.structure.structured import structured
from rag.documents.formats.web.flow import HtmlFlow
from rag.documents.formats.web.tree import drop
from rag.documents.formats.web.visibility import is_hidden, rules
from rag.documents.text.characters import tidy
from rag.documents.text.languages import fitting_language
from rag.errors import DocumentError

_AGAIN = "Save it anew from the program that made it, without copy protection."
_MAIN = "META-INF/container.xml"
_NEVER = ("script", "style", "svg", "audio", "video", "nav", "head")


def read_book(data: bytes) -> Content:
    """Headings and paragraphs of all chapters; one without a heading has that of the contents.

    Raises DocumentError when it is no book, is protected or damaged.
    """
    package = Package(data, kind="an electronic book (.epub)", again=_AGAIN, must=_MAIN)
    rights = package.data("META-INF/rights.xml") or package.data("META-INF/sinf.xml")
    if rights is not None:
        raise DocumentError(f"It is protected against copying. {_AGAIN}")
    container = package.xml(_MAIN)
    main = next(container.iter("{*}rootfile"), None) if container is not None else None
    book = package.xml(main.get("full-path", "")) if main is not None else None
    if main is None or book is None:
        raise DocumentError(f"It is damaged (it has no list of its chapters). {_AGAIN}")
    folder = posixpath.dirname(main.get("full-path", ""))
    pieces = list(_pieces(package, book, folder))
    facts = {name: _said(book, name) for name in ("title", "date", "language", "publisher")}
    dated = find_date(facts["date"][:10])
    text = "\n".join(piece.text for piece in pieces[:500])
    content = structured(pieces, title=facts["title"] or None)
    return Content(
        blocks=content.blocks,
        title=content.title,
        date=dated[0] if dated else None,
        source=facts["publisher"] or None,
        language=fitting_language(facts["language"] or None, text),
        dropped=package.pictures,
    )


def _said(book: Any, name: str) -> str:
    found = next(book.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}"), None)
    return "" if found is None else tidy("".join(found.itertext()))[:300]


def _pieces(package: Package, book: Any, folder: str) -> Iterator[Piece]:
    items = {item.get("id"): item for item in book.iter("{*}item")}
    titles = dict(_contents(package, items.values(), folder))
    line = 0
    for reference in book.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or "nav" in item.get("properties", "").split():
            continue
        name = _part(folder, item.get("href", ""))
        chapter = list(_chapter(package, name))
        if not chapter:
            continue
        if name in titles and not any(piece.role is Role.HEADING for piece in chapter):
            yield heading(titles[name], (line + 1, line + 1), 1)
        for piece in chapter:
            # Lines go on through all chapters.
            yield _moved(piece, line)
        line += chapter[-1].lines[1]


def _moved(piece: Piece, lines: int) -> Piece:
    starts = tuple((at, line + lines) for at, line in piece.starts)
    return Piece(piece.text, starts, piece.gap, role=piece.role, level=piece.level)


def _chapter(package: Package, name: str) -> list[Piece]:
    # Loading takes a moment, and what only serves answers never reads a file.
    from lxml import etree  # type: ignore[import-untyped]  # it ships no annotations

    data = package.data(name)
    if data is None or not data.strip():
        return []
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    root = etree.fromstring(data, parser)
    body = root.find("body") if root is not None else None
    if body is None:
        return []
    said = rules(root)
    for element in [*body.iter(*_NEVER), *(e for e in body.iter("*") if is_hidden(e, said))]:
        if element.getparent() is not None:
            drop(element)
    return HtmlFlow(body, partial(etree.iterwalk, events=("start", "end"))).pieces()


def _contents(package: Package, items: Any, folder: str) -> Iterator[tuple[str, str]]:
    """The titles of chapters that the table of contents gives, by part."""
    for item in items:
        navigation = "nav" in item.get("properties", "").split()
        if not navigation and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        name = _part(folder, item.get("href", ""))
        root = package.xml(name)
        here = posixpath.dirname(name)
        for point in root.iter("{*}navPoint", "{*}a") if root is not None else ():
            source = next(point.iter("{*}content"), point)
            target = source.get("src") or source.get("href") or ""
            label = next(point.iter("{*}text"), point)
            words = tidy("".join(label.itertext()))
            if target and words:
                yield _part(here, target.partition("#")[0]), words


def _part(folder: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(address)))

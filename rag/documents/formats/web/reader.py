"""Reads web pages (.html), by lxml: fast, lenient, and it knows the line of each element (BSD).

The only module that knows it.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from rag.documents.block import Content, Dropped
from rag.documents.cleaning import clean_pieces
from rag.documents.cleaning.dates import find_date
from rag.documents.cleaning.furniture import date_line
from rag.documents.cleaning.piece import Piece, Role
from rag.documents.formats.signatures import kind_of
from rag.documents.formats.structure.titles import heading_key, titled
from rag.documents.formats.web.flow import HtmlFlow
from rag.documents.formats.web.main_content import Main, main_content
from rag.documents.text.characters import tidy
from rag.documents.text.decoding import decode
from rag.documents.text.languages import fitting_language
from rag.errors import DocumentError

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
#: Pages that say GB2312 use its successors' characters too.
_SUCCESSORS = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252"}
#: Python reads them as text, but no page is written in them.
_NO_CHARSETS = frozenset({
    "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7",
})  # fmt: skip
_TITLES = ("og:title", "articletitle", "dc.title", "twitter:title")
_DATES = (
    "article:published_time", "pubdate", "publishdate", "og:release_date", "datepublished",
    "dc.date", "dc.date.issued", "date", "article:modified_time",
)  # fmt: skip
_SOURCES = ("contentsource", "source", "og:site_name", "application-name")
_OWN_ADDRESSES = (
    "//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content", "//base/@href",
)  # fmt: skip
#: The least share of a page's letters that is said to be left out.
_TOLD = 0.01
#: 'You are here: home > news > text'.
_PATH = re.compile(r".{0,8}(?:位置|You are here)\s*[:：].{0,80}[>»›].{0,80}$", re.IGNORECASE)
_BEFORE_SITE = re.compile(
    r"\s*[|｜_]\s*|\s+[-–—]+\s+|\s*(?:--|——)\s*|(?<=[\u4e00-\u9fff])[-–](?=\S)"
)


def read_web_page(data: bytes) -> Content:
    """Headings, paragraphs, lists and tables of a page's main content, with the file's lines.

    Raises DocumentError when it is not text or shows none without running scripts.
    """
    # Loading takes a moment, and what only serves answers never reads a file.
    from lxml import etree  # type: ignore[import-untyped]  # it ships no annotations

    root = _parsed(data)
    said = _stated(root)
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    title = _title(said, root)
    shown_date = _shown_date(root)
    own = _own_host(root)
    main = main_content(root, title)
    walk = partial(etree.iterwalk, events=("start", "end"))
    pieces = HtmlFlow(main.element, walk, host=own).pieces()
    if not pieces:
        raise DocumentError("It shows no text without running its scripts. Save it as PDF.")
    title = _alone(title, pieces)
    content = clean_pieces(_marked(pieces, title))
    title, blocks = titled(title, content.blocks)
    return replace(
        content,
        blocks=blocks,
        title=title or content.title,
        date=_first_date(said) or content.date or shown_date,
        source=content.source or _first(said, _SOURCES),
        dropped=(*_unread(main), *content.dropped),
        language=fitting_language(language, "\n".join(block.text for block in blocks)),
    )


def _unread(main: Main) -> Iterator[Dropped]:
    for share, what in ((main.around, "what surrounds the text"), (main.hidden, "hidden")):
        if share >= _TOLD:
            yield Dropped((1, 1), "", what, f"{share:.0%}")


def _parsed(data: bytes) -> Any:
    """The root of the page's tree. Raises DocumentError when it is no page."""
    from lxml import etree

    kind = kind_of(data)
    if kind is not None and kind != "a web page":
        raise DocumentError(f"It is {kind}, not a web page. Give it the ending that fits.")
    text = _decoded(data)
    # A declared encoding no longer holds, and lxml would follow it.
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        huge_tree=True,  # else it silently leaves out what is nested deep or has a long attribute
    )
    root = etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    if root is None:
        raise DocumentError("It holds no page. Save it again from the browser.")
    return root


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = _CHARSET.search(data[:4096])
    if found is not None:
        name = found[1].decode("ascii", "ignore").lower()
        try:
            if codecs.lookup(name).name.replace("_", "-") in _NO_CHARSETS:
                return decode(data)
            text = data.decode(_SUCCESSORS.get(name, name), "replace")
        except (LookupError, UnicodeError):
            return decode(data)
        # A few bad bytes are usual where pages are put together from several sources.
        if text.count("\ufffd") * 200 <= len(text) and name not in {"utf-16", "utf-32"}:
            return text.replace("\ufffd", "")
    return decode(data)


def _stated(root: Any) -> dict[str, str]:
    """What the page says of itself, by lower-case names."""
    said: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        value = tidy(meta.get("content") or "")[:300]
        if name and value:
            said.setdefault(name.strip().lower(), value)
    for time in root.iter("time"):
        said.setdefault("date", time.get("datetime") or "")
    return said


def _first(said: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((said[name] for name in names if said.get(name)), None)


def _first_date(said: dict[str, str]) -> str | None:
    found = (find_date(said[name]) for name in _DATES if name in said)
    return next((date[0] for date in found if date is not None), None)


def _shown_date(root: Any) -> str | None:
    """The first date that stands on a line with little else; the main part may not have it."""
    body = root.find("body")
    texts = (tidy(text) for text in body.itertext() if len(text) <= 200) if body is not None else ()
    found = (date_line(text) for text in texts if text)
    return next((date[0] for date in found if date is not None), None)


def _own_host(root: Any) -> str:
    """The site that the page is on, as far as it says; else the one that most links lead to."""
    for path in (
        "//link[@rel='canonical']/@href",
        "//meta[@property='og:url']/@content",
        "//base/@href",
    ):
        for address in root.xpath(path):
            host = _host(str(address))
            if host:
                return host
    hosts = Counter(filter(None, (_host(link.get("href", "")) for link in root.iter("a"))))
    (host, times), *_ = hosts.most_common(1) or [("", 0)]
    return host if times > max(4, hosts.total() / 2) else ""


def _host(address: str) -> str:
    try:
        return (urlsplit(address.strip()).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _headline(root: Any) -> str | None:
    tops = [tidy("".join(top.itertext())) for top in root.iter("h1")]
    tops = [text for text in tops if text]
    return tops[0] if len(tops) == 1 and len(tops[0]) <= 200 else None


def _title(said: dict[str, str], root: Any) -> str | None:
    """The title without the site's name."""
    headline = _headline(root)
    element = next(root.iter("title"), None)
    shown = tidy("".join(element.itertext()))[:300] if element is not None else ""
    if headline and (not shown or heading_key(headline) in heading_key(shown)):
        return headline
    stated = _first(said, _TITLES) or shown
    parts = [part for part in _BEFORE_SITE.split(stated) if part]
    if len(parts) > 1 and len(parts[0]) >= 4:
        return parts[0]
    return stated or headline


def _alone(title: str | None, pieces: list[Piece]) -> str | None:
    """The title as it stands over the text, where the page's title says more than that."""
    key = heading_key(title or "")
    for piece in pieces[:10]:
        words = heading_key(piece.text)
        if len(words) >= 8 and len(words) * 2 > len(key) and key.startswith(words):
            return piece.text
    return title


def _marked(pieces: list[Piece], title: str | None) -> list[Piece]:
    """The pieces with the first one that is the title, and the path to the page, marked as such."""
    key = heading_key(title) if title else ""
    pieces = [p.with_role(Role.NAVIGATION) if _PATH.match(p.text) else p for p in pieces]
    for index, piece in enumerate(pieces[:10]):
        if key and piece.role in {Role.HEADING, Role.BODY} and heading_key(piece.text) == key:
            return [*pieces[:index], piece.with_role(Role.TITLE), *pieces[index + 1 :]]
    return pieces

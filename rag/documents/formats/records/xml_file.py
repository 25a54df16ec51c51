"""Reads XML of any kind (.xml), by lxml: texts with titles and paragraphs, or records as rows."""

from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it ships no annotations

from rag.documents.block import Block, Content
from rag.documents.cleaning.dates import find_date
from rag.documents.document import ParagraphKind
from rag.documents.formats.inline.lines import markup_text
from rag.documents.formats.records.rows import object_blocks, record_blocks
from rag.documents.formats.structure.titles import titled
from rag.documents.formats.tables.rows import text_of_rows
from rag.documents.formats.web import read_web_page
from rag.documents.limits import RECORDS
from rag.documents.text.characters import tidy, tidy_code
from rag.errors import DocumentError

#: What elements are called in formats for texts: DocBook, TEI, DITA, JATS, RSS and Atom.
_TITLES = frozenset({"title", "head", "heading", "bridgehead"})
_SECTIONS = frozenset({
    "section", "sect1", "sect2", "sect3", "sect4", "chapter", "part", "appendix", "div", "sec",
    "article", "topic", "item", "entry", "table", "figure", "note", "simplesect", "preface",
})  # fmt: skip
_PARAGRAPHS = frozenset({"p", "para", "paragraph", "simpara", "formalpara"})
_FEEDS = frozenset({"rss", "feed", "rdf"})
_CODE = frozenset({"programlisting", "screen", "literallayout", "codeblock", "pre", "code-block"})
_CELLS, _NAMES = frozenset({"entry", "td", "th"}), frozenset({"th"})
_TABLES = frozenset({"table", "informaltable", "tgroup", "simpletable"})
_SILENT = frozenset({"remark", "indexterm", "script", "style", "del"})
_DATES = frozenset({"date", "pubdate", "published", "updated", "created"})


def read_xml(data: bytes) -> Content:
    """The titles and paragraphs of a text, or rows of records, with the file's line numbers.

    Raises DocumentError when it is no XML.
    """
    root = _root(data)
    if _name(root) == "html":
        return read_web_page(data)
    if _is_text(root):
        blocks = [block for block in _Text().blocks(root, 0) if block.text.strip()]
        title, shown = titled(None, blocks)
        return Content(shown, title=title, date=_date(root))
    return Content(tuple(_records(root)), date=_date(root))


def _root(data: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, recover=True, huge_tree=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        said = tidy(str(error))[:120]
        raise DocumentError(f"It is not XML that can be read ({said}). Save it again.") from error
    if root is None:
        raise DocumentError("It is not XML. Save it again, or as plain text (.txt).")
    return root


def _name(element: Any) -> str:
    """The element's name without its namespace, in small letters."""
    return str(etree.QName(element).localname).lower() if isinstance(element.tag, str) else ""


def _children(element: Any) -> list[Any]:
    return [child for child in element if isinstance(child.tag, str)]


def _is_text(root: Any) -> bool:
    """Whether it is a text: words stand beside elements, or in what texts call paragraphs."""
    return _name(root) in _FEEDS or any(
        _name(element) in _PARAGRAPHS or (len(element) and _own_words(element))
        for element in root.iter(etree.Element)
    )


def _own_words(element: Any) -> bool:
    tails = (child.tail for child in element)
    return any(text and text.strip() for text in (element.text, *tails))


def _date(root: Any) -> str | None:
    for element in root.iter(etree.Element):
        if _name(element) in _DATES and not len(element):
            found = find_date(element.text or "")
            if found is not None:
                return found[0]
    return None


def _line(element: Any) -> int:
    return max(1, int(element.sourceline or 1))


class _Text:
    """Walks through a text; a heading's level is how many sections it stands in."""

    def blocks(self, element: Any, level: int) -> Iterator[Block]:
        name = _name(element)
        if name in _SILENT:
            return
        if name in _TABLES and next(element.iter("{*}row", "{*}tr"), None) is not None:
            yield from self._table(element)
        elif name in _TITLES:
            line = _line(element)
            yield Block("heading", _words(element), (line, line), level=max(1, level))
        elif name in _CODE:
            code = "\n".join(map(tidy_code, "".join(element.itertext()).strip("\n").split("\n")))
            yield _paragraph(code, element, "code")
        elif _own_words(element):
            yield _paragraph(_words(element), element, "text")
        else:
            inner = level + (name in _SECTIONS or level == 0)
            for child in _children(element):
                yield from self.blocks(child, inner)

    def _table(self, element: Any) -> Iterator[Block]:
        for child in _children(element):
            if _name(child) in _TITLES | {"caption"}:
                yield _paragraph(_words(child), child, "text")
        rows: list[tuple[int, list[str]]] = []
        heads = 0
        for row in element.iter("{*}row", "{*}tr"):
            cells = [cell for cell in _children(row) if _name(cell) in _CELLS]
            rows.append((_line(row), [_words(cell) for cell in cells]))
            marked = _name(row.getparent()) == "thead" or all(_name(c) in _NAMES for c in cells)
            heads += bool(cells) and marked
        text = text_of_rows(rows, headed=True if heads == 1 else None)
        if not text.is_empty:
            lines = text.starts[0][1], text.starts[-1][1]
            yield Block("paragraph", text.text, lines, starts=text.starts, form="table")


def _paragraph(text: str, element: Any, form: ParagraphKind) -> Block:
    line = _line(element)
    return Block("paragraph", text, (line, line), form=form)


def _words(element: Any) -> str:
    """The words of an element on one line; pieces of HTML that are kept as text, as their words."""
    parts: list[str] = []

    def walk(inner: Any) -> None:
        if _name(inner) in _SILENT:
            return
        parts.append(inner.text or "")
        for child in inner:
            if isinstance(child.tag, str):
                walk(child)
            parts.append(child.tail or "")

    walk(element)
    text = "".join(parts)
    return tidy(markup_text(text) if "</" in text or "/>" in text or "<br" in text else text)


def _records(root: Any) -> Iterator[Block]:
    """Repeated elements as rows of a table; a single one as keys and values."""
    while len(_children(root)) == 1 and _children(_children(root)[0]):
        root = _children(root)[0]
    children = _children(root)
    if len(children) > RECORDS:
        raise DocumentError(f"It has more than {RECORDS:,} records. Split it into smaller files.")
    names = [_name(child) for child in children]
    if len(names) > 1 and len(set(names)) == 1 and all(map(_holds_fields, children)):
        for child in children:
            yield from record_blocks(_fields(child), (_line(child), _line(child)))
        return
    yield from object_blocks(_fields(root), (_line(root), _line(root)))


def _holds_fields(element: Any) -> bool:
    return bool(len(element) or element.attrib)


def _fields(element: Any) -> dict[str, object]:
    """Attributes and elements by their names; several of one name are a list."""
    found: dict[str, object] = {
        str(etree.QName(name).localname): value for name, value in element.attrib.items()
    }
    for child in _children(element):
        name = str(etree.QName(child).localname)
        value: object = _fields(child) if _holds_fields(child) else (child.text or "")
        if isinstance(value, dict) and child.text and child.text.strip():
            value = {**value, "text": child.text}
        if name in found:
            before = found[name]
            found[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            found[name] = value
    return found

"""Reads reStructuredText (.rst), by docutils."""

from collections.abc import Iterator

from docutils import nodes

from rag.documents.block import Block, Content
from rag.documents.cleaning.dates import find_date
from rag.documents.document import ParagraphKind
from rag.documents.formats.inline.lines import TextLines
from rag.documents.formats.inline.links import Addresses
from rag.documents.formats.markup.restructured_parsing import DESCRIPTION, parsed_restructured
from rag.documents.formats.structure.titles import titled
from rag.documents.formats.tables.rows import text_of_rows
from rag.documents.text.characters import tidy, tidy_code, width
from rag.documents.text.decoding import decode

_SILENT = (
    nodes.comment, nodes.substitution_definition, nodes.target, nodes.system_message, nodes.image,
    nodes.raw, nodes.pending, nodes.problematic,
)  # fmt: skip
#: Columns: a list of shorter entries is one paragraph.
_SHORT_ENTRY = 80


def read_restructured(data: bytes) -> Content:
    """Sections, paragraphs, lists, tables and code, with the file's line numbers.

    Raises DocumentError when it is not text, or nested beyond what docutils takes.
    """
    document = parsed_restructured(decode(data))
    reading = _RestructuredReading()
    blocks = [block for block in reading.blocks(document, 0) if block.text.strip()]
    title, shown = titled(None, blocks)
    return Content(shown, title=title, date=reading.date)


class _RestructuredReading:
    def __init__(self) -> None:
        self.date: str | None = None
        self._line = 1

    def blocks(self, node: nodes.Element, depth: int) -> Iterator[Block]:
        for child in node.children:
            if isinstance(child, _SILENT) or not isinstance(child, nodes.Element):
                continue
            yield from self._block(child, depth)

    def _block(self, node: nodes.Element, depth: int) -> Iterator[Block]:
        if isinstance(node, nodes.section):
            yield from self.blocks(node, depth + 1)
        elif isinstance(node, nodes.title):
            if isinstance(node.parent, nodes.section | nodes.document):
                line = self._line_of(node)
                yield Block("heading", _words(node), (line, line), level=max(1, depth))
            else:
                yield self._text(node, "text")
        elif isinstance(node, nodes.literal_block | nodes.doctest_block | nodes.math_block):
            code = "\n".join(map(tidy_code, node.astext().split("\n")))
            first = self._line_of(node)
            lines = TextLines.of_text(code, first)
            last = first + code.count("\n")
            yield Block("paragraph", code, (first, last), starts=lines.starts, form="code")
        elif isinstance(node, nodes.table):
            yield from self._table(node)
        elif isinstance(node, nodes.bullet_list | nodes.enumerated_list) and _is_short(node):
            yield self._short_list(node)
        elif isinstance(node, nodes.footnote | nodes.citation):
            yield from self._note(node, depth)
        elif isinstance(node, nodes.definition_list_item | nodes.field):
            yield from self._named(node, depth)
        elif isinstance(node, nodes.list_item):
            yield from self._item(node, depth)
        elif isinstance(node, nodes.line_block):
            text = "\n".join(_words(line) for line in node.findall(nodes.line))
            first = self._line_of(node)
            yield Block("paragraph", text, (first, first), form="list")
        elif isinstance(node, nodes.TextElement):
            yield self._text(node, "text")
        else:
            yield from self.blocks(node, depth)

    def _text(self, node: nodes.Element, form: ParagraphKind, lead: str = "") -> Block:
        first = self._line_of(node)
        raw = getattr(node, "rawsource", "") or ""
        last = first + raw.strip().count("\n")
        lines = TextLines()
        lines.add_line(lead + _words(node), first)
        lines.codes = [tidy(code.astext()) for code in node.findall(nodes.literal)]
        return Block("paragraph", lines.text, (first, last), form=form, unbroken=lines.unbroken)

    def _short_list(self, node: nodes.Element) -> Block:
        text = TextLines()
        for item in node.findall(nodes.list_item):
            for child in item.findall(nodes.paragraph):
                text.add_line(_marker(item) + _words(child), self._line_of(child))
        lines = text.starts[0][1], text.starts[-1][1]
        return Block("paragraph", text.text, lines, starts=text.starts, form="list")

    def _note(self, node: nodes.Element, depth: int) -> Iterator[Block]:
        label = next((_words(each) for each in node.findall(nodes.label)), "")
        lead = f"[{label}] "
        for child in node.children:
            if isinstance(child, nodes.paragraph):
                yield self._text(child, "text", lead)
                lead = ""
            elif isinstance(child, nodes.Element) and not isinstance(child, nodes.label):
                yield from self._block(child, depth)

    def _named(self, node: nodes.Element, depth: int) -> Iterator[Block]:
        """A definition or a field: what it explains stands in front."""
        name = " ".join(
            _words(part) for part in node.children
            if isinstance(part, nodes.term | nodes.field_name)
        )  # fmt: skip
        lead = f"{name}: " if name else ""
        form: ParagraphKind = "text" if DESCRIPTION in node["classes"] else "list"
        for part in node.children:
            if isinstance(part, nodes.definition | nodes.field_body):
                if isinstance(part, nodes.field_body) and name.lower() in {"date", "published"}:
                    found = find_date(part.astext())
                    self.date = found[0] if found else self.date
                for child in part.children:
                    if isinstance(child, nodes.paragraph):
                        yield self._text(child, form, lead)
                        lead = ""
                    elif isinstance(child, nodes.Element):
                        if lead:
                            line = self._line_of(node)
                            yield Block("paragraph", lead.strip(), (line, line), form=form)
                            lead = ""
                        yield from self._block(child, depth)

    def _item(self, node: nodes.Element, depth: int) -> Iterator[Block]:
        lead = _marker(node)
        for child in node.children:
            if isinstance(child, nodes.paragraph):
                yield self._text(child, "list", lead)
                lead = ""
            elif isinstance(child, nodes.Element):
                yield from self._block(child, depth)

    def _table(self, node: nodes.Element) -> Iterator[Block]:
        for title in node.findall(nodes.title):
            yield self._text(title, "text")
        heads = sum(1 for head in node.findall(nodes.thead) for _ in head.findall(nodes.row))
        rows = ((self._line_of(row), _cells(row)) for row in node.findall(nodes.row))
        text = text_of_rows(rows, headed=True if heads == 1 else None)
        if not text.is_empty:
            lines = text.starts[0][1], text.starts[-1][1]
            yield Block("paragraph", text.text, lines, starts=text.starts, form="table")

    def _line_of(self, node: nodes.Element) -> int:
        """The line of a node; where docutils does not say, that of the first in it that has one."""
        found = node.line
        if found is None:
            inner = (each.line for each in node.findall(nodes.Element) if each.line is not None)
            found = next(inner, None)
        self._line = max(1, found or self._line)
        return self._line


def _marker(item: nodes.Element) -> str:
    parent = item.parent
    if not isinstance(parent, nodes.enumerated_list):
        return "- "
    return f"{parent.index(item) + int(parent.get('start', 1))}. "


def _is_short(listed: nodes.Element) -> bool:
    """Whether all entries are one short paragraph each."""
    return bool(listed.children) and all(
        isinstance(item, nodes.list_item)
        and len(item.children) == 1
        and isinstance(item.children[0], nodes.paragraph)
        and width(item.children[0].astext()) <= _SHORT_ENTRY
        for item in listed.children
    )


def _cells(row: nodes.Element) -> list[str]:
    cells: list[str] = []
    for entry in row.findall(nodes.entry):
        cells.append(tidy(" ".join(_words(part) for part in entry.children)))
        cells += [""] * min(int(entry.get("morecols", 0)), 100)
    return cells


def _words(node: nodes.Node) -> str:
    """The words of a node on one line, with the addresses behind its links."""
    addresses = Addresses()

    def parts(inner: nodes.Node) -> Iterator[str]:
        if isinstance(inner, nodes.Text):
            yield inner.astext()
        elif isinstance(inner, nodes.footnote_reference | nodes.citation_reference):
            yield f" [{inner.astext()}]"
        elif isinstance(inner, nodes.superscript):
            yield f"^{inner.astext()}"
        elif not isinstance(inner, _SILENT) or isinstance(inner, nodes.problematic):
            words = "".join(part for child in inner.children for part in parts(child))
            yield words
            if isinstance(inner, nodes.reference):
                yield addresses.address_after(str(inner.get("refuri", "")), words)

    return tidy("".join(parts(node)))

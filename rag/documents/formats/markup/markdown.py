"""Reads Markdown files. The only module that knows markdown-it."""

import re
from collections.abc import Generator, Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from rag.documents.block import Block, Content
from rag.documents.document import ParagraphKind
from rag.documents.formats.inline.lines import TextLines, inline_text, markup_text
from rag.documents.formats.markup.frontmatter import FrontMatter, parse_front_matter
from rag.documents.formats.markup.markdown_extensions import plain_markdown
from rag.documents.formats.markup.markdown_rules import (
    PIPE_TABLE,
    cjk_emphasis_plugin,
    pipe_table_plugin,
)
from rag.documents.formats.structure.titles import titled
from rag.documents.formats.tables.rows import text_of_rows
from rag.documents.text.characters import tidy, tidy_code, width
from rag.documents.text.decoding import decode

#: Columns: a list of shorter entries is one paragraph, longer entries are one each.
_SHORT_ENTRY = 80
#: Characters that mark something up.
_MARKUP = re.compile(r"[\\`*_~\[\]<>&!^]")


def read_markdown(data: bytes) -> Content:
    """Headings and paragraphs of a Markdown file, without markup, with the file's line numbers.

    Raises DocumentError when it is not text.
    """
    text, dropped = plain_markdown(decode(data))
    tree = SyntaxTreeNode(_parser().parse(text))
    front, blocks = FrontMatter(), list[Block]()
    for node in tree.children:
        if node.type == "front_matter":
            parsed = parse_front_matter(node.content)
            if parsed is not None:
                front = parsed
                continue
        blocks += [block for block in _blocks(node) if block.text.strip()]
    title, shown = titled(front.title, blocks)
    return Content(
        blocks=shown,
        title=title,
        date=front.date,
        source=front.source,
        language=front.language,
        dropped=dropped,
    )


def markdown_blocks(text: str, first: int = 1) -> list[Block]:
    """The blocks of plain Markdown that begins on line `first` of a file."""
    tree = SyntaxTreeNode(_parser().parse("\n" * (first - 1) + text))
    return [block for node in tree.children for block in _blocks(node) if block.text.strip()]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["strikethrough"])
    for plugin in (front_matter_plugin, deflist_plugin, pipe_table_plugin, cjk_emphasis_plugin):
        parser.use(plugin)
    return parser


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    lines = _lines(node)
    if node.type == "heading":
        text = inline_text(node.children[0], lines[0]).text.replace("\n", " ")
        yield Block("heading", text, lines, level=int(node.tag[1:]))
    elif node.type == "paragraph":
        yield _paragraph(inline_text(node.children[0], lines[0]), lines)
    elif node.type in {"fence", "code_block"}:
        first = lines[0] + (node.type == "fence")
        code = map(tidy_code, node.content.rstrip("\n").split("\n"))
        yield _paragraph(TextLines.of_text("\n".join(code), first), lines, "code")
    elif node.type in {"html_block", "front_matter"}:
        first = lines[0] + (node.type == "front_matter")
        yield _paragraph(TextLines.of_text(markup_text(node.content), first), lines)
    elif node.type == PIPE_TABLE:
        yield _table(node)
    elif node.type in {"bullet_list", "ordered_list"}:
        yield from _list(node)
    elif node.type == "dl":
        yield from _definitions(node)
    else:
        for child in node.children:
            yield from _blocks(child)


def _paragraph(text: TextLines, lines: tuple[int, int], form: ParagraphKind = "text") -> Block:
    return Block(
        "paragraph", text.text, lines, starts=text.starts, form=form, unbroken=text.unbroken
    )


def _lines(node: SyntaxTreeNode) -> tuple[int, int]:
    if node.map is None:
        return (1, 1)
    first, end = node.map
    return first + 1, max(end, first + 1)


def _table(node: SyntaxTreeNode) -> Block:
    """A row a line, each cell with its column's name, so that a row can be quoted alone."""
    rows: list[tuple[int, list[str]]] = node.meta["rows"]
    text = text_of_rows(((line, list(map(_cell, row))) for line, row in rows), marked=True)
    return _paragraph(text, _lines(node), "table")


def _cell(written: str) -> str:
    if not _MARKUP.search(written):
        return tidy(written)
    return inline_text(SyntaxTreeNode(_parser().parseInline(written)).children[0], 1).text


def _list(node: SyntaxTreeNode) -> Iterator[Block]:
    """Short entries as one paragraph, line by line; long ones, or with more than text, apart."""
    if any(not _is_plain(item) for item in node.children):
        for child in node.children:
            yield from _mixed_item(child)
        return
    items = [_entries(child, 0) for child in node.children]
    short = all(width(line) <= _SHORT_ENTRY for item in items for line in item.text.split("\n"))
    if short:
        whole = TextLines()
        for item in items:
            whole.extend(item)
        yield _paragraph(whole, _lines(node), "list")
        return
    for item, child in zip(items, node.children, strict=True):
        yield _paragraph(item.without("- "), _lines(child), "list")


def _is_plain(item: SyntaxTreeNode) -> bool:
    return all(
        child.type == "paragraph"
        or (child.type in {"bullet_list", "ordered_list"} and all(map(_is_plain, child.children)))
        for child in item.children
    )


def _marker(item: SyntaxTreeNode) -> str:
    return f"{item.info}{item.markup} " if item.info else "- "


def _entries(item: SyntaxTreeNode, depth: int) -> TextLines:
    text = TextLines()
    lead = "  " * depth + _marker(item)
    for child in item.children:
        if child.type == "paragraph":
            text.extend(inline_text(child.children[0], _lines(child)[0], lead=lead))
            lead = "  " * (depth + 1)
        else:
            for inner in child.children:
                text.extend(_entries(inner, depth + 1))
    return text


def _mixed_item(item: SyntaxTreeNode) -> Iterator[Block]:
    yield from _led(item, _marker(item) if item.info else "")


def _definitions(node: SyntaxTreeNode) -> Iterator[Block]:
    """Each definition with the term it explains in front of its first words."""
    lead = ""
    for child in node.children:
        if child.type == "dt":
            term = inline_text(child.children[0], _lines(child)[0]).text
            lead = f"{term}: "
            continue
        lead = yield from _led(child, lead)


def _led(node: SyntaxTreeNode, lead: str) -> Generator[Block, None, str]:
    """What is in an entry, with `lead` in front of its first paragraph; what is left of that where
    there is none.
    """
    for child in node.children:
        if child.type == "paragraph":
            text = inline_text(child.children[0], _lines(child)[0], lead=lead)
            yield _paragraph(text, _lines(child), "list")
            lead = ""
        else:
            yield from _blocks(child)
    return lead

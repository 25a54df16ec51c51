"""reStructuredText as docutils parses it, so that no directive does anything but hold text.

Nothing outside the file is read. Directives of Sphinx, which docutils does not know, are the text
in them; those that would include a file or make a picture are nothing.
"""

import io
import re
from typing import Any

from docutils import nodes, utils
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Directive, Parser, directives, roles

from rag.errors import DocumentError

_ROLE = re.compile(r":([a-zA-Z][\w:+.-]*):`")
_DIRECTIVE = re.compile(r"^\s*\.\.\s+(?:\|[^|\n]+\|\s+)?([a-zA-Z][\w:+.-]*)::", re.MULTILINE)
_TARGET = re.compile(r"(?s)(.+?)\s*<[^<>]*>")
#: Directives whose content is code, and those that hold no text.
_CODE = frozenset({
    "code-block", "sourcecode", "code", "parsed-literal", "testcode", "testoutput", "doctest",
    "prompt",
})  # fmt: skip
_NOTHING = frozenset({
    "include", "literalinclude", "toctree", "image", "figure", "raw", "contents", "index",
    "highlight", "automodule", "autoclass", "autofunction", "autosummary", "meta", "role",
    "default-role", "currentmodule", "module", "tabularcolumns", "mermaid", "graphviz", "sectnum",
    "header", "footer",
})  # fmt: skip
#: Directives that describe what their argument names.
_DESCRIBING = frozenset({
    "option", "cmdoption", "confval", "envvar", "setting", "describe", "object", "directive",
    "function", "method", "class", "attribute", "data", "exception", "macro", "type", "var",
})  # fmt: skip
#: The class of a node that such a directive makes.
DESCRIPTION = "wenda-description"
_KNOWN = frozenset({
    "table", "list-table", "csv-table", "math", "rubric", "topic", "sidebar", "epigraph", "replace",
    "note", "warning", "tip", "hint", "important", "caution", "danger", "error", "attention",
    "admonition", "container", "compound", "line-block", "unicode", "date",
})  # fmt: skip
_KNOWN_ROLES = frozenset({
    "emphasis", "strong", "literal", "code", "math", "sub", "sup", "subscript", "superscript",
    "title", "t", "title-reference",
})  # fmt: skip
_CODE_ROLES = frozenset({"code", "func", "class", "mod", "meth", "attr", "data", "file", "option"})


class _AnyOption(dict[str, Any]):
    """The options of directives that nobody described."""

    def __getitem__(self, key: str) -> Any:
        return directives.unchanged

    def __bool__(self) -> bool:
        return True


class _Holding(Directive):
    """A directive that is nothing but the text in it."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = _AnyOption()

    def run(self) -> list[nodes.Node]:
        name = self.name.rpartition(":")[2]
        if name in _NOTHING:
            return []
        if name in _CODE:
            text = "\n".join(self.content)
            found = nodes.literal_block(text, text)
            found.line = self.content_offset + 1
            return [found]
        return [self._described() if name in _DESCRIBING and self.content else self._box()]

    def _box(self) -> nodes.Element:
        box = nodes.container()
        if self.arguments:
            words, _ = self.state.inline_text(self.arguments[0], self.lineno)
            box += nodes.paragraph("", "", *words)
            box[-1].line = self.lineno
        self.state.nested_parse(self.content, self.content_offset, box)
        return box

    def _described(self) -> nodes.Element:
        """The content as the definition of the arguments, one a line."""
        names = ", ".join(map(str.strip, "".join(self.arguments).split("\n")))
        words, _ = self.state.inline_text(names, self.lineno)
        held = nodes.definition()
        self.state.nested_parse(self.content, self.content_offset, held)
        item = nodes.definition_list_item("", nodes.term("", "", *words), held)
        item.line = self.lineno
        item["classes"].append(DESCRIPTION)
        return nodes.definition_list("", item)


def _bare_role(
    name: str, rawtext: str, text: str, *_: Any, **__: Any
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """The words of a role that docutils does not know, without its target."""
    text = utils.unescape(text)
    titled_text = _TARGET.fullmatch(text)
    shown = titled_text[1] if titled_text else text.lstrip("~!")
    if not titled_text and text.startswith("~"):
        shown = shown.rpartition(".")[2]
    code = name.rpartition(":")[2] in _CODE_ROLES
    return [nodes.literal(rawtext, shown) if code else nodes.Text(shown)], []


def parsed_restructured(text: str) -> nodes.document:
    """The tree of a text. Raises DocumentError where docutils fails on it."""
    for name in {name.lower() for name in _ROLE.findall(text)} - _KNOWN_ROLES:
        roles.register_local_role(name, _bare_role)  # type: ignore[arg-type]  # a stub too narrow
    for name in {name.lower() for name in _DIRECTIVE.findall(text)} - _KNOWN:
        directives.register_directive(name, _Holding)
    return _parsed(text)


def _parsed(text: str) -> nodes.document:
    settings = get_default_settings(Parser)
    settings.report_level = 5
    settings.halt_level = 5
    settings.warning_stream = io.StringIO()
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.syntax_highlight = "none"
    settings.line_length_limit = 1_000_000
    document = utils.new_document("document", settings)
    try:
        Parser().parse(text, document)
    except RecursionError:
        raise
    except Exception as error:
        raise DocumentError(
            f"It cannot be read as reStructuredText ({type(error).__name__}). Mend it, or save it "
            "as plain text (.txt)."
        ) from error
    return document

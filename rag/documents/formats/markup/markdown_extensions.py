"""Extensions of Markdown, as writers and site builders use them, turned into plain Markdown line by
line.

Lines keep their numbers. Directives that include other files, and attributes, are no text; notes,
tabs and folded blocks are the text in them.
"""

import re
from dataclasses import dataclass, field

from rag.documents.block import Dropped

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(?=[^`]*$)")
_ATTRIBUTES = re.compile(r"\{:?\s*[#.][^{}\n]*\}")
_ATTRIBUTE_LINE = re.compile(r"\s*\{(?::|\s*[#.])[^{}\n]*\}\s*")
_HEADING = re.compile(r"( {0,3}#{1,6}\s.*?)\s*(?:\{:?\s*[#.:][^{}\n]*\}|\{/\*.*?\*/\}|¶)[\s#]*$")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)\s*$")
_ON_LINK = re.compile(r"(?<=[)\]])\{:?[^{}\n]*[=.#][^{}\n]*\}")
_DIRECTIVE = re.compile(
    r"\s*(?:--8<--.*|;--8<--.*|\{!.*!\}|\{%.*%\}|\{\{[<%#/].*\}\}|\{\{\s*(?:include|snippet|template|"
    r"embed|partial|toc|content_for)\b.*\}\}|\[?!INCLUDE\b.*|@(?:import|include)\b.*|<<<\s*[@./{].*|"
    r"#include\s+[\"<].*|import\s+.+\s+from\s+['\"].+['\"];?|import\s+['\"].+['\"];?|"
    r"export\s+(?:const|default|function|let)\b.*|!\[\[[^\]]*\]\]|\[\[_?TOC_?\]\]|\[TOC\]|"
    r"\\(?:newpage|pagebreak|tableofcontents|input|include)\b.*|\{/\*.*\*/\})\s*",
    re.IGNORECASE,
)
_SHORTCODE = re.compile(r"\{\{[<%].*?[%>]\}\}|\{%.*?%\}")
_ALERT = re.compile(r"(\s*(?:>\s*)+)\[!\w+\][+-]?[ \t]*(.*)")
_CONTAINER = re.compile(
    r"\s*:{3,}\s*(?:\{?[\w-]+\}?)?\s*(?:\{[^{}]*\}|\[(?P<label>[^\]]*)\])?(?P<title>.*)"
)
_BLOCK = re.compile(
    r"(?:!!!|\?\?\?\+?)\s+[\w\s-]*(?:\"(?P<title>.*)\")?\s*|===[!+]?\s+\"(?P<tab>.*)\"\s*"
)
#: Directives of MyST and its kin, written as fences: ```{note} Title
_FENCED = re.compile(r" {0,3}(?:`{3,}|~{3,})\s*\{([\w:-]+)\}\s*(.*)")
_OPTION = re.compile(r":[\w-]+:.*|---+|[\w-]+:\s.*")
_CODE = frozenset({"code", "code-block", "code-cell", "sourcecode", "math", "mermaid"})
_NOTHING = frozenset({
    "include", "literalinclude", "toctree", "contents", "image", "eval-rst", "tableofcontents",
    "raw", "index", "bibliography",
})  # fmt: skip
_STEP = 4
#: Begins a paragraph of its own and is not shown; Markdown is not read on its line.
_APART = "<!-- -->"
_MARKED = re.compile(r"[\\`*_~\[\]<>&!^]")


@dataclass(slots=True)
class _Rewriting:
    """The lines so far.

    `blocks` are the columns at which open indented blocks are marked, `fence` opened code,
    `notes` opened text that is fenced; `skipping` while what is inside is left out, `heading`
    while options may follow.
    """

    lines: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fence: str = ""
    skipping: bool = False
    heading: bool = False

    def add_line(self, line: str, number: int) -> None:
        indent = len(line) - len(line.lstrip(" "))
        while self.blocks and line.strip() and indent < self.blocks[-1] + _STEP:
            self.blocks.pop()
        line = line[min(indent, _STEP * len(self.blocks)) :]
        self.heading = self.heading and _OPTION.fullmatch(line.strip()) is not None
        fence = _FENCE.match(line)
        if fence is not None:
            line = self._fenced(line, fence[1], number)
        elif self.skipping or self.heading:
            line = ""
        elif not self.fence:
            line = self._plain(line, indent, number)
        self.lines.append(line)

    def _fenced(self, line: str, fence: str, number: int) -> str:
        bare = not line.strip().strip("`~")
        if self.fence:
            if bare and fence.startswith(self.fence):
                line = "" if self.skipping else line
                self.fence, self.skipping = "", False
            return "" if self.skipping else line
        if bare and self.notes and fence.startswith(self.notes[-1]):
            self.notes.pop()
            return ""
        directive = _FENCED.fullmatch(line)
        name = directive[1].rpartition(":")[2] if directive else ""
        self.heading = bool(name)
        if directive and name not in _CODE | _NOTHING:
            self.notes.append(fence)
            return _entry(directive[2])
        self.fence, self.skipping = fence, name in _NOTHING
        if self.skipping:
            self.dropped.append(Dropped((number, number), line.strip(), "directive"))
            return ""
        return line

    def _plain(self, line: str, indent: int, number: int) -> str:
        block = _BLOCK.fullmatch(line.strip())
        if block is not None and indent - _STEP * len(self.blocks) < _STEP:
            self.blocks.append(indent)
            return self._apart(block["tab"]) if block["tab"] else _entry(block["title"] or "")
        if _DIRECTIVE.fullmatch(line):
            self.dropped.append(Dropped((number, number), line.strip(), "directive"))
            return ""
        if _ATTRIBUTE_LINE.fullmatch(line):
            return ""
        if line.lstrip().startswith(":::"):
            container = _CONTAINER.fullmatch(line)
            return _entry(container["label"] or container["title"].strip()) if container else line
        if _UNDERLINE.match(line) and self.lines:
            self.lines[-1] = _ATTRIBUTES.sub("", self.lines[-1]).rstrip()
        alert = _ALERT.fullmatch(line)
        if alert is not None:
            return alert[1] + _entry(alert[2])
        heading = _HEADING.match(line)
        line = heading[1] if heading is not None else line
        return _SHORTCODE.sub("", _ON_LINK.sub("", line)) if "{" in line else line

    def _apart(self, title: str) -> str:
        """A title over a block, which is no part of a paragraph that ends right above it."""
        runs_on = bool(self.lines and self.lines[-1].strip()) and not _MARKED.search(title)
        return _APART + title if runs_on else _entry(title)


def _entry(title: str) -> str:
    """A title as a line of its own, above the text it is the title of."""
    return f"{title}  " if title else ""


def plain_markdown(text: str) -> tuple[str, tuple[Dropped, ...]]:
    """The text without extensions, and the directives that were taken out of it."""
    rewriting = _Rewriting()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        rewriting.add_line(line.expandtabs(_STEP) if line[:1] == "\t" else line, number)
    return "\n".join(rewriting.lines), tuple(rewriting.dropped)

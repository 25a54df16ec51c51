"""Rules of our own for the Markdown parser: tables as one token each, emphasis beside CJK marks."""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import isPunctChar
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from rag.documents.text.characters import CJK

#: The type of the token; its `meta["rows"]` are (line of the file, cells as they are written).
PIPE_TABLE = "pipe_table"
_RULER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_BAR = re.compile(r"(?<!\\)\|")


def pipe_table_plugin(parser: MarkdownIt) -> None:
    """Makes the parser read a table as one token.

    Its own rule makes seven of every cell: 0.7 GB for a table of one megabyte.
    """
    ends = ["paragraph", "reference"]
    parser.block.ruler.before("code", PIPE_TABLE, _table, {"alt": ends})


def cjk_emphasis_plugin(parser: MarkdownIt) -> None:
    """Makes the parser see emphasis beside East Asian marks, as in **注意：**请关门.

    CommonMark's rule takes such a mark for the edge of a word, where these scripts have none.
    """
    parser.inline.ruler.at("emphasis", _emphasis)


def _emphasis(state: StateInline, silent: bool) -> bool:
    start, marker = state.pos, state.src[state.pos]
    if silent or marker not in "_*":
        return False
    scanned = state.scanDelims(start, marker == "*")
    end = start + scanned.length
    before = state.src[start - 1 : start] or " "
    after = state.src[end : end + 1] or " "
    opens, closes = scanned.can_open, scanned.can_close
    if marker == "*" and (CJK.match(before) or CJK.match(after)):
        opens = opens or _reaches(after, before)
        closes = closes or _reaches(before, after)
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        at = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(marker), scanned.length, at, -1, opens, closes))
    state.pos = end
    return True


def _reaches(inner: str, outer: str) -> bool:
    """Whether emphasis may reach from its marker over the inner character."""
    if inner.isspace():
        return False
    free = outer.isspace() or isPunctChar(outer) or CJK.match(outer) is not None
    return free or not isPunctChar(inner)


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 2 > end or _is_apart(state, start) or _is_apart(state, start + 1):
        return False
    first, ruler = _line(state, start), _line(state, start + 1)
    if "|" not in first or not {"|", ":"} & {*ruler} or _RULER.fullmatch(ruler) is None:
        return False
    names = _cells(first)
    if len(names) != len(_cells(ruler)):
        return False
    if silent:
        return True
    rows = [(start + 1, names)]
    line = start + 2
    enders = state.md.block.ruler.getRules("blockquote")
    while line < end and not _is_apart(state, line) and _line(state, line):
        if any(rule(state, line, end, True) for rule in enders):
            break
        cells = _cells(_line(state, line))[: len(names)]
        rows.append((line + 1, cells))
        line += 1
    token = state.push(PIPE_TABLE, "", 0)
    token.map = [start, line]
    token.meta = {"rows": rows}
    state.line = line
    return True


def _is_apart(state: StateBlock, line: int) -> bool:
    return state.sCount[line] < state.blkIndent or state.is_code_block(line)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def _cells(line: str) -> list[str]:
    cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(line)]
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return cells

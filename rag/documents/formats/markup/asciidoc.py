"""Reads AsciiDoc (.adoc), line by line: sections, lists, tables, code; no includes and macros."""

import re

from rag.documents.block import Content
from rag.documents.cleaning.dates import find_date
from rag.documents.formats.markup.asciidoc_inline import without_marks
from rag.documents.formats.markup.light_markup import LightMarkup
from rag.documents.text.decoding import decode

_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*?)(?:\s+\1)?\s*")
#: A title on two lines: the second one, as long as the first, says of which level it is.
_UNDERLINE = re.compile(r"={4,}|-{4,}|~{4,}|\^{4,}|\+{4,}")
_LEVELS = "=-~^+"
_TITLED = re.compile(r"[^\s.=\[:*/|][^|]*\w.*")
_AS_LONG = 2
_ATTRIBUTE = re.compile(r":!?([\w-]+)!?:(?:\s+(.*))?")
_BLOCK_LINE = re.compile(r"\[\[.*\]\]|\[(?!\s)[^\]]*\]\s*")
_FENCES = frozenset({"----", "....", "```"})
_DROPPED = frozenset({"////", "++++"})
_FRAMES = re.compile(r"={4,}|\*{4,}|_{4,}|--|-{4,}|\.{4,}|/{4,}|\+{4,}|`{3,}\S*")
_ITEM = re.compile(r"\s*(\*{1,5}|-|\.{1,5}|<\.>|<\d+>|\d+\.)\s+(.*)")
_TERM = re.compile(r"(\S.*?)(?::{2,4}|;;)(?:\s+(.*))?")
#: Paragraphs of these styles are set as they are typed.
_TYPED = re.compile(r"\[(?:synopsis|source|listing|literal|verse)\b[^\]]*\]")
_MACRO = re.compile(
    r"(?:image|video|audio|icon|toc|include|ifdef|ifndef|ifeval|endif)::\S*\[.*\]|'''|<<<"
)
_TITLE = re.compile(r"\.([^\s.].*)")
_CELL = re.compile(r"(?:^|(?<=\s))(?:\d+[+*]|\.\d+\+|\d+\.\d+\+)?[<^>.]*[adehlmsv]?\|")


def read_asciidoc(data: bytes) -> Content:
    """Sections, paragraphs, lists, tables and code, with the file's line numbers.

    Raises DocumentError when it is not text.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    reading = _AsciidocReading()
    for number, line in enumerate(text.split("\n"), 1):
        reading.add_line(line.rstrip(), number)
    return reading.content()


class _AsciidocReading:
    def __init__(self) -> None:
        self._out = LightMarkup()
        self._fence = ""
        self._table: list[tuple[int, str]] | None = None
        self._columns = 0
        self._headed = False
        self._attributes: dict[str, str] = {}
        self._title = False
        self._numbers: dict[int, int] = {}
        self._terms: list[str] = []
        self._before = ["", ""]
        self._typed = ""

    def content(self) -> Content:
        if self._table is not None:
            self._end_table()
        written = self._attributes.get("revdate") or self._attributes.get("date") or ""
        found = find_date(written)
        return self._out.content(date=found[0] if found else None)

    def add_line(self, line: str, number: int) -> None:
        self._read(line, number)
        self._before = [self._before[1], line]

    def _read(self, line: str, number: int) -> None:
        if self._table is not None:
            self._table.append((number, line))
            if line.strip() in {"|===", ",===", ":===", "!==="}:
                self._end_table()
            return
        if self._fence:
            self._inside(line)
        elif self._typed:
            self._in_typed(line, number)
        elif self._underlines(line):
            hashes = "#" * (_LEVELS.index(line[0]) + 1)
            self._title = self._title or line[0] == "="
            self._out.replace_last(f"{hashes} {self._words(self._before[1].strip())}")
            self._out.add_line("")
        elif _FRAMES.fullmatch(line) is not None:
            self._out.add_line(self._opened(line))
        elif line.strip() in {"|===", ",===", "!==="}:
            self._table = [(number, line)]
        else:
            self._out.add_line(self._line(line))

    def _underlines(self, line: str) -> bool:
        """Whether the line before is a title, and this one the line under it."""
        if _UNDERLINE.fullmatch(line) is None:
            return False
        apart, title = self._before
        alone = not apart.strip() or _BLOCK_LINE.fullmatch(apart) is not None
        fits = abs(len(title.rstrip()) - len(line)) <= _AS_LONG
        return alone and fits and _TITLED.fullmatch(title) is not None

    def _in_typed(self, line: str, number: int) -> None:
        """A line of a paragraph that is set as it is typed, or what ends that."""
        opening, self._typed = self._typed == "opening", "open"
        if opening and (_FRAMES.fullmatch(line) or _TITLE.fullmatch(line) or not line.strip()):
            self._typed = ""
            self._read(line, number)
        elif not line.strip():
            self._typed = ""
            self._out.add_line("~~~~~~")
        else:
            if opening:
                self._out.replace_last("~~~~~~")
            self._out.add_line(line)

    def _inside(self, line: str) -> None:
        closes = line == self._fence
        code = self._fence[:4] not in _DROPPED
        if closes:
            self._fence = ""
        self._out.add_line(("~~~~~~" if closes else line) if code else "")

    def _opened(self, line: str) -> str:
        kind = "```" if line.startswith("`") else line[:4]
        if kind in _FENCES or kind in _DROPPED:
            self._fence = "```" if kind == "```" else line
            return "" if kind in _DROPPED else "~~~~~~"
        return ""

    def _line(self, line: str) -> str:
        if line.startswith("//") and not line.startswith("///"):
            return ""
        attribute = _ATTRIBUTE.fullmatch(line)
        if attribute is not None:
            self._attributes[attribute[1].lower()] = (attribute[2] or "").strip()
            return ""
        if _MACRO.fullmatch(line):
            return ""
        if _BLOCK_LINE.fullmatch(line):
            self._note(line)
            self._typed = "opening" if _TYPED.fullmatch(line.strip()) else ""
            return ""
        heading = _HEADING.fullmatch(line)
        if heading is not None:
            self._title = self._title or len(heading[1]) == 1
            return f"{'#' * len(heading[1])} {self._words(heading[2])}"
        title = _TITLE.fullmatch(line)
        if title is not None:
            return f"{self._words(title[1])}  "
        item = _ITEM.fullmatch(line)
        if item is not None:
            return self._item(item)
        if line.strip() in {"", "+"}:
            return ""
        if not self._before[1].strip():
            self._numbers = {}
        term = _TERM.fullmatch(line)
        if term is not None and " :: " not in line:
            return self._term(self._words(term[1]), self._words(term[2] or ""))
        self._terms = []
        return self._words(line.strip())

    def _term(self, term: str, words: str) -> str:
        """A term, after those before it that have the same explanation."""
        if self._terms:
            self._out.replace_last("")
        terms = ", ".join([*self._terms, term])
        self._terms = [] if words else [*self._terms, term]
        return f"- {terms}: {words}".rstrip()

    def _note(self, line: str) -> None:
        columns = re.search(r'cols\s*=\s*"([^"]*)"|cols=([\d,*]+)', line)
        if columns is not None:
            self._columns = _count(columns[1] or columns[2])
        if "header" in line:
            self._headed = True

    def _item(self, item: re.Match[str]) -> str:
        marker, words = item[1], self._words(item[2])
        depth = "    " * (len(marker) - 1) if marker[0] in "*." else ""
        if marker.startswith("<"):
            return f"- {words}"
        if marker[0] != "." and not marker[0].isdigit():
            return f"{depth}- {words}"
        level = len(depth)
        self._numbers = {at: n for at, n in self._numbers.items() if at <= level}
        written = marker[:-1]
        before = self._numbers.get(level, 0)
        self._numbers[level] = int(written[:6]) if written.isdecimal() else before + 1
        return f"{depth}{self._numbers[level]}. {words}"

    def _words(self, text: str) -> str:
        return without_marks(text, self._attributes)

    def _end_table(self) -> None:
        lines = self._table or []
        self._table = None
        inner = [pair for pair in lines[1:] if not pair[1].strip().endswith("===")]
        cells = list(_cells(inner))
        first = [at for at, (line, _) in enumerate(cells) if cells and line == cells[0][0]]
        columns = self._columns or len(first) or 1
        rows = [cells[at : at + columns] for at in range(0, len(cells), columns)]
        # A blank line below the first row, which stands on one line, marks it as the header.
        blank = {number for number, line in inner if not line.strip()}
        marked = bool(first) and len(first) == columns and cells[0][0] + 1 in blank
        table = [(row[0][0], [self._words(words) for _, words in row]) for row in rows]
        headed = True if (self._headed or marked) and len(rows) > 1 else None
        self._out.add_table(table, len(lines), headed=headed)
        self._columns, self._headed = 0, False


def _count(columns: str) -> int:
    total = 0
    for part in columns.split(","):
        many = re.match(r"\s*(\d+)\*", part)
        total += int(many[1][:3]) if many else 1
    return total


def _cells(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The cells, each with the line on which it begins; lines without a bar go on with it."""
    cells: list[tuple[int, str]] = []
    for number, line in lines:
        parts = _CELL.split(line)
        if cells and parts[0].strip():
            cells[-1] = (cells[-1][0], f"{cells[-1][1]} {parts[0].strip()}".strip())
        cells += [(number, part.strip()) for part in parts[1:]]
    return cells

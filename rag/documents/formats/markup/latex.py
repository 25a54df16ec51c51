"""Reads LaTeX (.tex), line by line: sections, lists, tables, code; mathematics as it is written."""

import re
import unicodedata

from rag.documents.block import Content
from rag.documents.cleaning.dates import find_date
from rag.documents.formats.markup.light_markup import LightMarkup, literal
from rag.documents.text.decoding import decode

_COMMENT = re.compile(r"(?<!\\)%.*")
_LEVELS = {
    "part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5,
    "subparagraph": 6, "frametitle": 3, "title": 1,
}  # fmt: skip
_SECTION = re.compile(
    rf"\s*\\({'|'.join(_LEVELS)})\*?(?:\[[^\]]*\])?\{{(.*)\}}\s*(?:\\label\{{[^}}]*\}})?\s*"
)
_BEGIN = re.compile(r"\\begin\{([\w*]+)\}(?:\[[^\]]*\]|\{[^{}]*\})*")
_END = re.compile(r"\\end\{([\w*]+)\}")
_LISTS = frozenset({"itemize", "enumerate", "description"})
_CODE = frozenset({"verbatim", "verbatim*", "lstlisting", "minted", "Verbatim", "alltt"})
_TABLES = frozenset({"tabular", "tabular*", "tabularx", "longtable", "tabulary"})
_DROPPED = frozenset({"comment", "tikzpicture", "thebibliography", "filecontents", "pgfpicture"})
_ITEM = re.compile(r"\\item(?:\[([^\]]*)\])?\s*(.*)")
_DATE = re.compile(r"\\date\{([^{}]*)\}")
#: Commands whose argument is no text.
_SILENT = re.compile(
    r"\\(?:label|usepackage|documentclass|includegraphics|bibliographystyle|bibliography|input|include|"
    r"vspace|hspace|setlength|setcounter|newcommand|renewcommand|pagestyle|thispagestyle|hypersetup|"
    r"graphicspath|addcontentsline|index|cline|cmidrule|multirow|rowcolor|color|definecolor)"
    r"\*?(?:\[[^\]]*\]|\([^)]*\))*(?:\{[^{}]*\})*"
)
_CITE = re.compile(
    r"\\(?:cite|citep|citet|parencite|textcite|autocite)\*?(?:\[[^\]]*\])*\{([^{}]*)\}"
)
_REF = re.compile(r"\\(?:ref|eqref|autoref|cref|Cref|pageref)\{([^{}]*)\}")
_HREF = re.compile(r"\\href\{([^{}]*)\}\{([^{}]*)\}")
_URL = re.compile(r"\\(?:url|path|nolinkurl)\{([^{}]*)\}")
_STRUCK = re.compile(r"\\(?:sout|st|xout)\{[^{}]*\}")
_VERB = re.compile(
    r"\\(?:verb\*?|lstinline(?:\[[^\]]*\])?)([^\w\s{])(.*?)\1|\\texttt\{([^{}\\]*)\}"
)
_SPAN = re.compile(r"\\multicolumn\{(\d+)\}\{[^{}]*\}\{((?:[^{}]|\{[^{}]*\})*)\}")
_FOOTNOTE = re.compile(r"\\(?:footnote|thanks)\{((?:[^{}]|\{[^{}]*\})*)\}")
_RAISED = re.compile(r"\\textsuperscript\{([^{}]*)\}")
_ACCENT = re.compile(
    r"\\(?:([`'^\"~=.])\s*(?:\{\s*(\\[ij]|[A-Za-z])\s*\}|(\\[ij]|[A-Za-z]))"
    r"|([uvHcdbkr])(?:\{\s*(\\[ij]|[A-Za-z])\s*\}|\s+([A-Za-z])))"
)
_MARKS = dict(
    zip(
        "`'^\"~=.uvHcdbkr",
        "\u0300\u0301\u0302\u0308\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0323\u0331\u0328\u030a",
        strict=True,
    )
)
_SIGNS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å",
    "AA": "Å", "l": "ł", "L": "Ł", "i": "ı", "dots": "…", "ldots": "…", "textellipsis": "…",
    "S": "§", "P": "¶", "pounds": "£", "euro": "€", "texteuro": "€", "copyright": "©",
    "textdegree": "°", "LaTeX": "LaTeX", "TeX": "TeX", "textbackslash": "\\\\",
    "textasciitilde": "~", "today": "", "quad": " ", "newline": " ", "textendash": "–",
    "textemdash": "—", "guillemotleft": "«", "guillemotright": "»",
}  # fmt: skip
_SIGN = re.compile(r"\\([A-Za-z]+)(?:\{\}|\s+|(?![A-Za-z]))")
_COMMAND = re.compile(r"\\[A-Za-z@]+\*?(?:\[[^\]]*\])?")
_MATH = re.compile(r"\$\$?[^$]+\$\$?|\\\(.*?\\\)|\\\[.*?\\\]")
_ESCAPED = re.compile(r"\\([%&#_{}$])")
_ROW_END = re.compile(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline")
_RULES = re.compile(
    r"\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot)"
)


def read_latex(data: bytes) -> Content:
    """Sections, paragraphs, lists, tables and code, with the file's line numbers.

    Raises DocumentError when it is not text.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    reading = _LatexReading(r"\begin{document}" in text)
    for number, line in enumerate(text.split("\n"), 1):
        reading.add_line(line, number)
    return reading.content()


class _LatexReading:
    def __init__(self, preamble: bool) -> None:
        self._out = LightMarkup()
        self._preamble = preamble
        self._ended = False
        self._lists: list[str] = []
        self._numbers: list[int] = []
        self._code = ""
        self._silent = ""
        self._table: list[tuple[int, str]] | None = None
        self._date: str | None = None

    def content(self) -> Content:
        if self._table is not None:
            self._end_table()
        return self._out.content(date=self._date)

    def add_line(self, line: str, number: int) -> None:
        if self._table is not None:
            self._table.append((number, _COMMENT.sub("", line)))
            if any(name in _TABLES for name in _END.findall(line)):
                self._end_table()
            return
        self._out.add_line(
            self._inside(line) if self._code or self._silent else self._line(line, number)
        )
        if self._table is not None:
            self._table = [(number, _COMMENT.sub("", line))]

    def _inside(self, line: str) -> str:
        ended = _END.search(line)
        if ended is not None and ended[1] in {self._code, self._silent}:
            fence = "~~~~~~" if self._code else ""
            self._code = self._silent = ""
            return fence
        return line if self._code else ""

    def _line(self, line: str, number: int) -> str:
        line = _SILENT.sub("", _COMMENT.sub("", line))
        dated = _DATE.search(line)
        if dated is not None:
            found = find_date(dated[1])
            self._date = found[0] if found else None
            line = _DATE.sub("", line)
        section = _SECTION.fullmatch(line)
        if section is not None:
            return f"{'#' * _LEVELS[section[1]]} {_words(section[2])}"
        begun = _BEGIN.search(line)
        if begun is not None and begun[1] == "document":
            self._preamble = False
        elif begun is not None and not self._preamble:
            return self._begun(begun, line, number)
        if self._preamble or self._ended:
            return ""
        for name in _END.findall(line):
            if name in _LISTS and self._lists:
                self._lists.pop()
                self._numbers.pop()
            self._ended = name == "document"
        line = _END.sub("", _BEGIN.sub("", line))
        item = _ITEM.match(line.strip())
        if item is not None and self._lists:
            depth = "    " * (len(self._lists) - 1)
            self._numbers[-1] += 1
            marker = f"{self._numbers[-1]}." if self._lists[-1] == "enumerate" else "-"
            term = f"{_words(item[1])}: " if item[1] else ""
            return f"{depth}{marker} {term}{_words(item[2])}"
        return _words(line.strip())

    def _begun(self, begun: re.Match[str], line: str, number: int) -> str:
        name = begun[1]
        if _END.search(line, begun.end()) and name not in _LISTS:
            return _words(_END.sub("", _BEGIN.sub("", line)).strip())
        if name in _CODE:
            self._code = name
            return "~~~~~~"
        if name in _DROPPED:
            self._silent = name
        elif name in _LISTS:
            self._lists.append(name)
            self._numbers.append(0)
        elif name in _TABLES:
            self._table = [(number, line)]
            return ""
        return _words(line[: begun.start()].strip() or line[begun.end() :].strip())

    def _end_table(self) -> None:
        lines = self._table or []
        self._table = None
        rows: list[tuple[int, list[str]]] = []
        row, begins = "", 0
        for number, line in lines[1:]:
            parts = _ROW_END.split(_RULES.sub("", _END.sub("", line)))
            for at, part in enumerate(parts):
                if part.strip():
                    begins = begins or number
                    row = f"{row} {part.strip()}".strip()
                if at < len(parts) - 1 and row:
                    rows.append((begins, _cells(row)))
                    row, begins = "", 0
        if row:
            rows.append((begins, _cells(row)))
        self._out.add_table(rows, len(lines) - 1)


def _cells(row: str) -> list[str]:
    cells: list[str] = []
    for cell in re.split(r"(?<!\\)&", row):
        spans = _SPAN.search(cell)
        cells.append(_words(_SPAN.sub(r"\2", cell).strip()))
        cells += [""] * (min(int(spans[1][:3]), 100) - 1 if spans else 0)
    return cells


def _words(text: str) -> str:
    """Words without commands, as Markdown; mathematics stays as it is written."""
    parts: list[str] = []
    at = 0
    for match in _MATH.finditer(text):
        parts += [
            _plain(text[at : match.start()]),
            match[0].replace("*", r"\*").replace("_", r"\_"),
        ]
        at = match.end()
    return "".join([*parts, _plain(text[at:])])


def _plain(text: str) -> str:
    text = _VERB.sub(lambda m: f"`{m[2] or m[3]}`", _STRUCK.sub("", text))
    text = _SILENT.sub("", text)
    text = _FOOTNOTE.sub(r" [\1]", _RAISED.sub(r"^\1", _CITE.sub(r"[\1]", _REF.sub(r"\1", text))))
    text = _URL.sub(r"\1", _HREF.sub(r"[\2](\1)", text))
    text = _ACCENT.sub(_accented, text)
    text = _SIGN.sub(lambda m: _SIGNS.get(m[1], m[0]), text)
    text = _ROW_END.sub("  ", text)
    text = _COMMAND.sub("", text)
    kept = _ESCAPED.sub(lambda m: f"\0{ord(m[1])}\0", text)
    kept = kept.replace("{", "").replace("}", "").replace("~", " ").replace("---", "—")
    kept = kept.replace("--", "–").replace("``", "“").replace("''", "”")
    text = re.sub(r"\0(\d+)\0", lambda m: chr(int(m[1])), kept)
    text = re.sub(r"\\[,;:! /@-]", "", text)
    return literal(re.sub(r"^(\s*)([#>+-]|\d+\.)(?=\s)", r"\1\\\2", text))


def _accented(match: re.Match[str]) -> str:
    letter = (match[2] or match[3] or match[5] or match[6]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _MARKS[match[1] or match[4]])

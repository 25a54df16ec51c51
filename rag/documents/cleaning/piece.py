"""A piece of a plain text: one or more lines that belong together, and what they are."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from rag.documents.cleaning.hyphens import before_rest, compounds
from rag.documents.text.characters import HAN, UNSPACED, tidy, width

_LINE_END = re.compile(r"\r\n|\r|\n")
_INDENT = re.compile(r"[ \t\u3000\u00a0]{2,}|[\t\u3000]")


class Role(StrEnum):
    """What a piece is. The value is the reason given where it is kept out of the document."""

    BODY = "body"
    ENTRIES = "entries"
    TABLE = "table"
    CODE = "code"
    TITLE = "title"
    HEADING = "heading"
    CAPTION = "photo caption or credit"
    BYLINE = "by-line"
    DATELINE = "date line"
    SOURCE = "source line"
    MASTHEAD = "masthead"
    NAVIGATION = "navigation"
    NOTICE = "legal notice"
    COUNTER = "counter"
    REPEAT = "repeats what follows"
    AFTER_END = "after the end of the text"
    BEFORE_TITLE = "before the title of a web page"
    PAGE_MARK = "page number or running header"


#: What is cited.
CITED = frozenset({Role.BODY, Role.ENTRIES, Role.TABLE, Role.CODE})
KEPT = CITED | {Role.TITLE, Role.HEADING}


@dataclass(frozen=True, slots=True)
class Piece:
    """Tidied text; `starts` is (offset, line) for each line in it; `gap` blank lines before it.

    Where the format itself says what a piece is, its reader sets `role`, `level` of a heading, and
    `caption` of a table.
    """

    text: str
    starts: tuple[tuple[int, int], ...]
    gap: int
    indented: bool = False
    role: Role = Role.BODY
    level: int = 0
    caption: str = ""

    @property
    def lines(self) -> tuple[int, int]:
        return self.starts[0][1], self.starts[-1][1]

    def with_role(self, role: Role) -> "Piece":
        return replace(self, role=role)

    def cut_out(self, start: int, end: int) -> "Piece":
        """The slice of the text, bare of white space, with the lines it stands on."""
        raw = self.text[start:end]
        start += len(raw) - len(raw.lstrip())
        bare = raw.strip()
        before = [line for offset, line in self.starts if offset <= start]
        after = [(o - start, n) for o, n in self.starts if start < o < start + len(bare)]
        return replace(self, text=bare, starts=((0, before[-1]), *after))


def split_lines(text: str) -> list[Piece]:
    """Each line with words on it, numbered as an editor numbers them (a form feed is no line)."""
    pieces = []
    gap = 0
    for number, raw in enumerate(_LINE_END.split(text), 1):
        line = tidy(raw)
        if line:
            indented = _INDENT.match(raw) is not None
            pieces.append(Piece(line, ((0, number),), gap, indented))
            gap = 0
        else:
            gap += 1
    return pieces


def join(pieces: list[Piece], separator: str) -> Piece:
    return _joined(pieces, [piece.text + separator for piece in pieces[:-1]])


def join_sentence(pieces: list[Piece], hyphenated: frozenset[str]) -> Piece:
    """The pieces as one running text, as if no line had ended between them.

    `hyphenated` are words with a hyphen that stand inside lines elsewhere in the text: a hyphen at
    the end of a line stays only where the word is known to have it.
    """
    return _joined(pieces, [_before(a.text, b.text, hyphenated) for a, b in pairwise(pieces)])


def _before(left: str, right: str, hyphenated: frozenset[str]) -> str:
    """The left text as it must read before the right one."""
    joined = before_rest(left, right, hyphenated)
    if joined is not None:
        return joined
    return left + ("" if is_unspaced(left[-1]) or is_unspaced(right[0]) else " ")


def _joined(pieces: list[Piece], texts: list[str]) -> Piece:
    texts = [*texts, pieces[-1].text]
    starts = []
    offset = 0
    for piece, text in zip(pieces, texts, strict=True):
        starts += [(offset + at, line) for at, line in piece.starts]
        offset += len(text)
    return replace(pieces[0], text="".join(texts), starts=tuple(starts))


def is_unspaced(char: str) -> bool:
    return UNSPACED.match(char) is not None


def is_dense(text: str) -> bool:
    """Whether the text is mostly written without spaces between words."""
    return len(UNSPACED.findall(text)) * 3 >= len(text.replace(" ", ""))


def hyphenated_words(pieces: list[Piece]) -> frozenset[str]:
    return compounds([piece.text for piece in pieces])


def columns(piece: Piece) -> int:
    return width(piece.text)


def has_han(text: str) -> bool:
    return HAN.search(text) is not None

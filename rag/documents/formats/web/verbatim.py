"""Lines set as they are typed: code, or a letter or poem."""

import re
from textwrap import dedent
from typing import Any

from rag.documents.cleaning.piece import Piece, Role

_CODE_TAGS = ("code", "samp", "kbd")
#: What people type for machines: prompts, options, paths, assignments, signs of programs.
_MACHINE = re.compile(
    r"^\s*(?:[$#%>] ?\S|[A-Z]:\\|</?\w)|(?:^|\s)-{1,2}\w|[{}<>=|\\]|-{3,}|[;{(]\s*$"
    r"|\w/\w|/\w+/|\w\(|\w_\w|\w\.\w"
)
#: A line of one to three bare words is a command among lines of code: `make install`.
_BARE = re.compile(r"\s*[\w*.@:+-]+(?: [\w*.@:+-]+){0,2}\s*")


def is_code(element: Any, text: str) -> bool:
    """Whether the text of a `pre` is code, whose lines end with a vertical tab here.

    The markup says so, or most lines have signs that only machines read.
    """
    if next(element.iter(*_CODE_TAGS), None) is not None or element.get("class"):
        return True
    lines = [line for line in text.split("\v") if line.strip()]
    typed = sum(1 for line in lines if _MACHINE.search(line))
    bare = sum(1 for line in lines if _BARE.fullmatch(line) and line.isascii())
    return typed * 2 >= len(lines) or typed + bare == len(lines)


def code_piece(text: str, first: int) -> Piece:
    """Lines of code as they are indented to each other, without empty ones around them."""
    lines = [line.replace("\t", "    ").rstrip() for line in text.strip("\v\n").split("\v")]
    shown = dedent("\n".join(lines)).strip("\n")
    starts = [0, *(match.end() for match in re.finditer("\n", shown))]
    places = tuple((at, first + number) for number, at in enumerate(starts))
    return Piece(shown, places, gap=1, role=Role.CODE)

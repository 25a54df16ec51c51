"""A document and questions to it, as they stand in a file of exercises.

    ==== receipt · en · bakery-receipt.md
    # Rosehip Bakery
    Cashier: Ana
    Rye bread 3.20
    ????
    Who was at the till? => Ana
    谁收的银？ => Cashier: [[Ana]]
    Who baked the bread? =>

The first line names the kind, the language, and the file, whose ending says how it is read. Behind
`=>` stand the words that answer, as in the document; in brackets, where what stands beside them
tells which; or nothing, where the document does not answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TEXTS = Path(__file__).parent / "texts"
_HEAD = re.compile(r"^==== *([^·\n]+?) *· *([a-z]{2,3}) *· *(\S+) *$", re.M)
_ASKED = re.compile(r"^\?\?\?\? *$", re.M)
_WORDS = re.compile(r"\[\[(.+?)\]\]")
_ARROW = "=>"


@dataclass(frozen=True, slots=True)
class ExerciseQuestion:
    """A question; `words` answer it where they stand within `around`; both are empty where the
    document does not answer.
    """

    text: str
    words: str
    around: str

    def place_in(self, text: str) -> tuple[int, int] | None:
        """Where the words are in a text that holds what they stand in."""
        at = text.find(self.around) if self.words else -1
        if at < 0:
            return None
        start = at + self.around.index(self.words)
        return start, start + len(self.words)


@dataclass(frozen=True, slots=True)
class Exercise:
    """A document as a file, and the questions to it."""

    kind: str
    language: str
    file: str
    text: str
    questions: tuple[ExerciseQuestion, ...]


def all_exercises() -> Iterator[Exercise]:
    """Those of all our files. Raises ValueError where one is not well formed."""
    for path in sorted(_TEXTS.glob("*.txt")):
        yield from parse_exercises(path.read_text(encoding="utf-8"), path.stem)


def parse_exercises(content: str, name: str) -> Iterator[Exercise]:
    """The exercises of one file, whose name comes before those of their files. Raises ValueError
    where one is not well formed.
    """
    heads = list(_HEAD.finditer(content))
    if content.count("\n====") + content.startswith("====") != len(heads):
        raise ValueError(f"{name}: a head is not `==== kind · language · file`")
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        body = content[head.end() : after.start() if after else len(content)]
        kind, language, file = head.groups()
        parts = _ASKED.split(body)
        if len(parts) != 2:
            raise ValueError(f"{name}/{file}: one line of ???? parts the text from its questions")
        asked = [line for line in parts[1].splitlines() if line.strip()]
        questions = tuple(_question(line, f"{name}/{file}") for line in asked)
        yield Exercise(kind, language, f"{name}/{file}", parts[0].strip() + "\n", questions)


def _question(line: str, where: str) -> ExerciseQuestion:
    text, arrow, answer = line.partition(_ARROW)
    if not arrow:
        raise ValueError(f"{where}: {line!r} has no {_ARROW}")
    answer = answer.strip()
    marked = _WORDS.search(answer)
    words = marked[1] if marked else answer
    around = _WORDS.sub(lambda found: found[1], answer)
    if around.index(words) != (marked.start() if marked else 0):
        raise ValueError(f"{where}: {words!r} comes more than once in {around!r}")
    return ExerciseQuestion(text.strip(), words, around)

"""The inputs of an evaluation, and its results."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rag.index.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of an evaluation.

    The contexts of `beside` are in the folder too; the questions are those of `questions`, of
    `file` when there are none. `corpus` is `file`, `seeds`, or None for what fits FILE.
    """

    file: Path
    questions: tuple[Path, ...] = ()
    unrelated: Path | None = None
    corpus: str | None = None
    beside: tuple[Path, ...] = ()
    halves: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        named = (self.file, *self.beside, *self.questions, self.unrelated)
        return tuple(dict.fromkeys(path for path in named if path))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of an evaluation, the milliseconds of each question, and what was asked."""

    figures: dict[str, Any]
    times: tuple[float, ...]
    inputs: Inputs
    manifest: Manifest
    when: datetime

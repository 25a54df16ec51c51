"""The passages that Wenda makes of exercises, and where in them their questions are answered."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.documents import Document, Skipped, read_folder
from rag.errors import DocumentError
from rag.index.corpus import context_of
from training.exercises.exercise import Exercise, ExerciseQuestion


@dataclass(frozen=True, slots=True)
class ReadExercise:
    """An exercise with its document as Wenda reads it: each passage's context and text."""

    exercise: Exercise
    document: Document
    passages: tuple[tuple[str, str], ...]

    def answers(self, asked: ExerciseQuestion) -> list[int]:
        """The passages that hold the words that answer."""
        texts = (text for _context, text in self.passages)
        return [n for n, text in enumerate(texts) if asked.place_in(text) is not None]


def read_exercises(found: Iterable[Exercise]) -> Iterator[ReadExercise]:
    """Reads each as a file of a folder. Raises DocumentError where one gives no document."""
    by_file = {each.file: each for each in found}
    with tempfile.TemporaryDirectory() as scratch:
        for file, exercise in by_file.items():
            path = Path(scratch, file)
            path.parent.mkdir(exist_ok=True)
            path.write_text(exercise.text, encoding="utf-8")
        for document in read_folder(Path(scratch)):
            if isinstance(document, Skipped):
                raise DocumentError(f"{document.path}: {document.reason}")
            passages = tuple(
                (context_of(document.title, each.section), document.text[each.start : each.end])
                for each in document.paragraphs
            )
            yield ReadExercise(by_file[document.path], document, passages)

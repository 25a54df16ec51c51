"""Folders of reading exercises: a few documents of several kinds and languages side by side."""

from collections.abc import Iterator

from rag.documents import detect_language
from training.exercises import ReadExercise, all_exercises, read_exercises
from training.folders.practice_folder import PracticeFolder, PracticeQuestion
from training.held_out import is_held_out

_DOCUMENTS = 6


def exercise_folders() -> Iterator[PracticeFolder]:
    """Those that the reader is not trained on; each group of files is a kind of folder."""
    held = [each for each in all_exercises() if is_held_out(f"exercises/{each.kind}")]
    groups: dict[str, list[ReadExercise]] = {}
    for read in read_exercises(held):
        group = read.exercise.file.partition("-")[0]
        groups.setdefault(group, []).append(read)
    for group, found in groups.items():
        for first in range(0, len(found), _DOCUMENTS):
            yield _folder(group, found[first : first + _DOCUMENTS])


def _folder(group: str, found: list[ReadExercise]) -> PracticeFolder:
    folder = PracticeFolder(group, [read.document for read in found])
    for read in found:
        for asked in read.exercise.questions:
            must = (asked.words,) if asked.words else ()
            gold = frozenset({read.document.path}) if must else frozenset()
            language = detect_language(asked.text)[0]
            folder.questions.append(PracticeQuestion(asked.text, language, must, gold))
    return folder

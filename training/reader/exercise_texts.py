"""The reading exercises as texts to train on.

A question that its document does not answer comes with the passages of it that are nearest, which
a search would find.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.arrays import FloatArray
from training.exercises import ExerciseQuestion, ReadExercise
from training.reader.neighbours import EncodedTexts, Encoders, vectors_of
from training.reader.texts import PairKind, TrainingPassage, TrainingQuestion, TrainingTexts

NAME = "exercises"
#: With how many passages of its document a question comes that none of them answers.
_VAIN = 2


def exercise_texts(found: Sequence[ReadExercise], file: Path, encoders: Encoders) -> EncodedTexts:
    """Texts of all exercises; an article is all those of a kind. Vectors are kept in `file`."""
    texts = TrainingTexts(NAME)
    for read in found:
        _add_passages(texts, read)
    passages, asked = vectors_of(
        file,
        [each.text for each in texts.passages],
        [each.text for read in found for each in read.exercise.questions],
        encoders,
    )
    of_question: list[int] = []
    passage = question = 0
    for read in found:
        last, end = passage + len(read.passages), question + len(read.exercise.questions)
        places = _ask(texts, read, passage, asked[question:end] @ passages[passage:last].T)
        of_question += [question + place for place in places]
        passage, question = last, end
    rows, numbers = range(len(texts.passages)), range(len(texts.questions))
    return EncodedTexts(texts, list(rows), passages, list(numbers), asked[of_question])


def _article(read: ReadExercise) -> str:
    return f"{NAME}/{read.exercise.kind}"


def _add_passages(texts: TrainingTexts, read: ReadExercise) -> None:
    for (context, text), paragraph in zip(read.passages, read.document.paragraphs, strict=True):
        before = f"{context}\n" if context else ""
        texts.passages.append(
            TrainingPassage(before + text, len(before), paragraph.language, NAME, _article(read))
        )


def _ask(
    texts: TrainingTexts, read: ReadExercise, first: int, cosines: FloatArray
) -> Iterator[int]:
    """Adds the questions to a document whose passages begin with the number `first`; `cosines` has
    the shape (questions, passages). Of each that is added, its place in the exercise.
    """
    for place, (question, near) in enumerate(zip(read.exercise.questions, cosines, strict=True)):
        by_nearness = [int(at) for at in np.argsort(-near)]
        right = set(read.answers(question))
        if question.words and not right:
            continue
        for at in [at for at in by_nearness if at in right][:1] or by_nearness[:_VAIN]:
            begin = texts.passages[first + at].begin
            yield place
            start, end = _place(question, read.passages[at][1], begin)
            kind = PairKind.GOLD if end >= 0 else PairKind.PEOPLES
            texts.questions.append(
                TrainingQuestion(question.text, first + at, start, end, _article(read), kind)
            )


def _place(question: ExerciseQuestion, text: str, begin: int) -> tuple[int, int]:
    """The characters of the answer in a passage whose text begins at `begin`, else -1 and -1."""
    place = question.place_in(text)
    return (place[0] + begin, place[1] + begin) if place else (-1, -1)

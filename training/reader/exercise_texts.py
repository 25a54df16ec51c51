"""The reading exercises as texts to train on.

A question that its document does not answer comes with the passages of it that are nearest, which
a search would find.
"""

from collections.abc import Sequence

import numpy as np

from rag.arrays import FloatArray
from training.exercises import ExerciseQuestion, ReadExercise
from training.reader.neighbours import Encoders
from training.reader.texts import PairKind, TrainingPassage, TrainingQuestion, TrainingTexts

NAME = "exercises"
#: With how many passages of its document a question comes that none of them answers.
_VAIN = 2


def exercise_texts(found: Sequence[ReadExercise], encoders: Encoders) -> TrainingTexts:
    """Texts of all exercises; an article is all those of a kind."""
    texts = TrainingTexts(NAME)
    for read in found:
        _add_passages(texts, read)
    passages = encoders.passages([each.text for each in texts.passages])
    asked = encoders.questions([each.text for read in found for each in read.exercise.questions])
    passage = question = 0
    for read in found:
        last, end = passage + len(read.passages), question + len(read.exercise.questions)
        _ask(texts, read, passage, asked[question:end] @ passages[passage:last].T)
        passage, question = last, end
    return texts


def _article(read: ReadExercise) -> str:
    return f"{NAME}/{read.exercise.kind}"


def _add_passages(texts: TrainingTexts, read: ReadExercise) -> None:
    for (context, text), paragraph in zip(read.passages, read.document.paragraphs, strict=True):
        before = f"{context}\n" if context else ""
        texts.passages.append(
            TrainingPassage(before + text, len(before), paragraph.language, NAME, _article(read))
        )


def _ask(texts: TrainingTexts, read: ReadExercise, first: int, cosines: FloatArray) -> None:
    """Adds the questions to a document whose passages begin with the number `first`; `cosines` has
    the shape (questions, passages).
    """
    for question, near in zip(read.exercise.questions, cosines, strict=True):
        by_nearness = [int(at) for at in np.argsort(-near)]
        right = set(read.answers(question))
        if question.words and not right:
            continue
        for at in [at for at in by_nearness if at in right][:1] or by_nearness[:_VAIN]:
            begin = texts.passages[first + at].begin
            start, end = _place(question, read.passages[at][1], begin)
            kind = PairKind.GOLD if end >= 0 else PairKind.PEOPLES
            texts.questions.append(
                TrainingQuestion(question.text, first + at, start, end, _article(read), kind)
            )


def _place(question: ExerciseQuestion, text: str, begin: int) -> tuple[int, int]:
    """The characters of the answer in a passage whose text begins at `begin`, else -1 and -1."""
    place = question.place_in(text)
    return (place[0] + begin, place[1] + begin) if place else (-1, -1)

"""The reading exercises as texts to train on.

A question that its document does not answer comes with the passages of it that are nearest, which
a search would find.
"""

import numpy as np

from training.exercises.exercise import ExerciseQuestion
from training.exercises.passages import ReadExercise
from training.reader.neighbours import Encoders
from training.reader.texts import PairKind, TrainingPassage, TrainingQuestion, TrainingTexts

NAME = "exercises"
#: With how many passages of its document a question comes that none of them answers.
_VAIN = 2


def exercise_texts(found: list[ReadExercise], encoders: Encoders) -> TrainingTexts:
    """Texts of all exercises; an article is all those of a kind."""
    texts = TrainingTexts(NAME)
    for read in found:
        _add(texts, read, encoders)
    return texts


def _add(texts: TrainingTexts, read: ReadExercise, encoders: Encoders) -> None:
    first, article = len(texts.passages), f"{NAME}/{read.exercise.kind}"
    begins = []
    for (context, text), paragraph in zip(read.passages, read.document.paragraphs, strict=True):
        before = f"{context}\n" if context else ""
        begins.append(len(before))
        texts.passages.append(
            TrainingPassage(before + text, len(before), paragraph.language, NAME, article)
        )
    asked = read.exercise.questions
    vectors = encoders.passages([each.text for each in texts.passages[first:]])
    cosines = encoders.questions([each.text for each in asked]) @ vectors.T
    for question, near in zip(asked, cosines, strict=True):
        by_nearness = [int(at) for at in np.argsort(-near)]
        right = set(read.answers(question))
        if question.words and not right:
            continue
        chosen = [at for at in by_nearness if at in right][:1] or by_nearness[:_VAIN]
        for at in chosen:
            start, end = _place(question, read.passages[at][1], begins[at])
            kind = PairKind.GOLD if end >= 0 else PairKind.PEOPLES
            texts.questions.append(
                TrainingQuestion(question.text, first + at, start, end, article, kind)
            )


def _place(question: ExerciseQuestion, text: str, begin: int) -> tuple[int, int]:
    """The characters of the answer in a passage whose text begins at `begin`, else -1 and -1."""
    place = question.place_in(text)
    return (place[0] + begin, place[1] + begin) if place else (-1, -1)

"""Reading exercises that we wrote: small documents as people keep them, with questions to them.

The public sets are encyclopaedic; these are receipts, rules, manuals, minutes and what else lies in
a folder, with near questions that their documents do not answer.
"""

from training.exercises.exercise import (
    Exercise,
    ExerciseQuestion,
    all_exercises,
    parse_exercises,
)
from training.exercises.passages import ReadExercise, read_exercises

__all__ = [
    "Exercise",
    "ExerciseQuestion",
    "ReadExercise",
    "all_exercises",
    "parse_exercises",
    "read_exercises",
]

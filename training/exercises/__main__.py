"""Says what in files of reading exercises cannot be used.

python -m training.exercises FILE.txt …
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from training.exercises.exercise import Exercise, parse_exercises
from training.exercises.passages import read_exercises


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    found: list[Exercise] = []
    for path in parser.parse_args(arguments).files:
        found += parse_exercises(path.read_text(encoding="utf-8"), path.stem)
    answered = vain = lost = 0
    for read in read_exercises(found):
        for asked in read.exercise.questions:
            if not asked.words:
                vain += 1
            elif read.answers(asked):
                answered += 1
            else:
                lost += 1
                print(f"{read.exercise.file}: no passage has {asked.around!r}")
    print(f"{len(found)} documents, {answered} answered, {vain} not answered, {lost} lost")


if __name__ == "__main__":
    main()

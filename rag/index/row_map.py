"""Where the rows of a new generation come from: copied from the generation before, or new."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rag.arrays import IntArray


@dataclass(frozen=True, slots=True)
class RowRun:
    """Neighbouring rows, from `first` to before `last`.

    `before` is the first one's row in the generation before; None where the rows are new.
    """

    first: int
    last: int
    before: int | None

    @property
    def old(self) -> slice:
        """The rows in the generation before; only of a run that is copied."""
        start = self.before or 0
        return slice(start, start + self.last - self.first)


@dataclass(slots=True)
class RowMap:
    """Maps rows of one kind (paragraphs, or sentences) from the generation before to the new one:
    runs in order, without gaps.
    """

    runs: list[RowRun] = field(default_factory=list)

    def __len__(self) -> int:
        return self.runs[-1].last if self.runs else 0

    def append_copied(self, before: int, count: int) -> None:
        """The next `count` rows are those from row `before` on in the generation before."""
        self._append(count, before)

    def append_new(self, count: int) -> None:
        """The next `count` rows are new."""
        self._append(count, None)

    def _append(self, count: int, before: int | None) -> None:
        if count == 0:
            return
        first = len(self)
        last = self.runs[-1] if self.runs else None
        if last is not None and _continues(last, before):
            self.runs[-1] = RowRun(last.first, first + count, last.before)
        else:
            self.runs.append(RowRun(first, first + count, before))

    def copied_runs(self) -> Iterator[RowRun]:
        """The runs whose rows are copied."""
        return (run for run in self.runs if run.before is not None)

    def new_rows(self, most: int) -> Iterator[IntArray]:
        """The new rows in order, in arrays of shape (rows,) with up to `most` each."""
        pending: list[IntArray] = []
        size = 0
        for run in self.runs:
            if run.before is not None:
                continue
            for first in range(run.first, run.last, most):
                part = np.arange(first, min(first + most, run.last))
                if size + len(part) > most:
                    yield np.concatenate(pending)
                    pending, size = [], 0
                pending.append(part)
                size += len(part)
        if pending:
            yield np.concatenate(pending)

    def rows_of_old(self, count: int) -> IntArray:
        """For each of the `count` rows of the generation before its row in the new one, shape
        (count,); -1 where it is gone.
        """
        found = np.full(count, -1, dtype=np.int64)
        for run in self.copied_runs():
            found[run.old] = np.arange(run.first, run.last)
        return found


def _continues(run: RowRun, before: int | None) -> bool:
    if run.before is None or before is None:
        return run.before is before
    return run.before + run.last - run.first == before

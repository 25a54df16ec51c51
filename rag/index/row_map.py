"""Where the rows of a new generation come from: copied from the one before, or new."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rag.arrays import IntArray


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring rows, from `first` to before `last`; `before` is the first's number in the
    generation before, None for new ones.
    """

    first: int
    last: int
    before: int | None

    @property
    def old(self) -> slice:
        """The rows in the generation before. Only of a run that is copied."""
        start = self.before or 0
        return slice(start, start + self.last - self.first)


@dataclass(slots=True)
class Lineage:
    """The runs of one kind of rows, in order; they have no gaps."""

    runs: list[Run] = field(default_factory=list)

    def __len__(self) -> int:
        return self.runs[-1].last if self.runs else 0

    def keep(self, before: int, count: int) -> None:
        """The next rows are those that the generation before has from number `before` on."""
        self._add(count, before)

    def add(self, count: int) -> None:
        """The next rows are new."""
        self._add(count, None)

    def _add(self, count: int, before: int | None) -> None:
        if count == 0:
            return
        first = len(self)
        last = self.runs[-1] if self.runs else None
        if last is not None and _continues(last, before):
            self.runs[-1] = Run(last.first, first + count, last.before)
        else:
            self.runs.append(Run(first, first + count, before))

    def kept(self) -> Iterator[Run]:
        """The runs that are copied."""
        return (run for run in self.runs if run.before is not None)

    def fresh(self, most: int) -> Iterator[IntArray]:
        """The numbers of the new rows, in order, at most so many at a time."""
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

    def numbers(self, before: int) -> IntArray:
        """The new number of each of so many rows of the generation before; -1 for what is gone."""
        found = np.full(before, -1, dtype=np.int64)
        for run in self.kept():
            found[run.old] = np.arange(run.first, run.last)
        return found


def _continues(run: Run, before: int | None) -> bool:
    if run.before is None or before is None:
        return run.before is before
    return run.before + run.last - run.first == before

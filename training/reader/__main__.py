"""Trains the reader of the bundled model, in one command.

    python -m training.reader SQUAD2_ZH.json CMRC2018_TRAIN.json … --work DIR --minutes 90

The files are in SQuAD's format. What is made of them once (states of questions, codes of passages)
and the checkpoints lie in DIR: an interrupted run goes on where it was. At the end the figures on
what was held out are printed; `training.reader.export` writes the weights into the package. On a
GPU where there is one, else on the processor.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin starve on a shared machine

from torch.multiprocessing.spawn import spawn

from training.reader.encoded import Encoders, encode
from training.reader.texts import collect
from training.reader.trainer import train_as_worker


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "wenda")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--workers", type=int, default=1, help="processes of one thread each")
    parser.add_argument("--limit", action="append", default=[], help="jaquad=1000: passages of it")
    parser.add_argument("--held-out", action="append", default=[], help="part of an article's name")
    options = parser.parse_args(arguments)
    limits = {name: int(most) for name, most in (each.split("=") for each in options.limit)}
    folders = []
    for path in options.files:
        folder = options.work / "data" / path.stem
        folders.append(folder)
        if not (folder / "passages.bounds.npy").exists():
            encode(
                collect([path], limits, options.seed), Encoders.of_bundled(options.models), folder
            )
    if options.workers == 1:
        train_as_worker(0, options, folders)
    else:
        arguments_of_each = (options, folders)
        spawn(train_as_worker, arguments_of_each, options.workers)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()

"""Trains the reader of the bundled model, in one command.

    python -m training.reader SQUAD2_ZH.json CMRC2018_TRAIN.json … --work DIR --minutes 90

The files are in SQuAD's format. Vectors that are made of them once and the checkpoints lie in DIR:
an interrupted run goes on where it was. At the end the figures on what was held out are printed;
`training.reader.export` writes the weights into the package. On a GPU where there is one, else on
the processor, which should have AMX or AVX512_BF16.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from rag.embedding.folder import BUNDLED, locate
from rag.encoding.tokenizer import load_tokenizer
from rag.progress import silent
from training.exercises import all_exercises, read_exercises
from training.reader.exercise_texts import exercise_texts
from training.reader.figures import report_held_out
from training.reader.neighbours import EncodedTexts, Encoders
from training.reader.pairs import TrainingPairs
from training.reader.texts import collect
from training.reader.trainer import Trainer, weights_before
from training.reader.variations import made_rows, vary

_ROWS = 500


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "wenda")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--limit", action="append", default=[], help="jaquad=1000: passages of it")
    parser.add_argument(
        "--start", help="goes on from: `package` for the reader there, or a checkpoint"
    )
    options = parser.parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    folder = locate(BUNDLED, options.models, silent)
    pairs = _pairs(options, folder.tokenizer)
    print(f"{len(pairs.train)} pairs to train on, {len(pairs.held)} held out", flush=True)
    start = weights_before(options.start, folder) if options.start else None
    trainer = Trainer(
        pairs, folder.path, options.work, options.minutes, options.seed, options.rate, start
    )
    trainer.run()
    report_held_out(trainer.network, pairs)


def _pairs(options: argparse.Namespace, tokenizer: Path) -> TrainingPairs:
    limits = {name: int(most) for name, most in (each.split("=") for each in options.limit)}
    encoders = Encoders(options.models)
    sets, made = [], []
    for path in options.files:
        texts = collect(path, limits, options.seed)
        vary(texts, options.seed)
        sets.append(EncodedTexts.of(texts, options.work / f"{path.stem}.npz", encoders))
        made.append(made_rows(texts, _ROWS, options.seed))
        print(f"{path.stem}: {len(texts.passages)} passages", flush=True)
    exercises = list(read_exercises(all_exercises()))
    sets.append(exercise_texts(exercises, options.work / "exercises.npz", encoders))
    return TrainingPairs(sets, made, load_tokenizer(tokenizer))


if __name__ == "__main__":
    main()

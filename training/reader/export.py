"""Writes what a reader has learned into the package: the difference of its weights to the embedding
model's in 4-bit blocks, and its heads.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from rag.embedding.compiling.reader_weights import ReaderWeights
from rag.embedding.folder import BUNDLED, locate
from rag.progress import silent
from training.reader.network import ReaderNetwork


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, help="rag/embedding")
    parser.add_argument("--models", type=Path, default=Path.home() / ".cache" / "wenda")
    options = parser.parse_args(arguments)
    content = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
    model = locate(BUNDLED, options.models, silent)
    base = {
        name: each.detach().numpy() for name, each in ReaderNetwork(model.path).learning().items()
    }
    learned = {name: each.detach().numpy() for name, each in content["average"].items()}
    weights = ReaderWeights.of(base, learned)
    weights.save(options.folder, model.fingerprint)
    kept = weights.applied(base)
    lost = sum(float(np.square(kept[n] - learned[n]).sum()) for n in learned)
    moved = sum(float(np.square(base[n] - learned[n]).sum()) for n in learned)
    whole = sum(float(np.square(learned[n]).sum()) for n in learned)
    print(f"moved by {(moved / whole) ** 0.5:.4f}, kept but for {(lost / moved) ** 0.5:.4f} of it")


if __name__ == "__main__":
    main()

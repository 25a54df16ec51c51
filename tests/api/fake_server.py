"""`wenda serve` as a program, with the hashing encoder in place of the model.

    python -m tests.api.fake_server SECONDS [COMMAND ...]

Each question and rebuild takes so many seconds longer, and heads of requests must come within
two. Settings come from the environment. COMMAND takes the place of `serve`.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from rag.encoding.types import EncodedQuestion
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import Progress
from tests.fakes import MEGABYTE, HashingEncoder, HashingModel, open_hashing_encoder
from wenda import cli
from wenda.composition import building, models
from wenda.runtime import connections
from wenda.settings import Settings


def main() -> None:
    """Puts the fakes in, then is `wenda serve`."""
    seconds = float(sys.argv[1])

    def open_encoder(folder: Path) -> HashingEncoder:
        encoder = open_hashing_encoder(folder)
        encode = encoder.encode

        def slowly(question: str) -> EncodedQuestion:
            time.sleep(seconds)
            encoder.asked.clear()  # it remembers for tests, and would grow under load
            return encode(question)

        encoder.encode = slowly  # type: ignore[method-assign]
        return encoder

    def rebuild(settings: Settings, progress: Progress) -> Mapping[str, object]:
        time.sleep(seconds)
        indexer = Indexer(
            Store(settings.home),
            lambda: HashingModel(name="bundled", fingerprint="hashing-bundled"),
            progress,
            MEGABYTE,
        )
        return asdict(indexer.index_folder(settings.seeds))

    connections.HEAD_SECONDS = 2.0
    setattr(models, "QuestionEncoder", open_encoder)  # noqa: B010 - as a test would
    setattr(building, "rebuild", rebuild)  # noqa: B010
    sys.argv = ["wenda", "--verbose", *(sys.argv[2:] or ["serve"])]
    cli.main()


if __name__ == "__main__":
    main()

"""Wenda: the whole way to the quoted sentence and its citation. The index is built by a process
of its own, as under `wenda serve`; MODEL is not used, it is the bundled one."""

import multiprocessing
import os
import tempfile
from pathlib import Path

from benchmarks.peer.protocol import Answer, main


def _index(home: Path, passages: list[str]) -> None:
    from rag.documents import Limits, make_document
    from rag.embedding.model import LocalModel
    from rag.progress import silent
    from wenda.composition.building import make_indexer
    from wenda.settings import read_settings

    settings = read_settings(home=home)
    model = LocalModel(settings.model, settings.models, silent)
    limits = Limits(max_tokens=model.max_tokens, count_tokens=model.count_tokens)
    documents = [
        make_document(text, path=f"{number:06d}.txt", title="", limits=limits)
        for number, text in enumerate(passages)
    ]
    make_indexer(settings, silent).index_documents(documents, model, folder="passages")


def build(_model: str, passages: list[str]) -> Answer:
    home = Path(os.environ.get("WENDA_HOME") or tempfile.mkdtemp())
    process = multiprocessing.get_context("spawn").Process(target=_index, args=(home, passages))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit("The index could not be built.")
    from wenda.composition.answering import open_service
    from wenda.settings import read_settings

    service = open_service(read_settings(home=home))

    def answer(question: str) -> int:
        return int(
            service.ask_question(question).passages[0].path.rpartition("/")[2].removesuffix(".txt")
        )

    return answer


if __name__ == "__main__":
    main(build)

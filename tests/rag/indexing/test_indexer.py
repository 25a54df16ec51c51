"""An index follows its folder, embeds only what is new, and survives being killed."""

import json
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ModelError, SeedsError, StoreError
from rag.index.corpus import Corpus
from rag.index.generations import Store
from rag.indexing import embedder, embedding_cache
from rag.indexing.indexer import Indexer
from rag.indexing.report import Report
from rag.progress import silent
from tests.fakes import MEGABYTE, HashingModel, Killed, index, open_index, tree, write_files

pytestmark = pytest.mark.slow

JOBS = "# 就业\n\n城镇新增就业3960人。农村劳动力转移就业62299人。\n"
ROADS = "# 公路\n\n修建农村公路12.5公里。危桥全部改造。\n"
FILES = {"jobs.md": JOBS, "地方/roads.md": ROADS}


class Bench:
    """A folder, a home and a model that counts."""

    def __init__(self, folder: Path) -> None:
        self.seeds = folder / "seeds"
        self.home = folder / "home"
        self.seeds.mkdir()
        self.model = HashingModel()
        self.late_interaction = True

    def index_seeds(
        self, *, full: bool = False, load: Callable[[], HashingModel] | None = None
    ) -> Report:
        self.model.encoded.clear()
        made = Indexer(
            Store(self.home),
            load or (lambda: self.model),
            silent,
            MEGABYTE,
            late_interaction=self.late_interaction,
        )
        return made.index_folder(self.seeds, full=full)

    def texts(self) -> list[str]:
        index = open_index(self.home)
        found = [index.corpus.document(facts.id) for facts in index.listing.all_documents()]
        return [document.text for document in found if document is not None]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    write_files(bench.seeds, FILES)
    return bench


def test_a_first_run_indexes_everything(bench: Bench) -> None:
    report = bench.index_seeds()
    assert report.written
    assert sorted(report.added) == ["jobs.md", "地方/roads.md"]
    assert (report.changed, report.removed, report.unchanged) == ([], [], [])
    assert (report.paragraphs, report.sentences, report.embedded) == (2, 4, 6)
    generation = open_index(bench.home)
    assert generation.name == report.generation
    assert generation.manifest.counts == {"documents": 2, "paragraphs": 2, "sentences": 4}
    assert generation.manifest.folder == "seeds"
    assert (len(generation.paragraphs), len(generation.sentences)) == (2, 4)
    assert generation.sentence_bounds.tolist() == [0, 2, 4]


def test_nothing_changed_writes_nothing(bench: Bench) -> None:
    first = bench.index_seeds()
    before = tree(bench.home)
    report = bench.index_seeds()
    assert not report.written
    assert report.generation == first.generation
    assert sorted(report.unchanged) == ["jobs.md", "地方/roads.md"]
    assert (report.paragraphs, report.sentences) == (2, 4)
    assert bench.model.encoded == []
    assert tree(bench.home) == before


def test_only_new_texts_are_embedded(bench: Bench) -> None:
    bench.index_seeds()
    write_files(bench.seeds, {"new.md": "养老服务中心8家。"})
    report = bench.index_seeds()
    assert (report.added, sorted(report.unchanged)) == (["new.md"], ["jobs.md", "地方/roads.md"])
    assert report.embedded == len(bench.model.encoded) == 2
    assert all(text.endswith("养老服务中心8家。") for text in bench.model.encoded)


def test_a_changed_sentence_is_embedded_with_its_paragraph_alone(bench: Bench) -> None:
    bench.index_seeds()
    write_files(bench.seeds, {"jobs.md": JOBS.replace("3960", "4000")})
    report = bench.index_seeds()
    assert (report.changed, report.unchanged) == (["jobs.md"], ["地方/roads.md"])
    sentence, paragraph = sorted(bench.model.encoded, key=len)
    assert sentence == "城镇新增就业4000人。"
    assert paragraph.endswith("城镇新增就业4000人。农村劳动力转移就业62299人。")
    assert "4000" in "".join(bench.texts())
    assert "3960" not in "".join(bench.texts())


def test_a_removed_file_is_no_longer_found(bench: Bench) -> None:
    bench.index_seeds()
    (bench.seeds / "jobs.md").unlink()
    report = bench.index_seeds()
    assert (report.removed, report.embedded) == (["jobs.md"], 0)
    assert len(bench.texts()) == 1


def test_a_renamed_file_is_embedded_by_nobody(bench: Bench) -> None:
    bench.index_seeds()
    (bench.seeds / "jobs.md").rename(bench.seeds / "work.md")
    report = bench.index_seeds()
    assert (report.added, report.removed) == (["work.md"], ["jobs.md"])
    assert (report.written, report.embedded) == (True, 0)


def test_a_text_that_occurs_often_is_embedded_once(bench: Bench) -> None:
    write_files(bench.seeds, {f"copy{n}.md": JOBS for n in range(5)})
    report = bench.index_seeds()
    assert len(bench.model.encoded) == len(set(bench.model.encoded)) == 6
    assert report.paragraphs == 7


def test_full_embeds_everything_anew(bench: Bench) -> None:
    first = bench.index_seeds()
    report = bench.index_seeds(full=True)
    assert report.written
    assert report.generation != first.generation
    assert report.embedded == len(bench.model.encoded) == 6


@pytest.mark.parametrize("done", range(1, 6))
def test_an_interrupted_build_goes_on_where_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    monkeypatch.setattr(embedder, "_BATCH", 1)
    monkeypatch.setattr(embedder, "_TOKENS_BATCH", 1)
    monkeypatch.setattr(embedding_cache, "_SPARE", 0)
    bench.model.limit = done
    with pytest.raises(Killed):
        bench.index_seeds()
    kept = list(bench.model.encoded)
    assert len(kept) == done
    bench.model.limit = None
    report = bench.index_seeds()
    assert report.embedded == 6 - done
    assert not set(kept) & set(bench.model.encoded)


def test_a_killed_process_leaves_the_old_index_and_its_vectors(bench: Bench) -> None:
    old = bench.index_seeds()
    write_files(bench.seeds, {"new.md": "养老。养老服务中心。养老服务中心8家。"})
    program = (
        "import os; from pathlib import Path; from rag.indexing import embedder\n"
        "from tests.fakes import *\n"
        "embedder._BATCH = embedder._TOKENS_BATCH = 2\n"
        "model = HashingModel(limit=3, at_limit=lambda: os._exit(9))\n"
        f"made = Indexer(Store(Path({str(bench.home)!r})), lambda: model, silent, MEGABYTE)\n"
        f"made.index_folder(Path({str(bench.seeds)!r}))"
    )
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    assert killed.returncode == 9
    assert open_index(bench.home).name == old.generation
    assert len(list((bench.home / "generations").glob(".building-*"))) == 1
    report = bench.index_seeds()
    assert (report.embedded, report.added) == (1, ["new.md"])
    assert not list((bench.home / "generations").glob(".building-*"))


def test_bad_files_are_named_and_the_good_ones_indexed(bench: Bench) -> None:
    write_files(bench.seeds, {"empty.md": "", "photo.jpg": b"\xff\xd8", "bin.txt": b"\0\1\2" * 99})
    report = bench.index_seeds()
    assert sorted(report.added) == ["jobs.md", "地方/roads.md"]
    assert sorted(item.path for item in report.skipped) == ["bin.txt", "empty.md", "photo.jpg"]
    skipped = open_index(bench.home).manifest.skipped
    assert sorted(item["path"] for item in skipped) == ["bin.txt", "empty.md", "photo.jpg"]
    assert all(item["reason"] for item in skipped)


def test_a_new_bad_file_is_noted_and_not_read_again(bench: Bench) -> None:
    first = bench.index_seeds()
    write_files(bench.seeds, {"broken.pdf": b"%PDF-1.4 and no more"})
    second = bench.index_seeds()
    assert [item.path for item in second.skipped] == ["broken.pdf"]
    assert (second.embedded, second.added, second.changed, second.removed) == (0, [], [], [])
    assert second.generation != first.generation
    third = bench.index_seeds()
    assert third.skipped == second.skipped
    assert not third.written


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (None, r"seeds does not exist"),
        ({}, r"seeds holds no documents\. Put .*wenda index"),
        ({".hidden.md": "x"}, r"seeds holds no documents"),
        ({"a.md": " ", "b.bin": "x"}, r"No file in .*seeds can be used\. a\.md: .*; b\.bin: "),
        ({f"{n}.md": "" for n in range(7)}, r"4\.md: .*; and 2 more"),
    ],
)
def test_a_folder_without_documents_is_an_error_and_the_old_index_stays(
    bench: Bench, files: dict[str, str] | None, message: str
) -> None:
    old = bench.index_seeds().generation
    bench.seeds.rename(bench.seeds.with_name("before"))
    if files is not None:
        bench.seeds.mkdir()
        write_files(bench.seeds, files)
    with pytest.raises(SeedsError, match=message):
        bench.index_seeds()
    assert open_index(bench.home).name == old


def test_a_missing_folder_is_told_before_the_model_is_loaded(bench: Bench, tmp_path: Path) -> None:
    bench.seeds = tmp_path / "nowhere"
    with pytest.raises(SeedsError, match=r"nowhere does not exist"):
        bench.index_seeds(load=lambda: pytest.fail("loaded"))
    assert not bench.home.exists()


@pytest.mark.parametrize("inside", ["", ".wenda", "deep/.wenda", "../seeds/x"])
def test_a_home_inside_the_documents_is_refused(bench: Bench, inside: str) -> None:
    bench.home = bench.seeds / inside
    with pytest.raises(StoreError, match=r"inside the documents .*WENDA_HOME"):
        bench.index_seeds()
    assert not (bench.home / "generations").exists()


def test_without_a_model_the_old_index_stays(bench: Bench) -> None:
    old = bench.index_seeds().generation

    def fails() -> HashingModel:
        raise ModelError("no model")

    with pytest.raises(ModelError):
        bench.index_seeds(load=fails)
    assert open_index(bench.home).name == old


@pytest.mark.parametrize("other", [{"fingerprint": "hashing-2"}, {"name": "moved"}])
def test_an_index_of_another_model_is_built_again(bench: Bench, other: dict[str, str]) -> None:
    bench.index_seeds()
    bench.model = HashingModel(**other)  # type: ignore[arg-type]
    report = bench.index_seeds()
    assert report.written
    assert open_index(bench.home).manifest.model == bench.model.name
    assert report.embedded == (6 if "fingerprint" in other else 0)


def test_late_interaction_switched_off_and_on_again_embeds_nothing(bench: Bench) -> None:
    bench.index_seeds()
    for switched in (False, True):
        bench.late_interaction = switched
        report = bench.index_seeds()
        assert report.written
        assert report.embedded == len(bench.model.encoded) == 0
        assert (open_index(bench.home).tokens is not None) == switched
        assert not bench.index_seeds().written


def test_late_interaction_switched_on_embeds_only_paragraphs_again(bench: Bench) -> None:
    bench.late_interaction = False
    assert bench.index_seeds().embedded == 6
    assert open_index(bench.home).tokens is None
    bench.late_interaction = True
    report = bench.index_seeds()
    assert report.written
    assert report.embedded == 2
    assert all("\n" in text for text in bench.model.encoded)  # paragraphs have a context
    assert open_index(bench.home).tokens is not None


def test_every_sentence_of_every_paragraph_is_compared_by_its_own_tokens(bench: Bench) -> None:
    write_files(
        bench.seeds,
        {
            "ward.md": "# The hospital\n\n## Beds\n\nA second ward opened.  It has 40 beds.\n",
            "jobs.md": JOBS + "\n## 公路\n\n修建农村公路12.5公里。\n危桥全部改造。 好！\n",
        },
    )
    bench.index_seeds()
    generation = open_index(bench.home)
    assert generation.tokens is not None
    assert generation.maxsim is not None
    seen = 0
    for row in range(len(generation.paragraphs)):
        stored = generation.corpus.paragraph(row)
        start = stored.paragraph.start
        for number, sentence in enumerate(stored.paragraph.sentences):
            text = stored.text[sentence.start - start : sentence.end - start]
            asked = generation.encoder.encode(text).tokens
            passages = generation.tokens.passage_tokens(np.array([row]))
            found = generation.maxsim.similarities(asked, passages).sentences
            assert len(found) == len(stored.paragraph.sentences)
            assert int(found.argmax()) == number, text
            assert found[number] == pytest.approx(1, abs=0.1)
            seen += 1
    assert seen == len(generation.sentences) >= 9


def test_a_folder_that_was_renamed_is_cited_by_its_new_name(bench: Bench, tmp_path: Path) -> None:
    bench.index_seeds()
    bench.seeds = bench.seeds.rename(tmp_path / "资料")
    bench.index_seeds()
    assert open_index(bench.home).manifest.folder == "资料"


@pytest.mark.parametrize("room", [50, 2000, 13_000, 36_000])
def test_a_disk_without_room_is_an_error_that_says_so_and_the_old_index_stays(
    tmp_path: Path, room: int
) -> None:
    old = index(tmp_path, {"a.md": "旧。"}).generation
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(StoreError, match=r"could not be written.*previous index.*wenda index"):
            index(tmp_path, {f"{n}.md": f"新{n}。" * 9 for n in range(9)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert open_index(tmp_path).name == old
    assert [path.name for path in (tmp_path / "generations").iterdir()] == [old]


def test_progress_grows_from_part_to_part_and_ends_at_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder, "_BATCH", 7)
    monkeypatch.setattr(embedder, "_TOKENS_BATCH", 7)
    seen: list[tuple[int, int]] = []
    write_files(tmp_path / "seeds", {f"{n}.md": f"{n}。" * (n + 1) for n in range(40)})

    def progress(stage: str, done: int, total: int) -> None:
        if stage.startswith("embedding"):
            seen.append((done, total))

    Indexer(Store(tmp_path / "home"), HashingModel, progress, MEGABYTE).index_folder(
        tmp_path / "seeds"
    )
    assert len(seen) > 10
    for _whole, steps in groupby(seen, key=itemgetter(1)):
        shown = list(steps)
        assert shown == sorted(set(shown))
        assert shown[-1][0] == shown[-1][1] > 0


def test_the_manifest_says_what_it_was_made_with(bench: Bench) -> None:
    report = bench.index_seeds()
    path = bench.home / "generations" / report.generation / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["encoder"] == {"recipe": "hashing"}
    assert (content["model"], content["fingerprint"]) == ("hashing", "hashing-1")
    assert re.match(r"\d{4}-\d\d-\d\dT", content["created"])
    files = {p.name for p in path.parent.iterdir()}
    assert set(content["files"]) == files - {"manifest.json"}


def test_a_change_in_any_record_of_a_file_is_a_change_of_the_file(bench: Bench) -> None:
    records = ['{"text": "就业3960人。"}', '{"text": "公路12公里。"}', '{"text": "学校5所。"}']
    write_files(bench.seeds, {"records.jsonl": "\n".join(records)})
    bench.index_seeds()
    assert bench.index_seeds().unchanged.count("records.jsonl") == 1
    write_files(bench.seeds, {"records.jsonl": "\n".join(['{"text": "就业1人。"}', *records[1:]])})
    report = bench.index_seeds()
    assert report.changed == ["records.jsonl"]
    assert "就业1人。" in bench.model.encoded
    write_files(bench.seeds, {"records.jsonl": "\n".join(records[1:])})
    assert bench.index_seeds().changed == ["records.jsonl"]


class CountingModel(HashingModel):
    """Counts the characters that are tokenized: to count their tokens, and to encode them."""

    def __init__(self, max_tokens: int) -> None:
        super().__init__(max_tokens=max_tokens)
        self.counted = 0

    def count_tokens(self, text: str) -> int:
        self.counted += len(text)
        return super().count_tokens(text)


PARAGRAPH = "城镇新增就业{0}{0}人。农村劳动力转移就业{0}人，同比增长百分之{0}。新建公路{0}公里。"


@pytest.mark.parametrize(("longest", "counted"), [(500, 0.0), (60, 2.5)])
def test_a_paragraph_is_tokenized_once_and_asked_for_with_hundreds_of_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, longest: int, counted: float
) -> None:
    queries: list[str] = []
    read = Corpus._read  # noqa: SLF001 - to count

    def noted(corpus: Corpus, query: str, *values: object) -> object:
        queries.append(query)
        return read(corpus, query, *values)

    model = bench.model = CountingModel(longest)
    texts = [PARAGRAPH.format(number) for number in range(600)]
    write_files(bench.seeds, {"all.md": "# 就业\n\n" + "\n\n".join(texts)})
    monkeypatch.setattr(Corpus, "_read", noted)
    report = bench.index_seeds()
    assert report.paragraphs == 602
    # Only texts that may not fit are counted: their sentences, then themselves with their context.
    assert model.counted <= counted * sum(map(len, texts))
    assert len(model.encoded) == len(set(model.encoded)) == report.embedded
    # Three passes, of 602 paragraphs each: paragraphs, their tokens, their sentences.
    assert len(queries) <= 3 * 2

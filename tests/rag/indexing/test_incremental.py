"""An index that was carried on through any changes is the one that would be built anew."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.documents import File, Folder, Loaded
from rag.index import vectors
from rag.index.generations import Store
from rag.index.lexical import bm25_writer as postings
from rag.index.tokens.token_segments import is_segment
from rag.indexing import builder, changes
from rag.indexing.indexer import Indexer
from rag.indexing.report import Report
from rag.progress import silent
from tests.fakes import MEGABYTE, HashingModel, open_index, write_files

pytestmark = pytest.mark.slow

#: What is compared by what it says, or may know more than it needs to.
_MAY_DIFFER = {
    *("documents.sqlite", "manifest.json", "names.syllables.json"),
    *("tokens.json", "tokens.places.npy"),
}
_WORDS = ("民生", "就业3960人", "盘锦市", "臨河區", "公路12.5公里", "Linhe has roads", "養老服務")


def run(seeds: Path, home: Path, model: HashingModel | None = None) -> Report:
    model = model or HashingModel()
    return Indexer(Store(home), lambda: model, silent, MEGABYTE).index_folder(seeds)


def text(draw: random.Random) -> str:
    count = draw.randint(1, 3)
    paragraphs = ("。".join(draw.choices(_WORDS, k=draw.randint(1, 4))) for _ in range(count))
    return f"# {draw.choice(_WORDS)}\n\n" + "。\n\n".join(paragraphs) + "。"


def edit(seeds: Path, draw: random.Random) -> None:
    """Adds, changes, renames or removes a file; some give several documents, some none."""
    files = sorted(path for path in seeds.rglob("*") if path.is_file())
    name = f"{draw.choice('甲乙丙丁戊')}{draw.randint(0, 9)}"
    match draw.choice(("write", "write", "records", "broken", "rename", "remove")):
        case "write":
            write_files(seeds, {f"{name}.md": text(draw)})
        case "records":
            lines = (f'{{"id": "{n}", "text": "{draw.choice(_WORDS)}"}}' for n in range(3))
            write_files(seeds, {f"{name}.jsonl": "\n".join(lines)})
        case "broken":
            write_files(seeds, {f"{name}.json": "{"})
        case "rename" if files:
            files[-1].rename(seeds / f"{name}{files[-1].suffix}")
        case "remove" if len(files) > 2:
            draw.choice(files).unlink()


def contents(home: Path) -> dict[str, object]:
    store = Store(home)
    folder, manifest = store.current()
    index = open_index(home)
    documents = [index.corpus.document(facts.id) for facts in index.listing.all_documents()]
    found: dict[str, object] = {
        "files": index.corpus.files(),
        "documents": documents,
        "paragraphs": [index.corpus.paragraph(row) for row in range(len(index.paragraphs))],
        "counts": manifest.counts,
        "skipped": manifest.skipped,
    }
    assert index.tokens is not None
    tokens = index.tokens
    for row in range(len(index.paragraphs)):
        found[f"tokens of {row}"] = tokens.codes(row).tolist(), tokens.starts(row).tolist()
    for path in folder.iterdir():
        if path.name not in _MAY_DIFFER and "hnsw" not in path.name and not is_segment(path.name):
            found[path.name] = path.read_bytes()
    return found


@pytest.mark.parametrize("seed", range(6))
def test_any_changes_lead_to_the_index_that_would_be_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    # Small parts, so that there are many of them.
    monkeypatch.setattr(builder, "_PART", 3)
    monkeypatch.setattr(postings, "_PART", 40)
    monkeypatch.setattr(vectors, "GRAPH_FROM", 10)
    draw = random.Random(seed)  # noqa: S311 - a test
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {f"{n}.md": text(draw) for n in range(5)})
    run(seeds, home)
    for step in range(12):
        for _ in range(draw.randint(1, 3)):
            edit(seeds, draw)
        report = run(seeds, home)
        anew = run(seeds, tmp_path / f"anew-{step}")
        assert (report.paragraphs, report.sentences) == (anew.paragraphs, anew.sentences)
        assert contents(home) == contents(tmp_path / f"anew-{step}")
        again = run(seeds, home)
        assert (again.written, again.generation) == (False, report.generation)


def test_only_the_files_that_changed_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(1)  # noqa: S311 - a test
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {f"{n}.md": text(draw) for n in range(9)})
    run(seeds, home)
    read: list[str] = []
    add = builder.Builder.add_document

    def noted(made: builder.Builder, document: object) -> None:
        read.append(document.path)  # type: ignore[attr-defined]
        add(made, document)  # type: ignore[arg-type]

    monkeypatch.setattr(builder.Builder, "add_document", noted)
    write_files(seeds, {"4.md": "# 新\n\n全新的一段。", "7a.md": "# 又新\n\n又是新的一段。"})
    model = HashingModel()
    report = run(seeds, home, model)
    assert read == ["4.md", "7a.md"]
    assert sorted(model.encoded) == sorted(
        ["新\n全新的一段。", "全新的一段。", "又新\n又是新的一段。", "又是新的一段。"]
    )
    assert (report.added, report.changed, len(report.unchanged)) == (["7a.md"], ["4.md"], 8)


def test_what_was_deleted_is_in_no_file_of_the_new_index(tmp_path: Path) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {"a.md": "# 公开\n\n人人可读。", "b.md": "# 机密\n\n密码是芝麻开门。"})
    run(seeds, home)
    (seeds / "b.md").unlink()
    run(seeds, home)
    folder, _manifest = Store(home).current()
    assert all("芝麻开门".encode() not in path.read_bytes() for path in folder.iterdir())


def test_the_graph_of_a_carried_on_index_finds_what_an_exact_search_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "GRAPH_FROM", 40)
    draw = random.Random(3)  # noqa: S311 - a test
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {f"{n}.md": f"# 第{n}号\n\n{n}号文件有{n * 7}页。" for n in range(60)})
    run(seeds, home)
    for number in range(60, 70):
        (seeds / f"{draw.randint(0, number - 1)}.md").unlink(missing_ok=True)
        write_files(seeds, {f"{number}.md": f"# 第{number}号\n\n{number}号文件有{number * 7}页。"})
        run(seeds, home)
    index = open_index(home)
    assert "HNSW" in index.paragraphs.method
    stored = index.paragraphs.copied(slice(0, len(index.paragraphs)))
    for row, vector in enumerate(stored):
        products = stored @ vector
        exact = set(np.flatnonzero(products >= np.sort(products)[-5]).tolist())
        found = index.paragraphs.nearest(vector, 5).tolist()
        assert found[0] == row or products[found[0]] == pytest.approx(1)
        assert len(exact & set(found)) >= 4


class Disk:
    """Notes what is loaded from the folder, and what happens to it just after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: Callable[[File], object]) -> None:
        self.loaded: list[str] = []
        load = Folder.load_file

        def noted(folder: Folder, file: File) -> Loaded:
            self.loaded.append(file.relative)
            loaded = load(folder, file)
            after(file)
            return loaded

        monkeypatch.setattr(Folder, "load_file", noted)


def test_a_file_that_changes_just_after_it_was_loaded_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {"a.md": "# 甲\n\n先前的文字。"})
    with monkeypatch.context() as patched:
        Disk(patched, lambda _: write_files(seeds, {"a.md": "# 甲\n\n后来的文字。"}))
        run(seeds, home)
    assert open_index(home).corpus.paragraph(0).text == "先前的文字。"
    assert run(seeds, home).changed == ["a.md"]
    assert open_index(home).corpus.paragraph(0).text == "后来的文字。"
    assert not run(seeds, home).written


def test_a_file_that_could_not_be_had_for_a_moment_is_read_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {"a.md": "# 甲\n\n总在的文字。", "b.md": "# 乙\n\n一时不在的文字。"})
    with monkeypatch.context() as patched:
        Disk(patched, lambda _: (seeds / "b.md").unlink(missing_ok=True))
        assert [item.path for item in run(seeds, home).skipped] == ["b.md"]
    write_files(seeds, {"b.md": "# 乙\n\n一时不在的文字。"})
    assert run(seeds, home).added == ["b.md"]


def test_a_file_is_loaded_from_the_disk_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    files = {"a.md": "# 甲\n\n不变。", "b.md": "# 乙\n\n变。", "c.md": "# 丙\n\n也变。"}
    write_files(seeds, files)
    disk = Disk(monkeypatch, lambda _: None)
    run(seeds, home)
    write_files(seeds, {"b.md": "# 乙\n\n变了。", "c.md": "# 丙\n\n也变了。", "d.md": "新。"})
    assert run(seeds, home).changed == ["b.md", "c.md"]
    assert sorted(disk.loaded) == sorted(["a.md", "b.md", "c.md"] * 2 + ["d.md"])
    # Of what would take too much memory to be kept, the rest is loaded again.
    monkeypatch.setattr(changes, "_KEPT", 30)
    write_files(seeds, {"b.md": "# 乙\n\n又变。", "c.md": "# 丙\n\n又变。"})
    disk.loaded.clear()
    assert run(seeds, home).changed == ["b.md", "c.md"]
    assert disk.loaded == ["a.md", "b.md", "c.md", "d.md", "c.md"]


def test_a_bad_file_is_not_read_again_until_it_changes(tmp_path: Path) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {"a.md": "# 甲\n\n好的。", "b.json": "{"})
    assert [item.path for item in run(seeds, home).skipped] == ["b.json"]
    assert not run(seeds, home).written
    write_files(seeds, {"b.json": '{"text": "修好了。"}'})
    assert run(seeds, home).added == ["b.json"]


def silently_damaged(home: Path, name: str) -> None:
    """Flips a bit as a disk does by itself: no time changes."""
    folder, _ = Store(home).current()
    path = folder / name
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("name", ["paragraphs.vectors.npy", "documents.sqlite", "tokens.1.codes"])
def test_damage_is_not_copied_into_the_next_generation(tmp_path: Path, name: str) -> None:
    draw = random.Random(4)  # noqa: S311 - a test
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {f"{n}.md": text(draw) for n in range(4)})
    run(seeds, home)
    silently_damaged(home, name)
    write_files(seeds, {"new.md": "# 新\n\n新的。"})
    run(seeds, home)
    run(seeds, tmp_path / "anew")
    assert contents(home) == contents(tmp_path / "anew")


def segments(folder: Path) -> set[tuple[str, int]]:
    """The segments of tokens, with their numbers on the disk."""
    return {(p.name, p.stat().st_ino) for p in folder.iterdir() if is_segment(p.name)}


def test_unchanged_tokens_are_those_of_the_generation_that_goes(tmp_path: Path) -> None:
    draw = random.Random(5)  # noqa: S311 - a test
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {f"{n}.md": text(draw) for n in range(9)})
    made = []
    for number in range(6):
        write_files(seeds, {"new.md": f"# 新\n\n第{number}次。"})
        run(seeds, home)
        made.append(segments(Store(home).current()[0]))
        run(seeds, tmp_path / f"anew-{number}")
        assert contents(home) == contents(tmp_path / f"anew-{number}")
    for earlier, before, new in zip(made, made[1:], made[2:], strict=False):
        assert not {inode for _, inode in before} & {inode for _, inode in new}
        assert earlier & new


def test_damaged_tokens_of_the_generation_that_goes_are_not_taken_over(tmp_path: Path) -> None:
    draw = random.Random(6)  # noqa: S311 - a test
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {f"{n}.md": text(draw) for n in range(9)})
    first = run(seeds, home).generation
    silently_damaged(home, "tokens.1.codes")
    for number in range(3):
        write_files(seeds, {"new.md": f"# 新\n\n第{number}次。"})
        run(seeds, home)
        run(seeds, tmp_path / f"anew-{number}")
        assert contents(home) == contents(tmp_path / f"anew-{number}")
    assert not Store(home).folder(first).exists()


def test_a_damaged_live_generation_is_replaced_though_nothing_changed(tmp_path: Path) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {"a.md": "# 甲\n\n文字。"})
    first = run(seeds, home)
    indexer = Indexer(Store(home), HashingModel, silent, MEGABYTE)
    second = indexer.index_folder(seeds, full=True)
    (Store(home).folder(second.generation) / "scripts.npy").write_bytes(b"damaged")
    third = run(seeds, home)
    assert third.written
    assert third.generation not in (first.generation, second.generation)
    assert Store(home).current()[1].name == third.generation


def test_an_index_that_was_rolled_back_to_stays_until_a_document_changes(tmp_path: Path) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    indexer = Indexer(Store(home), HashingModel, silent, MEGABYTE)
    first = run(write_files(seeds, {"a.md": "# 甲\n\n先前的文字。"}), home)
    second = run(write_files(seeds, {"b.md": "# 乙\n\n后来的文字。"}), home)
    Store(home).rollback()
    for _ in range(2):
        kept = indexer.index_folder(seeds, keep_rollback=True)
        assert (kept.generation, kept.written, kept.rolled_back) == (first.generation, False, True)
    write_files(seeds, {"b.md": "# 乙\n\n改过的文字。"})
    third = indexer.index_folder(seeds, keep_rollback=True)
    assert (third.written, third.rolled_back) == (True, False)
    assert third.generation > second.generation


@pytest.mark.parametrize("full", [False, True])
def test_an_index_that_is_asked_for_replaces_the_one_that_was_rolled_back_to(
    tmp_path: Path, *, full: bool
) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    run(write_files(seeds, {"a.md": "# 甲\n\n先前的文字。"}), home)
    run(write_files(seeds, {"a.md": "# 甲\n\n后来的文字。"}), home)
    Store(home).rollback()
    indexer = Indexer(Store(home), HashingModel, silent, MEGABYTE)
    report = indexer.index_folder(seeds, full=full, keep_rollback=full)
    assert (report.written, report.rolled_back) == (True, False)


def test_a_damaged_index_that_was_rolled_back_from_is_built_again(tmp_path: Path) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    run(write_files(seeds, {"a.md": "# 甲\n\n先前的文字。"}), home)
    second = run(write_files(seeds, {"a.md": "# 甲\n\n后来的文字。"}), home)
    (Store(home).folder(second.generation) / "documents.sqlite").write_bytes(b"damaged" * 999)
    Store(home).rollback()
    indexer = Indexer(Store(home), HashingModel, silent, MEGABYTE)
    report = indexer.index_folder(seeds, keep_rollback=True)
    assert (report.written, report.rolled_back) == (True, False)

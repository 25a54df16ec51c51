"""Readers see one whole generation or the one before, whatever is killed or damaged."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.index import generations, manifest
from rag.index.generations import Store
from rag.index.manifest import FORMAT, Manifest, everything, verified
from tests.fakes import index, open_index


def publish(store: Store, content: str = "content") -> str:
    """A small generation; returns its name."""
    with store.writing():
        scratch = store.scratch()
        (scratch / "one.bin").write_text(content, encoding="utf-8")
        (scratch / "two.bin").write_bytes(b"")
        return store.publish(scratch, _manifest(store.new_name())).name


def _manifest(name: str) -> Manifest:
    return Manifest(name, "2026", "seeds", "bundled", "f", {}, {"paragraphs": 1}, [])


def names(store: Store) -> list[str]:
    return sorted(path.name for path in (store.home / "generations").iterdir())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "家 home")


def test_what_is_published_is_current_and_described(store: Store) -> None:
    name = publish(store, "字")
    folder, manifest = Store(store.home).current()
    assert folder == store.home / "generations" / name
    assert (folder / "one.bin").read_text(encoding="utf-8") == "字"
    assert (manifest.name, manifest.model, manifest.counts) == (name, "bundled", {"paragraphs": 1})
    assert sorted(manifest.files) == ["one.bin", "two.bin"]
    assert (store.home / "CURRENT").read_text(encoding="utf-8").strip() == name


def test_no_index_is_an_error_that_says_how_to_make_one(store: Store) -> None:
    with pytest.raises(StoreError, match=r"no index in .*wenda index"):
        store.current()
    assert not store.home.exists()  # reading makes nothing


def test_the_last_two_generations_are_kept(store: Store) -> None:
    made = [publish(store) for _ in range(4)]
    assert names(store) == made[-2:]
    assert store.current()[1].name == made[-1]


@pytest.mark.parametrize("hours", [-48, -1, 0, 48])
def test_a_clock_that_is_set_loses_no_generation(
    store: Store, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    made = [publish(store) for _ in range(3)]
    set_clock(monkeypatch, hours)
    for _ in range(3):
        made.append(publish(store))
        assert store.generations() == made[:-3:-1]
    assert made == sorted(set(made))


def set_clock(monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    """Sets the clock by so many hours; it stands still from then on."""
    then = datetime.now(UTC) + timedelta(hours=hours)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return then.astimezone(tz)

    monkeypatch.setattr(generations, "datetime", Clock)


def test_a_folder_that_is_no_generation_does_not_stop_the_next(store: Store) -> None:
    publish(store)
    (store.home / "generations" / "notes").mkdir()
    publish(store)
    assert store.current()[1].name == store.live_name()


@pytest.mark.parametrize("damage", ["changed", "grown", "emptied", "missing"])
@pytest.mark.parametrize("file", ["one.bin", "manifest.json"])
def test_a_damaged_generation_is_named_and_the_one_before_used(
    store: Store, file: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    before, live = publish(store), publish(store)
    path = store.home / "generations" / live / file
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"changed": b"C" + content[1:], "grown": content + b"}"}.get(damage, b""))
    with caplog.at_level(logging.WARNING):
        assert store.current()[1].name == before
    assert file in caplog.text
    assert live in caplog.text


def test_a_flipped_bit_in_any_file_of_an_index_is_found(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = index(tmp_path, {"a.md": "就业3960人。"}).generation
    live = index(tmp_path, {"b.md": "新增就业3960人。"}).generation
    folder = tmp_path / "generations" / live
    files = sorted(path.name for path in folder.iterdir())
    assert len(files) > 8
    for name in files:
        path = folder / name
        sound = path.read_bytes()
        flipped = bytearray(sound)
        flipped[len(flipped) // 2] ^= 1
        path.write_bytes(flipped)
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert open_index(tmp_path).name == before, name
        assert name in caplog.text
        path.write_bytes(sound)
    assert open_index(tmp_path).name == live


def test_a_flipped_bit_anywhere_in_a_manifest_is_found(store: Store) -> None:
    before, live = publish(store), publish(store)
    path = store.home / "generations" / live / "manifest.json"
    sound = path.read_bytes()
    accepted = []
    for at in range(len(sound)):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        if store.current()[1].name != before:
            accepted.append(sound[at - 10 : at + 10])
    assert accepted == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[]",
        '"x"',
        "{}",
        '{"format": 1}',
        "{]",
        "\x00",
        "[" * 100_000,
        '{"format": 1, "files": 5, "name": 1}',
    ],
    ids=range(10),
)
def test_a_manifest_of_garbage_is_passed_over(store: Store, content: str) -> None:
    before, live = publish(store), publish(store)
    (store.home / "generations" / live / "manifest.json").write_text(content, encoding="utf-8")
    assert store.current()[1].name == before


@pytest.mark.parametrize("files", [[], None, "one.bin", {"one.bin": 5}, {"../../../x": "0"}])
def test_a_manifest_whose_list_of_files_is_garbage_is_passed_over(
    store: Store, files: object
) -> None:
    before, live = publish(store), publish(store)
    path = store.home / "generations" / live / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "files": files}), encoding="utf-8")
    assert store.current()[1].name == before


def test_another_format_is_named_when_nothing_else_is_left(store: Store) -> None:
    path = store.home / "generations" / publish(store) / "manifest.json"
    content = path.read_text(encoding="utf-8").replace(f'"format": {FORMAT}', '"format": 99')
    path.write_text(content, encoding="utf-8")
    with pytest.raises(
        StoreError, match=rf"format 99; this Wenda reads {FORMAT}.*wenda index --full"
    ):
        store.current()


@pytest.mark.parametrize("content", [b"", b"nowhere\n", b"../../etc\n", b"\xff\xfe", None])
def test_without_a_usable_current_the_newest_sound_generation_is_live(
    store: Store, content: bytes | None
) -> None:
    publish(store)
    newest = publish(store)
    if content is None:
        (store.home / "CURRENT").unlink()
    else:
        (store.home / "CURRENT").write_bytes(content)
    assert store.current()[1].name == newest


def test_a_generation_that_was_never_switched_to_is_not_used_and_goes(store: Store) -> None:
    live, unswitched = publish(store), publish(store)
    (store.home / "CURRENT").write_text(live + "\n", encoding="utf-8")  # killed before the switch
    assert store.current()[1].name == live
    with store.writing():
        pass
    assert names(store) == [live]
    assert unswitched != live


def test_what_a_killed_build_left_is_collected_by_the_next(store: Store) -> None:
    live = publish(store)
    left = store.home / "generations" / ".building-dead"
    (left / "deep").mkdir(parents=True)
    (left / "deep" / "file").write_text("x", encoding="utf-8")
    assert store.current()[1].name == live
    with store.writing():
        pass
    assert names(store) == [live]


def test_a_failed_build_leaves_nothing(store: Store) -> None:
    live = publish(store)

    def fails() -> None:
        with store.writing():
            (store.scratch() / "part").write_text("x", encoding="utf-8")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert names(store) == [live]
    publish(store)  # the lock is free again


def test_a_second_process_that_wants_to_write_is_refused(store: Store) -> None:
    program = (
        "import sys; from pathlib import Path; from rag.index.generations import Store\n"
        f"with Store(Path({str(store.home)!r})).writing():\n"
        "    print('holding', flush=True); sys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "holding\n"
        with (
            pytest.raises(StoreError, match=r"Another process is building .*Wait until"),
            store.writing(),
        ):
            pytest.fail("two writers")
        other.kill()  # a dead writer's lock is no lock
    publish(store)


def failing_at(calls: int) -> Iterator[bool]:
    yield from (False for _ in range(calls))
    while True:
        yield True


@pytest.mark.parametrize("call", range(10))
@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_full_disk_leaves_a_whole_generation_current_and_no_rubbish(
    store: Store, monkeypatch: pytest.MonkeyPatch, function: str, call: int
) -> None:
    old = publish(store, "old")
    owner = os if function == "fsync" else Path
    real, failing = getattr(owner, function), failing_at(call)

    def full(*arguments: object) -> object:
        if next(failing):
            raise OSError(28, os.strerror(28))
        return real(*arguments)

    monkeypatch.setattr(owner, function, full)
    message = ""
    try:
        publish(store, "new")
    except StoreError as error:
        message = str(error)
    monkeypatch.undo()
    if message:
        assert re.search(r"No space left.*wenda index", message)
    assert bool(message) == (call < {"fsync": 7, "replace": 2}[function])
    # The last sync only makes the switch, which was done by then, durable.
    assert (store.current()[1].name != old) == (call >= {"fsync": 6, "replace": 2}[function])
    publish(store, "next")
    assert len(names(store)) == 2
    assert sorted(p.name for p in store.home.iterdir()) == [
        "CURRENT",
        "generations",
        "lock",
        "seen",
    ]


def test_a_home_that_cannot_be_written_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(StoreError, match=r"file/home cannot be written.*WENDA_HOME"),
        Store(tmp_path / "file" / "home").writing(),
    ):
        pytest.fail("no such folder")


def flip(path: Path, *, keep_time: bool = False) -> None:
    """Flips one bit; a disk that does so by itself leaves no trace in the file's times."""
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)
    if keep_time:
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_generation_that_was_found_whole_is_not_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store)
    read: list[str] = []
    digest = manifest.digest_of_file

    def noted(path: Path) -> str:
        read.append(path.name)
        return digest(path)

    monkeypatch.setattr(manifest, "digest_of_file", noted)
    folder, _ = store.current()
    assert read == []
    (folder / "one.bin").touch()
    store.current()
    assert read == ["one.bin"]
    store.current()
    assert read == ["one.bin"]
    verified(folder, deep=everything)
    assert sorted(read[1:]) == ["one.bin", "two.bin"]


def test_what_a_disk_lost_by_itself_is_found_by_reading_everything(store: Store) -> None:
    publish(store)
    folder, _ = store.current()
    flip(folder / "one.bin", keep_time=True)
    with pytest.raises(StoreError, match=r"one\.bin has changed"):
        verified(folder, deep=everything)


@pytest.mark.parametrize("note", ["", "{", "[]", "[" * 100_000, '{"one.bin": 7}'])
def test_a_note_of_garbage_costs_only_time(store: Store, note: str) -> None:
    name = publish(store)
    (store.home / "seen" / f"{name}.json").write_text(note, encoding="utf-8")
    flip(store.folder(name) / "one.bin")
    with pytest.raises(StoreError, match=r"one\.bin has changed"):
        store.current()


def test_a_copied_index_is_read_once_in_full(store: Store, tmp_path: Path) -> None:
    name = publish(store)
    copy = Store(tmp_path / "copy")
    shutil.copytree(store.home, copy.home)
    flip(copy.folder(name) / "one.bin")
    with pytest.raises(StoreError, match=r"one\.bin has changed"):
        copy.current()
    assert store.current()[1].name == name


def test_notes_go_with_their_generations(store: Store) -> None:
    made = [publish(store) for _ in range(4)]
    left = sorted(path.stem for path in (store.home / "seen").iterdir())
    assert left == made[-2:]


def test_rolling_back_makes_the_generation_before_live(store: Store) -> None:
    first, second = publish(store, "old"), publish(store, "new")
    assert store.rollback().name == first
    folder, live = store.current()
    assert live.name == first
    assert (folder / "one.bin").read_text() == "old"
    assert store.generations() == [first]
    assert store.rejected() == store.folder(second)
    third = publish(store)
    assert store.current()[1].name == third
    assert store.rejected() is None
    assert names(store) == [first, third]


def test_what_was_rolled_back_from_is_kept_for_comparison_until_the_next_publication(
    store: Store,
) -> None:
    first, second = publish(store), publish(store)
    store.rollback()
    with store.writing():  # a run that finds nothing to do
        pass
    assert names(store) == [first, second]
    (store.home / "REJECTED").write_text("../../elsewhere\n", encoding="utf-8")
    assert store.rejected() is None


def test_rolling_back_passes_over_what_is_damaged_and_says_when_nothing_is_left(
    store: Store,
) -> None:
    with pytest.raises(StoreError, match="no earlier index"):
        store.rollback()
    first = publish(store)
    second = publish(store)
    flip(store.folder(first) / "one.bin")
    with pytest.raises(StoreError, match="no earlier index"):
        store.rollback()
    assert store.current()[1].name == second


def test_the_generation_that_goes_next_is_the_sound_one_before(store: Store) -> None:
    first = publish(store)
    assert store.next_to_remove(first) is None
    second = publish(store)
    found = store.next_to_remove(second)
    assert found is not None
    assert found[0].name == found[1].name == first
    publish(store)
    assert not store.folder(first).exists()
    damaged = store.folder(second) / "one.bin"
    damaged.write_text("damaged", encoding="utf-8")
    assert store.next_to_remove(store.live_name()) is None

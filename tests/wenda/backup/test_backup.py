"""A backup holds a whole home, and becomes one again; nothing else does."""

import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import StoreError
from rag.index.generations import Store
from rag.index.manifest import FORMAT as INDEX_FORMAT
from rag.index.manifest import MANIFEST
from rag.progress import silent
from rag.serving.feedback import Feedback, FeedbackStore
from tests.fakes import CALIBRATION, HASHING_SCALE, index, open_index, tree
from tests.wenda.conftest import Shell
from wenda import console
from wenda.backup.contents import DIGESTS, FORMAT, HEADER, BackupHeader
from wenda.backup.making import make_backup
from wenda.backup.restoring import restore_backup

TEXTS = {"jobs.txt": "城镇新增就业3960人。居民很满意。", "parks.txt": "Seven new parks opened."}
PRAISE = Feedback("k", "2026-01-01", "web", "u", True, "jobs?", "3960人", "g", 0.9)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home that has all that a backup holds, and with its backup."""
    folder = tmp_path_factory.mktemp("made")
    home = folder / "home"
    index(home, TEXTS)
    CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
    feedback = FeedbackStore(home / "feedback.sqlite")
    feedback.add_feedback(PRAISE)
    feedback.close()
    for name in ("telegram.sqlite", "recognized.cache"):
        database = sqlite3.connect(home / name)
        database.execute("CREATE TABLE kept (words TEXT)")
        database.execute("INSERT INTO kept VALUES (?)", (name,))
        database.commit()
        database.close()
    make_backup(Store(home), folder / "backup.tar", silent)
    return folder


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A home with all that a backup holds."""
    return Path(shutil.copytree(made / "home", tmp_path / "home"))


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made / "backup.tar", tmp_path))


def refusal(backup: Path, elsewhere: Path) -> str:
    """Why a backup is not restored; then nothing of it is there."""
    with pytest.raises(StoreError) as caught:
        restore_backup(backup, Store(elsewhere), silent)
    left = [path for path in elsewhere.rglob("*") if path.is_file() and path.name != "lock"]
    assert left == []
    assert not list(elsewhere.glob(".restoring-*"))
    return str(caught.value)


Change = Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]


def rewritten(backup: Path, change: Change) -> Path:
    """A copy of a backup, whose members were changed."""
    with tarfile.open(backup) as archive:
        members = []
        for info in archive:
            content = archive.extractfile(info)
            assert content is not None
            members.append((info, content.read()))
    change(members)
    copy = backup.with_name("changed.tar")
    with tarfile.open(copy, "w", format=tarfile.GNU_FORMAT) as archive:
        for info, data in members:
            if info.isreg():
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return copy


def member(
    name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""
) -> Change:
    """Adds a member before the digests, which name it too."""

    def add(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        members.insert(-1, (info, content))

    return add


def test_a_restored_home_has_all_and_answers_alike(
    home: Path, backup: Path, tmp_path: Path
) -> None:
    header, live = restore_backup(backup, Store(tmp_path / "elsewhere"), silent)
    assert live
    elsewhere = tmp_path / "elsewhere"
    assert Store(elsewhere).live_name() == Store(home).live_name() == header.index
    ours, theirs = open_index(home), open_index(elsewhere)
    assert ours.manifest == theirs.manifest
    assert [
        d.text for d in map(ours.corpus.document, [f.id for f in ours.listing.all_documents()]) if d
    ] == [
        d.text
        for d in map(theirs.corpus.document, [f.id for f in theirs.listing.all_documents()])
        if d
    ]
    assert (elsewhere / "calibration.json").read_bytes() == (home / "calibration.json").read_bytes()
    feedback = FeedbackStore(elsewhere / "feedback.sqlite")
    assert feedback.newest_feedback(9) == [PRAISE]
    feedback.close()
    for name in ("telegram.sqlite", "recognized.cache"):
        database = sqlite3.connect(elsewhere / name)
        assert database.execute("SELECT words FROM kept").fetchall() == [(name,)]
        database.close()
    # Nothing is embedded anew for the same texts.
    assert index(elsewhere, {**TEXTS, "more.txt": "A new one."}).embedded == 2


def test_a_backup_is_for_its_owner_only_and_leaves_the_home_as_it_is(
    made: Path, tmp_path: Path
) -> None:
    home = made / "home"
    before = tree(home)
    make_backup(Store(home), tmp_path / "b.tar", silent)
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "b.tar."))] == []
    changed = {name for name, facts in tree(home).items() if before.get(name) != facts}
    assert {name for name in changed if not name.endswith(("-shm", "-wal"))} <= {"."}


def test_another_backup_is_replaced_when_the_new_one_is_whole(
    home: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = backup.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            make_backup(Store(home), backup, silent)
    assert backup.read_bytes() == before
    make_backup(Store(home), backup, silent)
    assert [path.name for path in backup.parent.glob("*backup*")] == ["backup.tar"]


def test_what_is_no_backup_is_not_replaced(home: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    with pytest.raises(StoreError, match="no backup"):
        make_backup(Store(home), notes, silent)
    assert notes.read_text() == "mine"


def test_a_database_that_is_written_is_copied_as_of_one_moment(home: Path, tmp_path: Path) -> None:
    writing = sqlite3.connect(home / "feedback.sqlite", isolation_level=None)
    writing.execute("BEGIN IMMEDIATE")
    writing.execute("DELETE FROM feedback")
    make_backup(Store(home), tmp_path / "b.tar", silent)
    writing.execute("COMMIT")
    writing.close()
    restore_backup(tmp_path / "b.tar", Store(tmp_path / "elsewhere"), silent)
    feedback = FeedbackStore(tmp_path / "elsewhere" / "feedback.sqlite")
    assert feedback.newest_feedback(9) == [PRAISE]
    feedback.close()


def test_an_index_that_is_replaced_meanwhile_is_backed_up_whole(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder goes away after its files were opened; before that, the next one is taken."""
    store = Store(home)
    found = Store.current
    taken: list[str] = []

    def current(self: Store) -> object:
        folder, manifest = found(self)
        taken.append(manifest.name)
        if len(taken) == 1:
            for number in range(3):
                index(home, {**TEXTS, f"{number}.txt": f"Number {number}."})
            assert not folder.exists()
        return folder, manifest

    monkeypatch.setattr(Store, "current", current)
    header = make_backup(store, tmp_path / "b.tar", silent)
    monkeypatch.undo()
    assert taken[0] != header.index == store.live_name()
    restore_backup(tmp_path / "b.tar", Store(tmp_path / "elsewhere"), silent)
    assert open_index(tmp_path / "elsewhere").manifest.counts["documents"] == 3


def test_a_damaged_index_is_not_backed_up(home: Path, tmp_path: Path) -> None:
    store = Store(home)
    file = store.folder(store.live_name()) / "documents.sqlite"
    times = file.stat()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a disk that loses a bit
    with pytest.raises(StoreError, match=r"documents\.sqlite has changed"):
        make_backup(store, tmp_path / "b.tar", silent)
    assert not list(tmp_path.glob("b.tar*"))


def test_a_damaged_cache_is_left_out(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (home / "recognized.cache").write_bytes(b"no database" * 100)
    make_backup(Store(home), tmp_path / "b.tar", silent)
    assert "recognized.cache is left out" in caplog.text
    restore_backup(tmp_path / "b.tar", Store(tmp_path / "elsewhere"), silent)
    assert not (tmp_path / "elsewhere" / "recognized.cache").exists()


@pytest.mark.parametrize("name", ["CURRENT", "feedback.sqlite", "vectors.cache", "generations/x"])
def test_nothing_is_restored_over_what_is_there(backup: Path, tmp_path: Path, name: str) -> None:
    there = tmp_path / "elsewhere" / name
    there.parent.mkdir(parents=True)
    there.mkdir() if "/" in name else there.write_text("mine")
    with pytest.raises(StoreError, match="only restored where nothing can be lost"):
        restore_backup(backup, Store(tmp_path / "elsewhere"), silent)
    assert there.is_dir() or there.read_text() == "mine"


def test_a_home_in_which_an_index_is_built_is_left_alone(backup: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "elsewhere")
    with store.writing(), pytest.raises(StoreError, match="Another process"):
        restore_backup(backup, Store(tmp_path / "elsewhere"), silent)


def test_every_broken_off_backup_is_refused(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    broken = tmp_path / "broken.tar"
    with tarfile.open(backup) as archive:
        ends = [info.offset for info in archive] + [info.offset_data for info in archive]
    for end in sorted({0, 1, 511, *ends, *(end + 1 for end in ends)}):
        broken.write_bytes(whole[:end])
        said = refusal(broken, tmp_path / "elsewhere")
        assert "no backup" in said or "is damaged" in said


def test_every_changed_byte_is_found(backup: Path, tmp_path: Path) -> None:
    """One in each file, wherever it lies; padding does not count."""
    whole = bytearray(backup.read_bytes())
    changed = tmp_path / "changed.tar"
    with tarfile.open(backup) as archive:
        members = [info for info in archive if info.size and info.name != HEADER]
    for info in members:
        at = info.offset_data + info.size // 2
        whole[at] ^= 1
        changed.write_bytes(whole)
        said = refusal(changed, tmp_path / "elsewhere")
        assert info.name == DIGESTS or f"{info.name} has changed" in said
        whole[at] ^= 1


@pytest.mark.parametrize(
    "change",
    [
        member("../outside", b"x"),
        member("/etc/cron.d/x", b"x"),
        member("index/../../outside", b"x"),
        member("index/.hidden", b"x"),
        member("index/deeper/x", b"x"),
        member("CURRENT", b"20260101T000000.000000Z-0000\n"),
        member("generations", kind=tarfile.DIRTYPE),
        member("index/link", kind=tarfile.SYMTYPE, link="/etc/passwd"),
        member("index/link", kind=tarfile.LNKTYPE, link="vectors.cache"),
        member("index/device", kind=tarfile.CHRTYPE),
        member("index/pipe", kind=tarfile.FIFOTYPE),
        member("vectors.cache", b"again"),
        member(HEADER, b"{}"),
        member(DIGESTS, b"{}"),
        member("index/" + "x" * 300, b"x"),
    ],
)
def test_what_no_backup_has_is_refused(backup: Path, tmp_path: Path, change: Change) -> None:
    refusal(rewritten(backup, change), tmp_path / "elsewhere")
    assert not (tmp_path / "outside").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "backup.tar",
        "changed.tar",
        "elsewhere",
    ]


def test_a_backup_of_an_index_with_another_name_is_refused(backup: Path, tmp_path: Path) -> None:
    """A name is a folder's: it must be the index's own, and none that leads elsewhere."""

    def rename(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        facts = json.loads(members[0][1])
        members[0] = (members[0][0], json.dumps({**facts, "index": "../../outside"}).encode())

    assert "its own" in refusal(rewritten(backup, rename), tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"format": FORMAT + 1, "surprise": [], "version": "9.1"}, "newer Wenda (9.1)"),
        ({"index_format": INDEX_FORMAT + 1, "version": "9.1"}, "install Wenda 9.1"),
        ({"format": "1"}, "no backup"),
        ({"index_format": None}, "no backup"),
        ({"more": 1}, "no backup"),
    ],
)
def test_a_header_that_is_newer_or_none_is_refused(
    backup: Path, tmp_path: Path, facts: dict[str, object], said: str
) -> None:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        content = {**json.loads(members[0][1]), **facts}
        members[0] = (members[0][0], json.dumps(content).encode())

    assert said in refusal(rewritten(backup, change), tmp_path / "elsewhere")


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"x" * 2_000_000, b"\xff"])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert "no backup" in refusal(file, tmp_path / "elsewhere")
    with tarfile.open(file, "w") as archive:
        info = tarfile.TarInfo(HEADER)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    assert "no backup" in refusal(file, tmp_path / "elsewhere")


def test_an_index_of_an_older_format_is_left_out(home: Path, backup: Path, tmp_path: Path) -> None:
    """The rest is there, so that it is built anew from the cache."""

    def older(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        facts = json.loads(members[0][1])
        content = json.dumps({**facts, "index_format": INDEX_FORMAT - 1}).encode()
        members[0] = (members[0][0], content)

    store = Store(tmp_path / "elsewhere")
    _, live = restore_backup(rewritten(backup, older), store, silent)
    assert not live
    assert store.generations() == []
    assert index(store.home, TEXTS).embedded == 0
    assert (home / "vectors.cache").exists()


def test_a_header_reads_what_it_writes() -> None:
    header = BackupHeader(1, "name", INDEX_FORMAT, "0.1.0", "2026-01-01T00:00:00+00:00")
    assert BackupHeader.of_json(header.to_json()) == header


@pytest.fixture
def seeded(shell: Shell, clean: Path) -> Iterator[Path]:
    (clean / "seeds").mkdir()
    (clean / "seeds" / "jobs.md").write_text("城镇新增就业3960人。居民很满意。", encoding="utf-8")
    assert shell("index").code == console.DONE
    yield clean
    shutil.rmtree(clean / ".wenda", ignore_errors=True)


def test_in_the_shell(shell: Shell, seeded: Path) -> None:
    asked = shell("ask", "城镇新增就业多少人？", "--json")
    made = shell("backup", "b.tar")
    assert made.code == console.DONE
    assert "Backed up .wenda with the index" in made.out
    restored = shell("restore", "b.tar", "--home", "new")
    assert restored.code == console.DONE
    assert "Restored b.tar" in restored.out
    again = shell("ask", "城镇新增就业多少人？", "--json", "--home", "new")
    facts = [json.loads(each.out) for each in (asked, again)]
    for each in facts:
        del each["took_ms"]
    assert facts[0] == facts[1]
    refused = shell("restore", "b.tar", "--home", "new")
    assert refused.code == console.FAILED
    assert "nothing can be lost" in refused.err
    assert shell("backup", "b.tar", "--home", "none").code == console.FAILED
    assert (seeded / "b.tar").exists()
    assert MANIFEST

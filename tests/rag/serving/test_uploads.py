"""Documents that are given: where they go, what is refused, what can be undone."""

import errno
import os
import threading
from pathlib import Path

import pytest

from rag.errors import UploadCode, UploadError
from rag.index.generation import Generation
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from rag.serving.rebuilds import Job, JobState
from rag.serving.uploads import Change, UploadFolder, outcome_of
from rag.serving.uploads import changes as records
from tests.fakes import MEGABYTE, HashingModel, open_index, write_files

TEXT = b"The mill opens at nine."
OTHER = b"The mill opens at ten."


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    return write_files(tmp_path / "seeds", {"own.md": "# Own\n\nThe pond is deep.\n"})


@pytest.fixture
def folder(seeds: Path, tmp_path: Path) -> UploadFolder:
    return UploadFolder(seeds / "given", seeds, tmp_path / "home" / "given", 1000)


def give(folder: UploadFolder, name: str, *pieces: bytes, overwrite: bool = False) -> Change:
    with folder.receive(name) as document:
        for piece in pieces:
            document.write(piece)
        return document.finish(overwrite=overwrite)


def refused(code: UploadCode, folder: UploadFolder, name: str, *pieces: bytes) -> str:
    with pytest.raises(UploadError) as caught:
        give(folder, name, *pieces)
    assert caught.value.code is code
    return str(caught.value)


def everything(below: Path) -> list[str]:
    return sorted(path.relative_to(below).as_posix() for path in below.rglob("*") if path.is_file())


def test_a_document_is_written_whole_and_nothing_else(folder: UploadFolder, seeds: Path) -> None:
    change = give(folder, "2024/水磨 坊.md", TEXT[:5], TEXT[5:])
    assert (seeds / "given/2024/水磨 坊.md").read_bytes() == TEXT
    assert (change.action, change.path, change.bytes) == (
        "added",
        "given/2024/水磨 坊.md",
        len(TEXT),
    )
    assert everything(seeds) == ["given/2024/水磨 坊.md", "own.md"]
    assert folder.name == "seeds/given"
    assert [each.name for each in folder.files()] == ["2024/水磨 坊.md"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../x.md", UploadCode.BAD_NAME),
        ("a/../../x.md", UploadCode.BAD_NAME),
        ("/etc/x.md", UploadCode.BAD_NAME),
        ("a//x.md", UploadCode.BAD_NAME),
        ("a/./x.md", UploadCode.BAD_NAME),
        ("..\\x.md", UploadCode.BAD_NAME),
        ("C:x.md", UploadCode.BAD_NAME),
        ("x.md:stream.md", UploadCode.BAD_NAME),
        ("a\0.md", UploadCode.BAD_NAME),
        ("a\n.md", UploadCode.BAD_NAME),
        ("a\u202edm.exe.md", UploadCode.BAD_NAME),
        ("a\udcff.md", UploadCode.BAD_NAME),
        (" a.md", UploadCode.BAD_NAME),
        ("folder./a.md", UploadCode.BAD_NAME),
        ("", UploadCode.BAD_NAME),
        ("a" * 300 + ".md", UploadCode.LONG_NAME),
        ("水" * 90 + ".md", UploadCode.LONG_NAME),
        ("/".join("abcdefghi") + ".md", UploadCode.LONG_NAME),
        ("CON.md", UploadCode.DEVICE_NAME),
        ("nul", UploadCode.DEVICE_NAME),
        ("com1.tar.md", UploadCode.DEVICE_NAME),
        ("aux/a.md", UploadCode.DEVICE_NAME),
        (".hidden.md", UploadCode.PASSED_OVER),
        (".git/a.md", UploadCode.PASSED_OVER),
        ("~$a.docx", UploadCode.PASSED_OVER),
        ("a.exe", UploadCode.UNREAD_TYPE),
        ("a", UploadCode.UNREAD_TYPE),
    ],
)
def test_names_that_could_do_harm_are_refused(
    folder: UploadFolder, tmp_path: Path, name: str, code: UploadCode
) -> None:
    refused(code, folder, name, TEXT)
    assert everything(tmp_path) in ([], ["seeds/own.md"])


def test_links_lead_nowhere(folder: UploadFolder, seeds: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    give(folder, "a.md", TEXT)
    (seeds / "given/away").symlink_to(outside)
    (seeds / "given/file.md").symlink_to(outside / "file.md")
    refused(UploadCode.BAD_NAME, folder, "away/x.md", TEXT)
    refused(UploadCode.BAD_NAME, folder, "file.md", TEXT)
    refused(UploadCode.BAD_NAME, folder, "a.md/x.md", TEXT)
    (seeds / "given/own.md").mkdir()
    refused(UploadCode.BAD_NAME, folder, "own.md", TEXT)
    assert list(outside.iterdir()) == []


def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path, seeds: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (seeds / "given").symlink_to(outside)
    folder = UploadFolder(seeds / "given", seeds, tmp_path / "home", 1000)
    refused(UploadCode.BAD_NAME, folder, "x.md", TEXT)
    assert list(outside.iterdir()) == []


def test_sizes(folder: UploadFolder, seeds: Path) -> None:
    refused(UploadCode.EMPTY, folder, "a.md")
    refused(UploadCode.EMPTY, folder, "a.md", b" \n", b"\t")
    assert "1,000 bytes" in refused(UploadCode.TOO_LARGE, folder, "a.md", b"x" * 600, b"x" * 600)
    assert everything(seeds) == ["own.md"]
    assert give(folder, "a.md", b"x" * 1000).bytes == 1000


def test_one_of_the_same_name_is_replaced_only_when_that_is_said(
    folder: UploadFolder, seeds: Path
) -> None:
    first = give(folder, "a.md", TEXT)
    refused(UploadCode.EXISTS, folder, "a.md", OTHER)
    assert (seeds / "given/a.md").read_bytes() == TEXT
    assert give(folder, "a.md", TEXT) == first  # the same again, as after a lost answer
    replaced = give(folder, "a.md", OTHER, overwrite=True)
    assert replaced.action == "replaced"
    assert (seeds / "given/a.md").read_bytes() == OTHER


def test_of_two_at_once_one_wins(folder: UploadFolder) -> None:
    with folder.receive("a.md") as one, folder.receive("a.md") as two:
        one.write(TEXT)
        two.write(OTHER)
        one.finish()
        with pytest.raises(UploadError) as caught:
            two.finish()
    assert caught.value.code is UploadCode.EXISTS


def test_everything_can_be_undone_once(folder: UploadFolder, seeds: Path) -> None:
    path = seeds / "given/b/a.md"
    added = give(folder, "b/a.md", TEXT)
    replaced = give(folder, "b/a.md", OTHER, overwrite=True)
    back = folder.undo_change(replaced.id)
    assert path.read_bytes() == TEXT
    assert (back.action, back.undoable, back.undoes) == ("replaced", False, replaced.id)
    removed = folder.remove_document("b/a.md")
    assert not path.parent.exists()  # the folder is empty without it
    folder.undo_change(removed.id)
    assert path.read_bytes() == TEXT
    with pytest.raises(UploadError) as caught:
        folder.undo_change(removed.id)
    assert caught.value.code is UploadCode.NO_CHANGE
    folder.undo_change(added.id)
    assert everything(seeds) == ["own.md"]


def test_what_was_changed_since_is_not_undone(folder: UploadFolder, seeds: Path) -> None:
    added = give(folder, "a.md", TEXT)
    (seeds / "given/a.md").write_bytes(OTHER)
    with pytest.raises(UploadError) as caught:
        folder.undo_change(added.id)
    assert caught.value.code is UploadCode.CHANGED_SINCE
    assert (seeds / "given/a.md").read_bytes() == OTHER


@pytest.mark.parametrize("identity", ["", "none", "../../own", "a/b", "x\0"])
def test_changes_that_nobody_made(folder: UploadFolder, identity: str) -> None:
    with pytest.raises(UploadError) as caught:
        folder.undo_change(identity)
    assert caught.value.code is UploadCode.NO_CHANGE
    assert folder.change(identity) is None


def test_only_given_documents_are_removed(folder: UploadFolder, seeds: Path) -> None:
    for name in ("own.md", "none.md"):
        with pytest.raises(UploadError) as caught:
            folder.remove_document(name)
        assert caught.value.code is UploadCode.NOT_THERE
    assert everything(seeds) == ["own.md"]


@pytest.mark.parametrize("call", ["fsync", "link"])
def test_a_full_disk_changes_nothing(
    folder: UploadFolder, seeds: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        assert "full" in refused(UploadCode.DISK_FULL, folder, "a.md", TEXT)
    assert everything(seeds) == ["own.md"]
    assert folder.newest_changes() == []
    assert give(folder, "a.md", TEXT).action == "added"


def test_old_content_is_kept_within_bounds(
    folder: UploadFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MOST", 3)
    for number in range(6):
        give(folder, "a.md", b"version %d" % number, overwrite=True)
    assert len(folder.newest_changes()) == 3
    assert len(everything(tmp_path / "home")) == 6
    monkeypatch.setattr(records, "MOST_BYTES", 20)
    give(folder, "a.md", b"version 7", overwrite=True)
    assert len(folder.newest_changes()) == 2


def test_what_a_killed_process_left_is_swept(folder: UploadFolder, seeds: Path) -> None:
    give(folder, "b/a.md", TEXT)
    left = seeds / "given/b/.wenda-upload-0123"
    left.write_bytes(b"half")
    folder.sweep()
    assert left.exists()  # it may be on its way
    os.utime(left, (0, 0))
    folder.sweep()
    assert everything(seeds) == ["given/b/a.md", "own.md"]


def test_many_at_once_all_get_in(folder: UploadFolder) -> None:
    names = [f"{number}.md" for number in range(20)]
    threads = [threading.Thread(target=give, args=(folder, name, TEXT)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.name for each in folder.files()] == sorted(names)
    assert len(folder.newest_changes()) == 20


def built(seeds: Path) -> Generation:
    home = seeds.parent / "index"
    Indexer(Store(home), HashingModel, silent, MEGABYTE).index_folder(seeds)
    return open_index(home)


def test_what_became_of_it(folder: UploadFolder, seeds: Path) -> None:
    before = built(seeds)
    good = give(folder, "mill.md", b"# Mill\n\nThe mill opens at nine.\n")
    bad = give(folder, "bad.pdf", b"%PDF-1.7 no pages at all")
    assert outcome_of(good, before, None).state == "waiting"
    assert outcome_of(good, None, None).state == "waiting"
    failed = Job("j", JobState.FAILED, started="9999", error="The disk is full.")
    assert outcome_of(good, before, failed).reason == "The disk is full."
    after = built(seeds)
    found = outcome_of(good, after, failed)
    assert found.state == "indexed"
    assert found.document is not None
    document = after.corpus.document(found.document)
    assert document is not None
    assert document.path == "given/mill.md"
    skipped = outcome_of(bad, after, None)
    assert skipped.state == "skipped"
    assert skipped.reason
    removed = folder.remove_document("mill.md")
    assert outcome_of(removed, after, None).state == "waiting"
    assert outcome_of(good, after, None, folder.newest_changes()).state == "superseded"
    assert outcome_of(removed, built(seeds), None).state == "removed"

"""A folder is read file by file; a bad one is named and the others go on."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from rag.documents import Document, Folder, Limits, Skipped, document_id, read_folder
from rag.documents.assembling import assemble
from rag.errors import SeedsError
from tests.rag.documents.files import pdf, word

pytestmark = pytest.mark.slow

GOOD = "山上的树绿了。河里的水清了。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "seeds"
    root.mkdir()
    (root / "good.txt").write_text(GOOD, encoding="utf-8")
    return root


def skipped(root: Path, **limits: Any) -> dict[str, str]:
    """The reasons by path; the good file must always be read."""
    found = list(read_folder(root, limits=Limits(**limits)))
    assert "good.txt" in {item.path for item in found if isinstance(item, Document)}
    return {item.path: item.reason for item in found if isinstance(item, Skipped)}


def paths(root: Path) -> list[str]:
    return [item.path for item in read_folder(root, limits=Limits())]


def test_files_come_sorted_by_path_with_stable_ids(folder: Path) -> None:
    (folder / "b").mkdir()
    (folder / "b" / "a.md").write_text("# T\n\nWords.", encoding="utf-8")
    (folder / "a.TXT").write_text(GOOD, encoding="utf-8")
    assert paths(folder) == ["a.TXT", "b/a.md", "good.txt"]
    first = next(read_folder(folder))
    assert isinstance(first, Document)
    assert first.id == document_id("a.TXT")


def test_files_are_read_one_at_a_time(folder: Path) -> None:
    (folder / "z.txt").write_text(GOOD, encoding="utf-8")
    documents = read_folder(folder)
    next(documents)
    (folder / "z.txt").unlink()
    rest = list(documents)
    assert isinstance(rest[0], Skipped)
    assert "no longer there" in rest[0].reason


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(read_folder(tmp_path)) == []


def test_a_missing_folder_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SeedsError, match=r"does not exist.*Create it"):
        read_folder(tmp_path / "nowhere")


def test_a_file_instead_of_a_folder_is_told_at_once(folder: Path) -> None:
    with pytest.raises(SeedsError, match="not a folder"):
        read_folder(folder / "good.txt")


def test_an_unreadable_folder_is_told_at_once(folder: Path, monkeypatch: Any) -> None:
    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SeedsError, match="cannot be read"):
        read_folder(folder)


def test_hidden_and_temporary_files_are_passed_over(folder: Path) -> None:
    for name in (".hidden.txt", "a.txt~", ".a.txt.swp", "b.swp", "#c.txt#", "~$d.txt", "Thumbs.db"):
        (folder / name).write_text(GOOD, encoding="utf-8")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.txt").write_text(GOOD, encoding="utf-8")
    assert paths(folder) == ["good.txt"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("film.mp4", b"\xff\xd8", r"\.md, \.text, \.txt|\.txt"),
        ("no extension", b"words", "Convert"),
        ("empty.txt", b"", "empty"),
        ("blank.txt", b" \r\n\t\n", "empty"),
        ("wide blank.txt", "\u3000\n".encode(), "no text"),
        ("large.txt", b"x" * 5000, "larger than 4,000 bytes"),
        ("binary.txt", b"\x00\x01\x02 binary", "binary"),
        ("broken.txt", b"\xef\xbb\xbf\xff", "damaged"),
        ("only front matter.md", b"---\ntitle: x\n---\n", "no text"),
    ],
)
def test_a_bad_file_is_named_with_a_reason(
    folder: Path, name: str, data: bytes, reason: str
) -> None:
    (folder / name).write_bytes(data)
    reasons = skipped(folder, max_bytes=4000)
    assert list(reasons) == [name]
    assert re.search(reason, reasons[name])


def test_a_file_without_permission_does_not_stop_the_others(folder: Path, monkeypatch: Any) -> None:
    (folder / "secret.txt").write_text(GOOD, encoding="utf-8")
    original = Path.open

    def guarded(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name == "secret.txt":
            raise PermissionError(13, "Permission denied")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", guarded)
    assert "not permitted" in skipped(folder)["secret.txt"]


def test_a_failing_disk_does_not_stop_the_others(folder: Path, monkeypatch: Any) -> None:
    (folder / "bad.txt").write_text(GOOD, encoding="utf-8")
    original = Path.open

    def failing(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name == "bad.txt":
            raise OSError(5, "Input/output error")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", failing)
    assert "Input/output error" in skipped(folder)["bad.txt"]


def test_an_unreadable_inner_folder_does_not_stop_the_others(
    folder: Path, monkeypatch: Any
) -> None:
    (folder / "locked").mkdir()
    original = os.scandir

    def guarded(path: Any) -> Any:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return original(path)

    monkeypatch.setattr(os, "scandir", guarded)
    assert "cannot be read" in skipped(folder)["locked"]


def broken(_: bytes) -> Any:
    raise RuntimeError("boom")


def greedy(_: bytes) -> Any:
    raise MemoryError


@pytest.mark.parametrize(
    ("reader", "reason"), [(broken, "boom"), (greedy, "too much memory.*Split it")]
)
@pytest.mark.parametrize("suffix", [".md", ".text", ".csv", ".json"])
def test_a_reader_that_fails_does_not_stop_the_others(
    folder: Path, monkeypatch: Any, suffix: str, reader: Any, reason: str
) -> None:
    from rag.documents import reading

    (folder / f"a{suffix}").write_text("x", encoding="utf-8")
    monkeypatch.setattr(reading, "READERS", {**reading.READERS, suffix: reader})
    assert re.search(reason, skipped(folder)[f"a{suffix}"])


@pytest.mark.parametrize(
    ("error", "reason"), [(RuntimeError("boom"), "boom"), (MemoryError(), "more memory.*Split")]
)
def test_a_document_that_cannot_be_put_together_does_not_stop_the_others(
    folder: Path, monkeypatch: Any, error: Exception, reason: str
) -> None:
    from rag.documents import reading

    def failing(content: Any, **facts: Any) -> Any:
        if facts["path"] == "a.md":
            raise error
        return assemble(content, **facts)

    (folder / "a.md").write_text("x", encoding="utf-8")
    monkeypatch.setattr(reading, "assemble", failing)
    assert re.search(reason, skipped(folder)["a.md"])


def test_a_file_that_memory_does_not_hold_is_named(folder: Path, monkeypatch: Any) -> None:
    def full(*_: Any) -> bytes:
        raise MemoryError

    with Folder(folder) as opened:
        (file,) = opened.files()
        monkeypatch.setattr("rag.documents.folder.file_bytes", full)
        loaded = opened.load_file(file)
        assert loaded.digest is None
        (left_out,) = opened.read_file(file, loaded)
    assert isinstance(left_out, Skipped)
    assert re.search("more memory.*Split it", left_out.reason)


def test_a_pipe_is_never_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert "not a regular file" in skipped(folder)["pipe.txt"]


def test_parts_that_are_left_out_are_named_once_a_file(folder: Path) -> None:
    rows = ['{"text": "One."}', *["nonsense"] * 7, '{"text": "Two."}']
    (folder / "faq.jsonl").write_text("\n".join(rows), encoding="utf-8")
    found = [item for item in read_folder(folder) if item.path == "faq.jsonl"]
    assert [type(item) for item in found] == [Document, Document, Skipped]
    assert isinstance(found[-1], Skipped)
    assert re.match(r"It was read only in part\. Line 2: .* And 2 more", found[-1].reason)


def test_a_file_of_which_nothing_is_left_is_only_skipped(folder: Path) -> None:
    (folder / "bad.jsonl").write_text("nonsense\n{}", encoding="utf-8")
    (folder / "none.json").write_text("[]", encoding="utf-8")
    reasons = skipped(folder)
    assert reasons["bad.jsonl"].startswith("Line 1: It is not JSON.")
    assert "no text" in reasons["none.json"]


def test_every_format_is_read_with_its_path_and_page(folder: Path) -> None:
    (folder / "a.pdf").write_bytes(pdf(("body", GOOD)))
    (folder / "b.docx").write_bytes(word(lambda file: file.add_paragraph(GOOD)))
    (folder / "c.HTML").write_text(f"<p>{GOOD}</p>", encoding="utf-8")
    (folder / "d.csv").write_text(f"名,文\n甲,{GOOD}\n", encoding="utf-8")
    (folder / "e.json").write_text(f'[{{"text": "{GOOD}"}}]', encoding="utf-8")
    found = [item for item in read_folder(folder) if isinstance(item, Document)]
    assert [item.path for item in found] == [
        "a.pdf", "b.docx", "c.HTML", "d.csv", "e.json", "good.txt",
    ]  # fmt: skip
    assert [item.paragraphs[0].page for item in found] == [1, *[None] * 5]
    assert all(GOOD in item.text for item in found)


def test_names_that_turn_text_around_are_shown_escaped(folder: Path) -> None:
    (folder / "a\u202etxt.exe").write_text(GOOD, encoding="utf-8")
    assert list(skipped(folder)) == ["a\\u202etxt.exe"]


def test_links_out_of_the_folder_are_skipped(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text(GOOD, encoding="utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "dead.txt").symlink_to(folder / "nothing.txt")
    reasons = skipped(folder)
    assert "outside" in reasons["link.txt"]
    assert "outside" in reasons["up"]
    assert "not there" in reasons["dead.txt"]


def test_links_inside_the_folder_give_each_file_once(folder: Path) -> None:
    (folder / "again.txt").symlink_to(folder / "good.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder / ".store").mkdir()
    (folder / ".store" / "kept.txt").write_text(GOOD, encoding="utf-8")
    (folder / "one.txt").symlink_to(folder / ".store" / "kept.txt")
    (folder / "two.txt").symlink_to(folder / ".store" / "kept.txt")
    read = [item.path for item in read_folder(folder) if isinstance(item, Document)]
    assert read == ["good.txt", "one.txt"]


def test_a_folder_reached_by_a_link_is_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(folder)
    assert paths(tmp_path / "alias") == ["good.txt"]


@pytest.mark.parametrize("name", ["two words.txt", 'it\'s "quoted".txt', "问题 📚.txt", "é.txt"])
def test_odd_names_are_read(folder: Path, name: str) -> None:
    (folder / name).write_text(GOOD, encoding="utf-8")
    assert name in paths(folder)


def test_a_name_that_is_no_utf8_is_read_and_shown_in_valid_unicode(folder: Path) -> None:
    raw = os.fsencode(folder) + b"/caf\xe9.txt"
    Path(os.fsdecode(raw)).write_text(GOOD, encoding="utf-8")
    found = [item for item in read_folder(folder) if item.path != "good.txt"]
    assert [type(item) for item in found] == [Document]
    assert found[0].path == "caf\\xe9.txt"
    found[0].path.encode("utf-8")


def test_what_is_left_out_is_counted_by_what_it_is_with_some_places(folder: Path) -> None:
    rows = ['{"text": "One."}', *["nonsense"] * 12]
    (folder / "faq.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (skip,) = (item for item in read_folder(folder) if isinstance(item, Skipped))
    (part,) = skip.left_out
    assert (part.what, part.count) == ("record", 12)
    assert part.place == "2, 3, 4, 5, 6, 7, 8, 9, …"

"""`wenda index` for programs and on watch, `wenda rollback`, `wenda info --verify`."""

import json
import re
import threading
import time
from pathlib import Path

import pytest
from rich.console import Console

from rag.errors import StoreError
from rag.index.generations import Store
from rag.progress import silent
from tests.fakes import write_files
from tests.wenda.conftest import Shell
from wenda import console
from wenda.commands import index as indexing
from wenda.runtime import watching
from wenda.runtime.rebuild_process import rebuild
from wenda.settings import read_settings

pytestmark = pytest.mark.slow

JOBS = "# 就业\n\n城镇新增就业3960人。\n"
ROADS = "# 公路\n\n修建农村公路12.5公里。\n"


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_progress_and_report_are_lines_for_programs(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"a.md": JOBS, "empty.md": ""})
    ran = shell("index", "--json")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == console.DONE
    assert all(set(line) == {"stage", "done", "total"} for line in lines[:-1])
    assert {"looking for changes", "reading documents"} <= {line["stage"] for line in lines[:-1]}
    report = lines[-1]["report"]
    assert (report["added"], report["written"], report["embedded"]) == (["a.md"], True, 2)
    assert [item["path"] for item in report["skipped"]] == ["empty.md"]


def test_what_a_file_has_besides_its_text_is_one_line(shell: Shell, clean: Path) -> None:
    page = "<nav>Home Rates Contact and more</nav><p hidden>Not seen.</p><p>Boats leave at 9.</p>"
    write_files(clean / "seeds", {"a.html": page, "b.md": JOBS})
    told = [line for line in shell("index").out.splitlines() if "left out" in line]
    assert len(told) == 1
    assert re.search(r"a\.html: what surrounds the text \(\d+%\); hidden \(\d+%\)", told[0])
    assert not [line for line in shell("index").out.splitlines() if "left out" in line]


def test_an_error_is_a_line_for_programs_too(shell: Shell) -> None:
    ran = shell("index", "--json")
    assert ran.code == console.FAILED
    assert "does not exist" in json.loads(ran.out.splitlines()[-1])["error"]
    assert "does not exist" in ran.err


def test_json_and_watch_do_not_go_together(shell: Shell) -> None:
    assert shell("index", "--json", "--watch").code == console.WRONG_USAGE


@pytest.mark.usefixtures("shell")
def test_on_watch_errors_are_told_and_the_next_change_is_awaited(
    clean: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(watching, "_TOGETHER", 100)
    monkeypatch.setattr(watching, "_STILL", 0.1)
    monkeypatch.setattr(watching, "_TOLD_EVERY", 100)
    (clean / "seeds").mkdir()
    stop, settings = threading.Event(), read_settings()
    consoles = Console(width=200), Console(stderr=True, width=200)
    thread = threading.Thread(
        target=lambda: indexing.keep_indexing(settings, *consoles, stop, full=False)
    )
    thread.start()
    try:
        assert "holds no documents" in told(capsys, "holds no documents")
        write_files(clean / "seeds", {"a.md": JOBS})
        assert "added  a.md" in told(capsys, "Indexed 1 paragraphs")
        write_files(clean / "seeds", {"a.md": ROADS})
        assert "changed  a.md" in told(capsys, "Indexed 1 paragraphs")
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def told(capsys: pytest.CaptureFixture[str], words: str) -> str:
    """All that was printed until the words are."""
    text = ""
    end = time.monotonic() + 20
    while words not in text and time.monotonic() < end:
        printed = capsys.readouterr()
        text += printed.out + printed.err
        time.sleep(0.02)
    return text


def test_rolling_back_answers_from_the_index_before(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"a.md": JOBS})
    shell("index")
    first = Store(Path(".wenda")).live_name()
    write_files(clean / "seeds", {"a.md": ROADS})
    shell("index")
    ran = shell("rollback")
    assert (ran.code, first in ran.out) == (console.DONE, True)
    assert "3960" in shell("ask", "城镇新增就业多少人").out
    shell("index")
    assert "12.5" in shell("ask", "修建农村公路多少公里").out


def test_what_runs_by_itself_leaves_an_index_that_was_rolled_back_to(
    shell: Shell, clean: Path
) -> None:
    for text in (JOBS, ROADS):
        write_files(clean / "seeds", {"a.md": text})
        shell("index")
    assert "until a document changes" not in shell("info").out
    assert "stays until a document changes" in shell("rollback").out
    report = json.loads(shell("index", "--json").out.splitlines()[-1])["report"]
    assert (report["written"], report["rolled_back"]) == (False, True)
    assert "rolled back to, until a document changes" in shell("info").out
    write_files(clean / "seeds", {"b.md": JOBS})
    report = json.loads(shell("index", "--json").out.splitlines()[-1])["report"]
    assert (report["written"], report["rolled_back"]) == (True, False)


def test_watching_leaves_an_index_that_was_rolled_back_to(
    shell: Shell, clean: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in (JOBS, ROADS):
        write_files(clean / "seeds", {"a.md": text})
        shell("index")
    shell("rollback")
    store = Store(clean / ".wenda")
    live = store.live_name()
    monkeypatch.setattr(watching, "changes", lambda *_: iter([None, None]))
    quiet = Console(quiet=True)
    indexing.keep_indexing(read_settings(), quiet, quiet, threading.Event(), full=False)
    assert store.live_name() == live


def test_without_an_earlier_index_there_is_nothing_to_go_back_to(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"a.md": JOBS})
    shell("index")
    ran = shell("rollback")
    assert (ran.code, ran.out) == (console.FAILED, "")
    assert "no earlier index" in ran.err


def test_verifying_reads_every_index_that_is_kept(shell: Shell, clean: Path) -> None:
    for text in (JOBS, ROADS):
        write_files(clean / "seeds", {"a.md": text})
        shell("index")
    ran = shell("info", "--verify")
    assert (ran.code, ran.out.count("every byte is whole")) == (console.DONE, 2)
    store = Store(Path(".wenda"))
    damaged = store.generations()[1]
    flip(store.folder(damaged) / "sentences.vectors.npy")
    ran = shell("info", "--verify")
    assert ran.code == console.FAILED
    assert f"{damaged} is damaged: sentences.vectors.npy has changed" in ran.out
    found = json.loads(shell("info", "--verify", "--json").out)["verified"]
    assert [problem is None for problem in found.values()] == [True, False]


def test_info_says_how_is_searched(shell: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"a.md": JOBS})
    shell("index")
    assert "search  paragraphs: exact (fewer than 20,000)" in shell("info").out


@pytest.mark.model
def test_a_rebuild_runs_in_a_process_of_its_own_and_tells_its_progress(tmp_path: Path) -> None:
    write_files(tmp_path / "seeds", {"a.md": JOBS})
    settings = read_settings(seeds=tmp_path / "seeds", home=tmp_path / "home")
    told: list[tuple[str, int, int]] = []
    report = rebuild(settings, lambda *progress: told.append(progress))
    assert report["added"] == ["a.md"]
    assert "embedding sentences" in {stage for stage, _, _ in told}
    assert Store(tmp_path / "home").live_name() == report["generation"]


def test_a_rebuild_that_fails_says_why(clean: Path) -> None:
    settings = read_settings(seeds=clean / "nowhere", home=clean / "home")
    with pytest.raises(StoreError, match=r"nowhere does not exist"):
        rebuild(settings, silent)

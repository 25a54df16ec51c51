"""Commands and several collections: each its own index; what becomes of one touches no other."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from rag.answering.answer import Answer
from rag.serving.questions import AskedQuestions
from tests.fakes import CALIBRATION, HASHING_SCALE, tree, write_files
from tests.wenda.conftest import Shell
from wenda import console

pytestmark = pytest.mark.slow

FILE = """
[[collection]]
name = "jobs"
title = "Arbeit"
folder = "jobs"
who = "everybody"

[[collection]]
name = "parks"
title = "Parks"
folder = "parks"
who = "key:secret"
"""
JOBS, PARKS = "城镇新增就业多少人？", "How many new parks has the city opened?"


@pytest.fixture
def office(shell: Shell, clean: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Two folders, with an index each."""
    write_files(clean / "jobs", {"jobs.md": "城镇新增就业3960人。居民很满意。\n"})
    write_files(clean / "parks", {"parks.md": "The city opened seven new parks.\n"})
    (clean / "collections.toml").write_text(FILE, encoding="utf-8")
    monkeypatch.setenv("WENDA_COLLECTIONS", "collections.toml")
    for name in ("jobs", "parks", "renamed"):
        (home(clean, name)).mkdir(parents=True)
        CALIBRATION.save(home(clean, name) / "calibration.json", HASHING_SCALE)
    ran = shell("index")
    assert ran.code == console.DONE
    assert ran.out.index("Arbeit (jobs)") < ran.out.index("Parks (parks)")
    return shell


def home(clean: Path, name: str) -> Path:
    return clean / ".wenda" / "collections" / name


def test_a_question_is_asked_of_all_or_of_one(office: Shell) -> None:
    for question, fact, name in ((JOBS, "3960人", "jobs"), (PARKS, "seven", "parks")):
        answer = json.loads(office("ask", "--json", question).out)
        assert fact in answer["answer"]
        assert [each["collection"] for each in answer["citations"]] == [name]
        ran = office("ask", "--collection", name, question)
        assert (ran.code, fact in ran.out) == (console.DONE, True)
    assert office("ask", "--collection", "jobs", PARKS).code == console.NOT_FOUND


def test_each_is_indexed_and_shown_by_its_name(office: Shell, clean: Path) -> None:
    before = tree(home(clean, "parks"))
    write_files(clean / "jobs", {"more.md": "新增创业11人。\n"})
    assert "1 added" in office("index", "--collection", "jobs").out
    assert tree(home(clean, "parks")) == before
    shown = json.loads(office("info", "--json").out)
    assert {name: facts["documents"] for name, facts in shown.items()} == {"jobs": 2, "parks": 1}
    one = json.loads(office("info", "--json", "--collection", "jobs").out)
    assert one["documents"] == 2
    assert "Which collection? Name one of jobs, parks" in office("rollback").err
    assert office("rollback", "--collection", "jobs").code == console.DONE
    assert "There is no collection board" in office("questions", "--collection", "board").err


def test_a_folder_that_is_gone_keeps_its_index_and_the_others_go_on(
    office: Shell, clean: Path
) -> None:
    shutil.rmtree(clean / "jobs")
    write_files(clean / "parks", {"more.md": "New trees were planted.\n"})
    ran = office("index")
    assert ran.code == console.FAILED
    assert "jobs" in ran.err
    assert "1 added" in ran.out
    assert "3960人" in office("ask", JOBS).out


def test_taking_one_out_or_renaming_it_loses_nothing_of_the_others(
    office: Shell, clean: Path
) -> None:
    before = tree(home(clean, "parks"))
    content = FILE.replace('name = "jobs"', 'name = "renamed"')
    (clean / "collections.toml").write_text(content, encoding="utf-8")
    assert "3960人" not in office("ask", JOBS).out
    assert "seven" in office("ask", PARKS).out
    assert office("index", "--collection", "renamed").code == console.DONE
    assert "3960人" in office("ask", JOBS).out
    alone = content[content.rindex("[[collection]]") :]
    (clean / "collections.toml").write_text(alone, encoding="utf-8")
    assert "seven" in office("ask", PARKS).out
    after = tree(home(clean, "parks"))
    assert {name: facts for name, facts in after.items() if name in before} == before
    assert home(clean, "jobs").is_dir()


def test_a_backup_may_be_of_one(office: Shell, clean: Path) -> None:
    assert office("backup", "jobs.tar", "--collection", "jobs").code == console.DONE
    shutil.rmtree(home(clean, "jobs"))
    assert office("restore", "jobs.tar", "--collection", "jobs").code == console.DONE
    assert "3960人" in office("ask", "--collection", "jobs", JOBS).out


def test_a_backup_is_of_all_and_restored_whole_or_in_part(office: Shell, clean: Path) -> None:
    before = [json.loads(office("ask", "--json", question).out) for question in (JOBS, PARKS)]
    made = office("backup", "all.tar")
    assert (made.code, "2 collections (jobs, parks)" in made.out) == (console.DONE, True)
    refused = office("restore", "all.tar")
    assert (refused.code, "nothing can be lost" in refused.err) == (console.FAILED, True)
    shutil.move(clean / ".wenda", clean / "away")
    restored = office("restore", "all.tar")
    assert (restored.code, "Collections: jobs, parks" in restored.out) == (console.DONE, True)
    after = [json.loads(office("ask", "--json", question).out) for question in (JOBS, PARKS)]
    for each in (*before, *after):
        del each["took_ms"]
    assert after == before
    shutil.rmtree(home(clean, "parks"))
    assert office("restore", "all.tar", "--collection", "parks").code == console.DONE
    assert "seven" in office("ask", PARKS).out
    unknown = office("restore", "all.tar", "--collection", "renamed")
    assert (unknown.code, "There is no collection renamed" in unknown.err) == (console.FAILED, True)
    alone = office("restore", "jobs.tar")
    assert "is no backup of Wenda" in alone.err


def test_what_was_asked_in_vain_is_listed_of_all(office: Shell, clean: Path) -> None:
    for name in ("jobs", "parks"):
        with closing(AskedQuestions(home(clean, name) / "questions.sqlite", 30)) as asked:
            answer = Answer(f"Why {name}?", False, None, (), (), (), 0.0, "g", 1.0)
            asked.add_unanswered(answer, "ask")
    listed = office("questions").out
    assert listed.index("Arbeit (jobs)") < listed.index("Why jobs?") < listed.index("Why parks?")
    found = json.loads(office("questions", "--json").out)
    assert [each["unanswered"][0]["question"] for each in found.values()] == [
        "Why jobs?",
        "Why parks?",
    ]
    shutil.rmtree(home(clean, "jobs") / "generations")
    (home(clean, "jobs") / "CURRENT").unlink()
    ran = office("questions")
    assert (ran.code, "Why parks?" in ran.out) == (console.DONE, True)
    assert "Arbeit (jobs): There is no index" in ran.err

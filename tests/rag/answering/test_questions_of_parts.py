"""Every question of tests/data/parts gets each of its parts, over the folder beside it."""

import json
from pathlib import Path

import pytest

import rag
from rag import Service, Turn

pytestmark = pytest.mark.model

DATA = Path("tests/data/parts")
CASES = [
    json.loads(line) for line in (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    home = tmp_path_factory.mktemp("home")
    rag.build_index(DATA / "folder", home)
    return rag.open_index(home)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["question"])
def test_each_part_is_quoted_or_said_to_be_missing(
    service: Service, case: dict[str, str | list[str | None]]
) -> None:
    answer = service.ask_question(str(case["question"]))
    wanted = case["parts"]
    quotes = {each.id: each.quote for each in answer.citations}
    if not answer.parts:
        whole = " ".join(quotes.values())
        assert wanted is None or all(each is not None and each in whole for each in wanted)
        return
    assert isinstance(wanted, list)
    for part, must in zip(answer.parts, wanted, strict=True):
        assert part.answered is (must is not None)
        assert must is None or any(must in quotes[each] for each in part.citations)


def test_each_part_is_quoted_about_itself_whatever_was_asked_before(service: Service) -> None:
    before = Turn("比较青禾镇和石湾镇的新增就业", "青禾镇全年新增就业412人。")
    answer = service.ask_question("青禾镇和白桥镇哪个镇新增就业更多？", history=[before])
    quotes = {each.id: each.quote for each in answer.citations}
    for part in answer.parts:
        assert part.answered
        assert all(part.label in quotes[each] for each in part.citations)
    assert [part.label for part in answer.parts] == ["青禾镇", "白桥镇"]

"""A question that names a document is not answered from one about another place."""

import time
from pathlib import Path

import pytest

from rag.answering.answerer import Answerer
from rag.answering.selection.naming import Naming
from rag.retrieval.retriever import Retriever
from tests.fakes import (
    CALIBRATION,
    retriever_of,
)

FILES = {
    "north.md": "# 北山县民生\n\n北山县新建公园12个，群众满意。\n\n图书馆有8个，全部免费开放。\n",
    "south.md": "# 南溪县民生\n\n南溪县新建学校5所，道路全部修好。\n",
    "visit.md": "# 走访记录\n\n记者走访了南溪县，那里的公园有3个。\n",
    "Oslo.md": "# Oslo\n\nThe ferry in Oslo leaves at nine.\n",
    "Bergen.md": "# Bergen\n\nThe ferry leaves at ten.\n",
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever_of(tmp_path_factory.mktemp("project"), FILES)


def about(retriever: Retriever, question: str) -> set[str]:
    """The paths of the documents with a passage about what the question names."""
    hits = retriever.search(retriever.query(question))
    found = retriever.generation.corpus.paragraphs([hit.row for hit in hits])
    kept = Naming(retriever.generation).about(question, found)
    return {each.document.path for each, is_about in zip(found, kept, strict=True) if is_about}


CHINESE = {"north.md", "south.md", "visit.md"}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("南溪县新建公园多少个", {"south.md", "visit.md"}),
        ("北山县新建公园多少个", {"north.md"}),
        ("南溪县和北山县新建公园多少个", CHINESE),
        ("新建公园多少个", CHINESE),
        ("今天天气怎么样", CHINESE),
    ],
)
def test_passages_of_another_place_are_not_about_the_one_that_is_named(
    retriever: Retriever, question: str, expected: set[str]
) -> None:
    assert about(retriever, question) & CHINESE == expected


def test_a_name_is_asked_for_in_documents_of_its_own_script_only(retriever: Retriever) -> None:
    assert about(retriever, "When does the ferry in Oslo leave?") == {"Oslo.md", *CHINESE}
    assert about(retriever, "南溪县的公园") >= {"Oslo.md", "Bergen.md"}


def test_a_capital_makes_a_name_in_an_alphabet(retriever: Retriever) -> None:
    assert "Bergen.md" in about(retriever, "the ferry of oslo")


def test_no_quote_comes_from_a_document_about_another_place(retriever: Retriever) -> None:
    question = "南溪县新建公园多少个"
    hits = retriever.search(retriever.query(question))
    assert retriever.generation.corpus.paragraph(hits[0].row).document.path == "north.md"
    answerer = Answerer(retriever.generation, CALIBRATION.with_threshold(0.0))
    answer = answerer.answer(question, hits, began=time.perf_counter())
    assert {Path(each.path).name for each in answer.citations} <= {"south.md", "visit.md"}
    assert answer.passages[0].path == "seeds/north.md"  # what was found is shown as it was

"""Instructions and answers under a heading that asks are quoted as sections."""

import time
from collections.abc import Sequence

import pytest

from rag.answering.answerer import Answerer
from rag.answering.quoting.asking import asks_for_difference, asks_how
from rag.index.generation import open_generation
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from rag.retrieval.retriever import Retriever
from tests.fakes import CALIBRATION, MEGABYTE, HashingModel, open_hashing_encoder, write_files

LONG = " ".join(f"Remark {number} about varnish that nobody needs." for number in range(40))
FILES = {
    "sails.md": (
        "# Sails\n\n## Reefing a sail\n\nWind above force five calls for reefing the sail.\n\n"
        "```\nreef --main 2\n```\n\nIf this jams, wait for a lull.\n\n```\nreef --again\n```\n\n"
        "## Varnish\n\nVarnish the mast with a brush.\n\n```\nbrush\n```\n\n" + LONG + "\n\n"
        "## Pumping the bilge\n\nSwitch off the pump when it is dry\n\nOn Linux:\n\n"
        "```\npump --off\n```\n\nOn land:\n\n```\nlever\n```\n\n" + LONG + "\n\n"
        "## Colour\n\nWhite sails are seen from far away. Tan ones do not dazzle. "
        "Both kinds last for twenty summers.\n\n"
        "## Can I swim from the boat?\n\nYes.\n\nLeave the ladder down first.\n\n"
        "## Storm jib\n\nThe storm jib is small. It stands in any gale.\n\n"
        "## Drifter\n\nThe drifter is light. It fills in the faintest air.\n"
    ),
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder = tmp_path_factory.mktemp("project")
    seeds = write_files(folder / "seeds", FILES)
    Indexer(Store(folder / "home"), HashingModel, silent, MEGABYTE).index_folder(seeds)
    return Retriever(open_generation(Store(folder / "home"), open_hashing_encoder))


def quotes(retriever: Retriever, question: str) -> Sequence[str]:
    hits = retriever.search(retriever.query(question))
    answerer = Answerer(retriever.generation, CALIBRATION.with_threshold(0.0))
    answer = answerer.answer(question, hits, began=time.perf_counter())
    return [citation.quote for citation in answer.citations]


def test_instructions_are_quoted_with_all_their_section(retriever: Retriever) -> None:
    assert quotes(retriever, "How do I go about reefing the sail above force five?")[:4] == [
        "Wind above force five calls for reefing the sail.",
        "reef --main 2",
        "If this jams, wait for a lull.",
        "reef --again",
    ]


def test_one_sentence_is_quoted_where_no_instructions_are_asked_for(retriever: Retriever) -> None:
    first = quotes(retriever, "Which wind calls for reefing the sail, above force five?")[0]
    assert first == "Wind above force five calls for reefing the sail."
    assert "reef --again" not in quotes(retriever, "Is wind above force five calling for reefing?")


def test_a_long_section_is_not_quoted_whole(retriever: Retriever) -> None:
    found = quotes(retriever, "How do I varnish the mast with a brush?")
    assert found[:2] == ["Varnish the mast with a brush.", "brush"]
    assert not any("Remark 9 " in quote for quote in found)


def test_code_below_labels_belongs_to_the_sentence_above_them(retriever: Retriever) -> None:
    found = quotes(retriever, "How do I switch off the pump when it is dry?")
    assert found[:4] == [
        "Switch off the pump when it is dry\n\nOn Linux:", "pump --off", "On land:", "lever",
    ]  # fmt: skip


def test_what_stands_under_a_heading_that_asks_is_quoted_whole(retriever: Retriever) -> None:
    assert quotes(retriever, "Can I swim from the boat?")[0] == (
        "Yes.\n\nLeave the ladder down first."
    )


def test_both_sides_of_a_difference_are_quoted(retriever: Retriever) -> None:
    found = quotes(retriever, "What is the difference between the storm jib and the drifter?")
    assert set(found) == {
        "The storm jib is small. It stands in any gale.",
        "The drifter is light. It fills in the faintest air.",
    }


@pytest.mark.parametrize(
    "question",
    [
        "How do I reef?",
        "What can I do when it jams?",
        "Wie lösche ich das Feuer?",
        "卡住了怎么办？",
        "Что делать, если заело?",
    ],
)
def test_instructions_are_asked_for_in_many_words(question: str) -> None:
    assert asks_how(question)


@pytest.mark.parametrize("question", ["How many sails are there?", "Wie alt ist sie?", "谁来了？"])
def test_other_questions_ask_for_no_instructions(question: str) -> None:
    assert not asks_how(question)


@pytest.mark.parametrize(
    "question",
    ["How does a jib differ from a genoa?", "两种帆有什么区别？", "Worin liegt der Unterschied?"],
)
def test_differences_are_asked_for_in_many_words(question: str) -> None:
    assert asks_for_difference(question)

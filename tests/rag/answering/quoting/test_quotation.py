"""What answers is quoted whole: an introduction with its list or code, a list as a list."""

import time

import pytest

from rag.answering.answer import Answer
from rag.answering.answerer import Answerer
from rag.answering.citation import Citation
from rag.retrieval.retriever import Retriever
from tests.fakes import (
    CALIBRATION,
    retriever_of,
)

ROWS = [f"青湖,第{number}号码头,{number}0米" for number in range(1, 7)]
FILES = {
    "boats.md": (
        "# Boats\n\n## Return\n\nBring the boat back with the following command:\n\n"
        "```\nmoor --fast\n    --rope 2\n```\n\nThe harbour closes at nine.\n\n"
        "## Rules\n\nOn the lake these rules hold:\n\n- Wear a vest\n- Keep left of `red | white` "
        "buoys\n- No fires\n\nSwimming is allowed.\n\n"
        "## Knots\n\n1. Lay the rope in a loop\n2. Pull the end through the loop\n3. Tighten it\n\n"
        "## Oars\n\n- Ash oars are heavy\n- Spruce oars are light\n"
    ),
    "fenders.md": (
        "# Fenders\n\n## Hanging\n\nFenders are hung with two hitches.\n\n"
        "```\nhitch; hitch\n```\n\nFenders of cork float.\n"
    ),
    "docks.csv": "湖,码头,长度\n" + "\n".join([*ROWS, "黑湖,第9号码头,90米"]) + "\n",
    "办法.md": "# 办法\n\n## 登记\n\n登记时要带的材料如下。\n\n"
    "- 船证\n- 保险单\n\n其他事项另行通知。\n",
    "steps.txt": "Opening the lock works like this:\n\n1. Ring the bell.\n\n2. Wait for green.\n\n"
    "The keeper sleeps upstairs.\n",
    "stock.md": "# Stock\n\n" + "\n".join(f"- sail {n} of strong cotton" for n in range(1, 101)),
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever_of(tmp_path_factory.mktemp("project"), FILES)


def ask(retriever: Retriever, question: str) -> Answer:
    hits = retriever.search(retriever.query(question))
    answerer = Answerer(retriever.generation, CALIBRATION.with_threshold(0.0))
    answer = answerer.answer(question, hits, began=time.perf_counter())
    for citation in answer.citations:
        document = retriever.generation.corpus.document(citation.document_id)
        assert document is not None
        assert document.text[citation.start : citation.end] == citation.quote
    return answer


def of_first_document(answer: Answer) -> list[Citation]:
    first = answer.citations[0]
    return [each for each in answer.citations if each.document_id == first.document_id]


def test_a_sentence_that_introduces_code_brings_it_as_code(retriever: Retriever) -> None:
    sentence, code = of_first_document(ask(retriever, "Bring the boat back with which command"))[:2]
    assert (sentence.quote, sentence.kind) == (
        "Bring the boat back with the following command:",
        "text",
    )
    assert (code.quote, code.kind) == ("moor --fast\n    --rope 2", "code")
    assert code.paragraph == sentence.paragraph + 1


def test_code_that_answers_comes_after_the_sentence_that_introduces_it(
    retriever: Retriever,
) -> None:
    answer = ask(retriever, "moor --fast --rope")
    assert [each.kind for each in of_first_document(answer)[:2]] == ["text", "code"]


def test_a_sentence_that_introduces_a_list_is_one_quote_with_it(retriever: Retriever) -> None:
    citation = ask(retriever, "On the lake these rules hold").citations[0]
    assert citation.quote == (
        "On the lake these rules hold:\n\n"
        "- Wear a vest\n- Keep left of red | white buoys\n- No fires"
    )
    assert citation.kind == "list"
    assert FILES["boats.md"].split("\n")[citation.lines[0] - 1].startswith("On the lake")
    assert FILES["boats.md"].split("\n")[citation.lines[1] - 1] == "- No fires"
    assert citation.omitted == 0


def test_the_passage_of_a_quote_over_paragraphs_is_highlighted_within_itself(
    retriever: Retriever,
) -> None:
    answer = ask(retriever, "On the lake these rules hold")
    for passage in answer.passages:
        assert all(0 <= a < b <= len(passage.text) for a, b in passage.highlights)


def test_chinese_words_that_introduce_bring_the_list(retriever: Retriever) -> None:
    citation = ask(retriever, "登记时要带的材料").citations[0]
    assert citation.quote == "登记时要带的材料如下。\n\n- 船证\n- 保险单"


def test_numbered_lines_of_a_plain_text_are_introduced_too(retriever: Retriever) -> None:
    citation = ask(retriever, "Opening the lock works").citations[0]
    assert citation.quote.startswith("Opening the lock works like this:")
    assert "2. Wait for green." in citation.quote
    assert "keeper" not in citation.quote


def test_one_entry_is_quoted_where_one_is_asked_for(retriever: Retriever) -> None:
    assert ask(retriever, "Spruce oars light").citations[0].quote == "- Spruce oars are light"


def test_all_entries_are_quoted_where_a_list_is_asked_for(retriever: Retriever) -> None:
    quote = ask(retriever, "Which oars are light, spruce?").citations[0].quote
    assert quote == "- Ash oars are heavy\n- Spruce oars are light"


def test_all_steps_are_quoted_where_it_is_asked_how(retriever: Retriever) -> None:
    quote = ask(retriever, "How do I pull the end of the rope through the loop?").citations[0].quote
    assert quote.startswith("1. Lay the rope")
    assert quote.endswith("3. Tighten it")


def test_all_rows_with_the_cell_that_the_question_has_are_quoted(retriever: Retriever) -> None:
    citations = of_first_document(ask(retriever, "列出青湖的全部码头"))
    joined = "\n".join(each.quote for each in citations)
    assert [f"第{number}号码头" in joined for number in range(1, 7)] == [True] * 6
    assert "黑湖" not in joined


def test_one_row_is_quoted_where_one_is_asked_for(retriever: Retriever) -> None:
    quotes = of_first_document(ask(retriever, "第3号码头长度多少米"))
    assert "第3号码头" in quotes[0].quote
    assert "第4号码头" not in quotes[0].quote


def test_a_long_list_is_cut_at_an_entry_and_says_how_many_are_left_out(
    retriever: Retriever,
) -> None:
    answer = ask(retriever, "List all sails of strong cotton")
    *_, last = of_first_document(answer)
    entries = last.quote.split("\n")
    assert sum(len(each.quote) for each in of_first_document(answer)) <= 1500
    assert all(entry.endswith("cotton") for entry in entries)
    shown = sum(each.quote.count("sail") for each in of_first_document(answer))
    assert last.omitted == 100 - shown > 0


def test_a_long_list_is_not_cut_before_the_entry_that_answers(retriever: Retriever) -> None:
    answer = ask(retriever, "Which sails are 97 of strong cotton? sail 97")
    assert any("sail 97 " in each.quote for each in answer.citations)


def test_instructions_that_are_asked_for_come_with_the_code_after_the_sentence(
    retriever: Retriever,
) -> None:
    asked = of_first_document(ask(retriever, "How are fenders hung, with two hitches? How do I"))
    assert [each.quote for each in asked[:2]] == [
        "Fenders are hung with two hitches.",
        "hitch; hitch",
    ]
    stated = of_first_document(ask(retriever, "Fenders are hung with two hitches"))
    assert "hitch; hitch" not in [each.quote for each in stated]

"""Overviews of our own documents: bounded, cited, in order, and none of what they do not have."""

from itertools import pairwise

import pytest

import rag
from rag import Service, Turn

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    home = tmp_path_factory.mktemp("home")
    rag.build_index("seeds", home)
    return rag.open_index(home)


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("总结一下盘锦的民生工作", "panjin"),
        ("關於臨河的醫療，文件裡說了什麼？", "linhe"),
        ("概括一下洮北的教育", "taobei"),
        ("Summarize Panjin", "panjin"),
        ("What do the documents say about employment in Panjin?", "panjin"),
        ("盘锦の概要", "panjin"),
    ],
)
def test_an_overview_has_some_verbatim_sentences_of_several_places(
    service: Service, question: str, document: str
) -> None:
    answer = service.ask_question(question)
    assert answer.kind == "overview"
    assert 2 <= len(answer.citations) <= 7
    for each in answer.citations:
        assert document in each.path
        text = service.generation.corpus.excerpt(each.document_id, each.start, each.end)
        assert text == each.quote
    for one, other in pairwise(answer.citations):
        assert one.document_id != other.document_id or one.end <= other.start
    assert len({(each.path, each.section) for each in answer.citations}) > 1


def test_a_topic_takes_nothing_from_the_question_before(service: Service) -> None:
    before = Turn("盘锦和临河哪个城市新增就业人数更多？", "")
    answer = service.ask_question("总结一下盘锦的民生工作", history=[before])
    assert answer.kind == "overview"
    assert answer.understood_as is None


@pytest.mark.parametrize(
    "question",
    [
        "Give me an overview of volcanoes on Mars",
        "总结一下盘锦的火箭发射",
        "Summarize the budget of Paris",
    ],
)
def test_what_the_documents_do_not_have_is_refused(service: Service, question: str) -> None:
    answer = service.ask_question(question)
    assert not answer.answered
    assert answer.kind is None


def test_what_only_introduces_a_command_is_no_sentence_of_an_overview(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder, home = tmp_path_factory.mktemp("seeds"), tmp_path_factory.mktemp("home")
    (folder / "reef.md").write_text(
        "# Reef\n\n## Ports\n\nReef listens on port 8080 of every address.\n\n"
        "## Start\n\nYou can start Reef with this command:\n\n    reef start\n\n"
        "## Backup\n\nReef saves a copy of all sails every night.\n",
        encoding="utf-8",
    )
    rag.build_index(folder, home)
    quotes = [each.quote for each in rag.open_index(home).ask_question("Summarize Reef").citations]
    assert len(quotes) == 2
    assert not any(each.endswith(":") for each in quotes)


def test_an_overview_of_all_has_a_sentence_of_each_document(service: Service) -> None:
    for question in ("总结一下所有文档", "What do these documents say?"):
        answer = service.ask_question(question)
        assert (answer.kind, answer.answered, answer.citations) == ("documents", False, ())
        assert answer.listing is not None
        assert len(answer.listing.listed) == answer.listing.documents == 5
        for each in answer.listing.listed:
            assert each.gist is not None
            assert each.gist.document_id == each.id
            text = service.generation.corpus.excerpt(each.id, each.gist.start, each.gist.end)
            assert text == each.gist.quote


def test_an_overview_of_all_stays_within_a_filter(service: Service) -> None:
    answer = service.ask_question("document:panjin 总结一下所有文档")
    assert answer.listing is not None
    assert [each.gist is not None for each in answer.listing.listed] == [True]

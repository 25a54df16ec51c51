"""What is quoted is in the document, character for character; what is not there is not said."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answering.answer import Answer
from rag.answering.answerer import Answerer
from rag.documents import Document, make_document
from rag.index.generation import open_generation
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from rag.retrieval.retriever import Retriever
from tests.fakes import (
    CALIBRATION,
    MEGABYTE,
    HashingModel,
    open_hashing_encoder,
    open_index,
    retriever_of,
)

FILES = {
    "jobs.md": (
        "---\ntitle: 就业工作\ndate: 2021-04-19\n---\n# 就业工作\n\n## 岗位😀\n\n"
        "城镇新增就业3960人。农村劳动力转移就业62299人。招聘会一共办了590场。\n\n"
        "## 培训\n\n家政培训班开了12期，学员拿到了证书。\n"
    ),
    "roads.md": "# 公路\n\n修建农村公路12.5公里。\n\n危桥全部改造完毕，群众出行方便。\n",
    "deep/ward.txt": "The hospital opened a second ward in 2021. It has 40 beds.\n",
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever_of(tmp_path_factory.mktemp("project"), FILES)


def ask(retriever: Retriever, question: str, threshold: float = 0.5, count: int = 5) -> Answer:
    hits = retriever.search(retriever.query(question), count)
    answerer = Answerer(retriever.generation, CALIBRATION.with_threshold(threshold))
    return answerer.answer(question, hits, began=time.perf_counter())


QUESTIONS = [
    "新增就业多少人",
    "招聘会办了多少场？",
    "second ward",
    "農村公路",
    "天气",
    "3960",
    "x😀",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_and_highlight_is_a_slice_of_its_document(
    retriever: Retriever, question: str
) -> None:
    answer = ask(retriever, question, threshold=0.0)
    corpus = retriever.generation.corpus
    assert answer.citations
    for citation in answer.citations:
        document = corpus.document(citation.document_id)
        assert document is not None
        assert document.text[citation.start : citation.end] == citation.quote
        assert citation.quote.strip() == citation.quote != ""
        paragraph = document.paragraphs[citation.paragraph]
        assert paragraph.start <= citation.start < citation.end <= paragraph.end
        assert citation.lines == paragraph.lines
    for passage in answer.passages:
        document = corpus.document(passage.document_id)
        assert document is not None
        assert document.text[passage.start : passage.end] == passage.text
        starts = {s.start - passage.start for s in document.paragraphs[passage.paragraph].sentences}
        ends = {s.end - passage.start for s in document.paragraphs[passage.paragraph].sentences}
        assert passage.highlights
        assert all(a in starts and b in ends for a, b in passage.highlights)
    first = answer.passages[0]
    quoted = sorted(
        (c.start, c.quote) for c in answer.citations if c.document_id == first.document_id
    )
    assert [first.text[a:b] for a, b in first.highlights] == [quote for _, quote in quoted]
    assert answer.answer == " … ".join(c.quote for c in answer.citations)


def test_the_sentence_that_answers_is_quoted_and_described(retriever: Retriever) -> None:
    answer = ask(retriever, "招聘会一共办了多少场")
    assert answer.answered
    assert answer.answer == "招聘会一共办了590场。"
    (citation,) = answer.citations
    assert citation.id == 1
    assert (citation.title, citation.date, citation.language) == ("就业工作", "2021-04-19", "zh")
    assert citation.path == "seeds/jobs.md"
    assert citation.section.endswith("岗位😀")
    assert citation.url == f"/documents/{citation.document_id}#p{citation.paragraph}"
    lines = FILES["jobs.md"].split("\n")
    assert "590场" in "\n".join(lines[citation.lines[0] - 1 : citation.lines[1]])


def test_a_question_in_the_other_chinese_script_gets_the_authors_characters(
    retriever: Retriever,
) -> None:
    assert ask(retriever, "修建農村公路多少公里", 0.3).answer == "修建农村公路12.5公里。"


def test_passages_are_ranked_from_one_by_falling_score(retriever: Retriever) -> None:
    answer = ask(retriever, "修建农村公路", count=50)
    assert [p.rank for p in answer.passages] == [1, 2, 3, 4, 5]
    assert [p.score for p in answer.passages] == sorted(
        (p.score for p in answer.passages), reverse=True
    )
    assert {p.path for p in answer.passages} == {f"seeds/{name}" for name in FILES}


def test_a_passage_has_the_date_of_its_document(retriever: Retriever) -> None:
    dates = {passage.path: passage.date for passage in ask(retriever, "新增就业").passages}
    assert dates["seeds/jobs.md"] == "2021-04-19"
    assert dates["seeds/roads.md"] is None


def test_what_is_not_in_the_documents_is_not_answered_but_topics_are_offered(
    retriever: Retriever,
) -> None:
    answer = ask(retriever, "Wie wird morgen das Wetter?")
    assert not answer.answered
    assert answer.answer is None
    assert answer.citations == ()
    assert answer.passages  # what was looked at is shown
    assert 1 <= len(answer.suggestions) <= 3
    assert len(set(answer.suggestions)) == len(answer.suggestions)
    documents = [
        retriever.generation.corpus.document(facts.id)
        for facts in retriever.generation.listing.all_documents()
    ]
    existing = {p.section for d in documents if d for p in d.paragraphs}
    existing |= {d.title for d in documents if d}
    assert set(answer.suggestions) <= existing - {""}


def test_an_answer_offers_no_topics(retriever: Retriever) -> None:
    assert ask(retriever, "招聘会一共办了多少场").suggestions == ()


@pytest.mark.parametrize(("threshold", "answered"), [(0.0, True), (1.0, False)])
def test_the_threshold_decides(retriever: Retriever, threshold: float, answered: bool) -> None:
    answer = ask(retriever, "新增就业", threshold)
    assert answer.answered is answered
    assert 0 < answer.confidence < 1


def test_a_confidence_at_the_threshold_answers(retriever: Retriever) -> None:
    query = retriever.query("新增就业")
    exact = CALIBRATION.confidence(retriever.search(query, 1)[0])
    assert ask(retriever, "新增就业", exact).answered


def test_without_hits_nothing_is_answered(retriever: Retriever) -> None:
    answerer = Answerer(retriever.generation, CALIBRATION.with_threshold(0.0))
    answer = answerer.answer("新增就业", [], began=time.perf_counter())
    assert (answer.answered, answer.passages, answer.suggestions) == (False, (), ())
    assert answer.confidence == 0


def test_two_equal_neighbours_are_quoted_as_one_span(tmp_path: Path) -> None:
    text = "公路修好了。公路修好了。桥也没有问题，群众都说很满意。"
    answer = ask(Retriever(open_index(tmp_path, {"a.md": text})), "公路修好了", 0.0)
    (citation,) = answer.citations
    assert citation.quote == "公路修好了。公路修好了。"


def test_two_like_sentences_apart_are_two_citations_the_better_one_first(tmp_path: Path) -> None:
    first = "全县今年" + "修路架桥铺管栽树" * 5 + "！"
    last = first.replace("！", "。")  # the better one for this question
    text = f"{first}{'桥也没有问题，' * 8}群众都说很满意。{last}"
    answer = ask(Retriever(open_index(tmp_path, {"a.md": text})), last, 0.0)
    assert [c.quote for c in answer.citations] == [last, first]
    assert [c.id for c in answer.citations] == [1, 2]
    assert [c.start for c in answer.citations] == [text.rindex("全"), 0]
    assert answer.answer == f"{last} … {first}"
    (passage,) = answer.passages
    assert passage.highlights == ((0, len(first)), (text.rindex("全"), len(text)))


@pytest.mark.parametrize(
    ("sentence", "quoted"),
    [
        ("公路修好了。", 5),  # as many as make 120 characters
        ("公路" + "很长" * 16 + "修好了。", 3),
        ("公路" + "很长" * 45 + "修好了。", 2),
        ("公路" + "很长" * 70 + "修好了。", 1),
        ("The road is repaired. ", 5),
        ("The road is " + "very " * 30 + "well repaired. ", 2),
        ("The road is " + "very " * 70 + "well repaired. ", 1),
    ],
)
def test_a_quote_is_two_sentences_or_what_is_as_short(
    tmp_path: Path, sentence: str, quoted: int
) -> None:
    text = (sentence * 5).strip()
    question = "The road is repaired" if text.isascii() else "公路修好了"
    answer = ask(Retriever(open_index(tmp_path, {"a.md": text})), question, 0.0)
    assert answer.answer == (sentence * quoted).strip()


@pytest.mark.parametrize(
    ("before", "sentence", "quoted"),
    [
        ("北山大桥今年开工。", "该项目投资三亿元，工期两年。", True),
        ("北山大桥今年开工。", "大桥投资三亿元，工期两年。", False),
        ("北山大桥今年开工，" + "很长" * 115 + "。", "该项目投资三亿元，工期两年。", False),
    ],
)
def test_a_sentence_that_does_not_stand_alone_is_quoted_with_the_one_before(
    tmp_path: Path, before: str, sentence: str, *, quoted: bool
) -> None:
    far = "此外，" + "群众满意" * 40 + "。"
    retriever = Retriever(open_index(tmp_path, {"a.md": far + before + sentence}))
    answer = ask(retriever, "投资三亿元，工期两年", 0.0)
    assert answer.answer == (before + sentence if quoted else sentence)


def test_documents_that_answer_equally_well_are_both_shown(tmp_path: Path) -> None:
    texts = {"a.md": "新增就业3960人。", "b.md": "新增就业3960人！", "c.md": "公路修好了。"}
    answer = ask(Retriever(open_index(tmp_path, texts)), "新增就业多少人", 0.0)
    assert sorted(c.quote for c in answer.citations) == ["新增就业3960人。", "新增就业3960人！"]
    assert [c.id for c in answer.citations] == [1, 2]
    assert len({c.document_id for c in answer.citations}) == 2


def test_what_is_quoted_does_not_depend_on_how_many_passages_are_shown(tmp_path: Path) -> None:
    texts = {"a.md": "新增就业3960人。", "b.md": "新增就业3960人！", "c.md": "公路修好了。"}
    retriever = Retriever(open_index(tmp_path, texts))
    hits = retriever.search(retriever.query("新增就业多少人"))
    answerer = Answerer(retriever.generation, CALIBRATION.with_threshold(0.0))
    one, many = (
        answerer.answer("新增就业多少人", hits, shown, began=time.perf_counter())
        for shown in (1, 3)
    )
    assert (len(one.passages), len(many.passages), len(one.citations)) == (1, 3, 2)
    assert (one.citations, one.confidence) == (many.citations, many.confidence)


def test_a_copy_of_a_document_is_not_quoted_again(tmp_path: Path) -> None:
    texts = {"a.md": "新增就业3960人。", "b.md": "新增就业3960人。"}
    answer = ask(Retriever(open_index(tmp_path, texts)), "新增就业多少人", 0.0)
    assert [c.quote for c in answer.citations] == ["新增就业3960人。"]


def test_a_document_that_answers_better_is_shown_alone(tmp_path: Path) -> None:
    texts = {"a.md": "新增就业3960人。", "b.md": "新增岗位很多，群众满意。"}
    answer = ask(Retriever(open_index(tmp_path, texts)), "新增就业多少人", 0.0)
    assert [c.quote for c in answer.citations] == ["新增就业3960人。"]


def test_the_json_has_the_promised_keys_and_plain_values(retriever: Retriever) -> None:
    content = ask(retriever, "招聘会一共办了多少场").to_json()
    of_answer = "question answered answer citations passages suggestions confidence generation"
    by_kind = (
        "kind reply listing narrowed short_answer short_answers parts curated written did_you_mean"
    )
    assert set(content) == {*of_answer.split(), *by_kind.split(), "took_ms", "understood_as"}
    place = "document_id title section paragraph lines page start end url"
    of_citation = f"{place} id path date language quote"
    assert set(content["citations"][0]) >= set(of_citation.split())
    of_passage = f"{place} rank score text highlights"
    assert set(content["passages"][0]) >= set(of_passage.split())
    assert content["generation"] == retriever.generation.name


def test_recognized_text_is_said_to_be_and_is_no_surer_than_its_recognition(tmp_path: Path) -> None:
    read = make_document("渡船载客九十人。", path="scan.png")
    hardly = tuple(replace(p, recognized=0.02) for p in read.paragraphs)

    def asked(document: Document, threshold: float) -> Answer:
        store = Store(tmp_path / "home")
        Indexer(store, HashingModel, silent, MEGABYTE).index_documents(
            [document], HashingModel(), folder="seeds", full=True
        )
        retriever = Retriever(open_generation(store, open_hashing_encoder))
        return ask(retriever, "渡船载客九十人吗", threshold)

    assert asked(read, threshold=0.03).answered
    scan = asked(replace(read, paragraphs=hardly), threshold=0.0)
    assert scan.citations[0].recognized == scan.passages[0].recognized == scan.confidence == 0.02
    assert not asked(replace(read, paragraphs=hardly), threshold=0.03).answered


def test_the_part_that_is_asked_for_by_its_number_comes_first(tmp_path: Path) -> None:
    found = retriever_of(tmp_path, {"rules.txt": "1. Doors close at eleven.\n\n2. Guests stay.\n"})
    for number, text in (("1", "Doors close"), ("2", "Guests stay")):
        answer = ask(found, f"What does rule {number} say?", threshold=0.0)
        assert answer.citations[0].quote.removeprefix(f"{number}. ").startswith(text)


def test_a_passage_with_another_code_is_not_quoted(tmp_path: Path) -> None:
    found = retriever_of(tmp_path, {"parts.txt": "Part HK-204 lies in bin 7.\n"})
    assert ask(found, "Where is part HK-204?", threshold=0.01).answered
    assert not ask(found, "Where is part HK-209?", threshold=0.01).answered

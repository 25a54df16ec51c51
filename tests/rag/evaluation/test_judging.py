"""What counts as right, for passages and for quotes."""

import pytest

from rag.answering.citation import Citation
from rag.documents import Paragraph
from rag.evaluation.judging import ContextJudge, FactJudge, holds, shows
from rag.evaluation.question_sets import Expected, Question
from rag.index.corpus import DocumentFacts, StoredParagraph

UNKNOWN = Question("天气?")
SEVERAL = Question(
    "多少人?", answers=(Expected("a.md", ("1人", "2人")), Expected("b.md", ("3人",)))
)
FACTS = FactJudge(lambda _name: frozenset())


def citation(quote: str, path: str) -> Citation:
    place = (1, "d", "t", path, None, "zh", "", 0, (1, 1), None)
    return Citation(*place, quote, 0, len(quote), "/documents/d#p0")


def stored(text: str, path: str = "资料/jobs.md", identity: str = "d") -> StoredParagraph:
    facts = DocumentFacts(identity, path, "t", None, None, "zh", "Hans", "0", 1)
    return StoredParagraph(0, facts, Paragraph(0, 0, len(text), "", (1, 1), None, ()), text)


@pytest.mark.parametrize(
    ("must", "any_of", "quote", "expected"),
    [
        (("3960人",), False, "就业3960人。", True),
        (("3960人",), False, "就业 ３９６０ 人。", True),
        (("GDP",), False, "gdp增长", True),
        (("3960人",), False, "就业396人。", False),
        (("3960人", "城镇"), False, "就业3960人。", False),
        (("3960人", "城镇"), True, "就业3960人。", True),
        (("3960人", "就业"), False, "就业3960人。", True),
        ((), False, "anything", False),
        ((), True, "anything", False),
    ],
)
def test_a_quote_holds_the_facts(
    must: tuple[str, ...], any_of: bool, quote: str, expected: bool
) -> None:
    assert holds(Question("?", must, any_of), quote) is expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("jobs.md", True),
        ("资料/jobs.md", True),
        (None, True),
        ("obs.md", False),
        ("roads.md", False),
        ("别的/jobs.md", False),
    ],
)
def test_by_facts_needs_the_named_document(document: str | None, expected: bool) -> None:
    question = Question("?", ("3960人",), document=document)
    assert FACTS.is_right(question, stored("就业3960人。")) is expected


def test_by_facts_needs_every_fact_in_the_paragraph() -> None:
    assert not FACTS.is_right(Question("?", ("3960人", "城镇")), stored("就业3960人。"))
    assert not FACTS.is_right(UNKNOWN, stored("就业3960人。"))


def test_by_context_needs_the_document_made_of_it() -> None:
    judge = ContextJudge({"a": 0, "b": 1}, ("zh", "en")).is_right
    assert judge(Question("?", ("x",), True, (1,)), stored("x", identity="b"))
    assert not judge(Question("?", ("x",), True, (1,)), stored("x", identity="a"))
    assert not judge(Question("?"), stored("x", identity="a"))


def test_any_of_a_questions_contexts_is_right() -> None:
    judge = ContextJudge({"a": 0, "b": 1, "c": 2}, ("zh",) * 3).is_right
    question = Question("?", ("x",), True, (0, 2))
    assert [judge(question, stored("x", identity=each)) for each in "abc"] == [True, False, True]


def test_a_paragraph_of_any_of_several_documents_is_right() -> None:
    assert FACTS.is_right(SEVERAL, stored("有1人，另有2人", "资料/a.md"))
    assert FACTS.is_right(SEVERAL, stored("有3人", "资料/b.md"))
    assert not FACTS.is_right(SEVERAL, stored("有3人", "资料/a.md"))
    assert not FACTS.is_right(SEVERAL, stored("有1人", "资料/a.md"))


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        ([("有1人", "seeds/a.md"), ("有3人", "seeds/b.md"), ("有2人", "seeds/a.md")], True),
        ([("有1人、2人", "seeds/a.md")], False),
        ([("有1人、2人和3人", "seeds/a.md")], False),
        ([("有1人、2人和3人", "seeds/b.md")], False),
        ([("有1人", "seeds/a.md"), ("有3人", "seeds/b.md")], False),
        ([], False),
    ],
)
def test_all_answers_are_shown_when_each_documents_quotes_hold_its_facts(
    quotes: list[tuple[str, str]], expected: bool
) -> None:
    assert shows(SEVERAL, [citation(*each) for each in quotes]) is expected


def test_a_single_answers_facts_may_stand_in_several_quotes() -> None:
    question = Question("?", ("49%", "85%"), document="a.md")
    quotes = [citation("公办率49%", "seeds/a.md"), citation("普惠率85%", "seeds/a.md")]
    assert shows(question, quotes)
    assert not shows(question, quotes[:1])


def test_the_languages_of_right_passages_are_those_of_their_contexts() -> None:
    judge = ContextJudge({"a": 0, "b": 1}, ("zh", "en"))
    assert judge.languages(Question("?", ("x",), True, (0, 1))) == {"zh", "en"}
    assert judge.languages(Question("?")) == set()
    assert judge.language(stored("x", identity="b")) == "en"


def test_the_languages_of_right_passages_are_those_of_the_named_documents() -> None:
    judge = FactJudge({"a.md": frozenset({"de"}), "b.md": frozenset({"zh"})}.__getitem__)
    assert judge.languages(Question("?", ("x",), document="a.md")) == {"de"}
    assert judge.languages(SEVERAL) == {"de", "zh"}
    assert judge.languages(Question("?", ("x",))) == set()
    assert judge.language(stored("x", "资料/b.md")) == "zh"

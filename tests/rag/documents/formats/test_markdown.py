"""Markdown becomes plain words with the file's line numbers."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.formats.markdown import read_markdown
from rag.errors import DocumentError
from tests.rag.documents.test_assembling import check


def read(text: str, path: str = "a.md") -> Document:
    content = read_markdown(textwrap.dedent(text).encode())
    document = assemble(content, path=path, digest="", limits=Limits())
    check(document)
    return document


def paragraphs(document: Document) -> list[str]:
    return [document.text[p.start : p.end] for p in document.paragraphs]


@pytest.mark.parametrize(
    ("written", "date"),
    [("2021", "2021"), ('"2022-12"', "2022-12"), ("2022-12", "2022-12"), ("2022-13", None)],
)
def test_front_matter_may_date_a_document_by_year_or_month(written: str, date: str | None) -> None:
    assert read(f"---\ndate: {written}\n---\n春天到了。").date == date


def test_front_matter_names_title_date_source_and_language() -> None:
    document = read(
        """\
        ---
        title: 春耕
        date: 2021-04-19
        source: 山村日报
        lang: zh-Hans
        ---
        # 春耕

        田里忙起来了。
        """
    )
    assert (document.title, document.date, document.source) == ("春耕", "2021-04-19", "山村日报")
    assert (document.language, document.script) == ("zh", "Hans")
    assert [(p.section, p.lines) for p in document.paragraphs] == [("", (9, 9))]
    assert document.text == "春耕\n\n田里忙起来了。"


def test_malformed_front_matter_is_text() -> None:
    for broken in ("title: [a", "just words", "- a\n- b", "a: b: c"):
        document = read(f"---\n{broken}\n---\n\nBody text.\n")
        assert document.date is None
        assert broken.split("\n", maxsplit=1)[0] in document.text
        assert paragraphs(document)[-1] == "Body text."


@pytest.mark.parametrize(
    "written", ["0x" + "f" * 6000, "0x1F", "1_000", "12:30", "yes", "2021-04-19"]
)
def test_front_matter_is_taken_as_it_is_written(written: str) -> None:
    document = read(f"---\ntitle: {written}\ndate: 2021-13-45\n---\nBody text.\n")
    assert (document.title, document.date) == (written, None)
    assert document.text == "Body text."


@pytest.mark.parametrize("nothing", ["", "~", "null", "NULL"])
def test_front_matter_without_a_value_names_nothing(nothing: str) -> None:
    assert read(f"---\ntitle: {nothing}\n---\n# Spring\n\nBody text.\n").title == "Spring"


def test_headings_nest_into_sections() -> None:
    document = read(
        """\
        # Guide

        Intro.

        ## Set up

        ### Linux

        Run it.

        ## Use

        Ask.
        """
    )
    assert document.title == "Guide"
    assert [p.section for p in document.paragraphs] == ["", "Set up › Linux", "Use"]


def test_several_top_headings_are_sections() -> None:
    document = read("# One\n\nA.\n\n# Two\n\nB.\n")
    assert document.title == "One"
    assert [p.section for p in document.paragraphs] == ["One", "Two"]


def test_markup_is_gone_and_words_are_kept() -> None:
    document = read(
        "Some **bold**, `code`, [a link](http://x.example) and ![a picture](y.png) <b>here</b>.\n"
    )
    assert paragraphs(document) == ["Some bold, code, a link and a picture here."]


def test_wrapped_lines_are_one_sentence_and_know_their_lines() -> None:
    document = read("\n今天天气\n很好。We\nleft.\n")
    assert paragraphs(document) == ["今天天气很好。We left."]
    assert document.paragraphs[0].lines == (2, 4)


def test_short_items_are_one_paragraph_line_by_line() -> None:
    document = read("- apples\n- pears\n  - green\n  - red\n\n1. one\n2. two\n")
    assert paragraphs(document) == ["- apples\n- pears\n  - green\n  - red", "1. one\n2. two"]
    assert len(document.paragraphs[0].sentences) == 4


def test_long_items_are_paragraphs_of_their_own() -> None:
    long = "This entry goes on and on so that nobody could call it short in any way, not even once."
    document = read(f"- {long}\n- Second. {long}\n")
    assert paragraphs(document) == [long, f"Second. {long}"]
    assert [p.lines for p in document.paragraphs] == [(1, 1), (2, 2)]


def test_a_table_is_read_row_by_row_with_its_column_names() -> None:
    document = read("| 城市 | 人口 |\n| --- | --- |\n| 山城 | 3.2万 |\n| 水城 | |\n")
    assert paragraphs(document) == ["城市: 山城 | 人口: 3.2万\n城市: 水城"]
    assert document.paragraphs[0].lines == (3, 4)


def test_code_is_kept_as_it_is() -> None:
    document = read("```python\nx = 1\n\nif x:\n    y()\n```\n")
    assert paragraphs(document) == ["x = 1\n\nif x:\n    y()"]
    assert document.paragraphs[0].lines == (2, 5)


def test_items_with_code_keep_both() -> None:
    document = read("1. Run this:\n\n   ```\n   wenda index\n   ```\n\n2. Done.\n")
    assert paragraphs(document) == ["1. Run this:", "wenda index", "2. Done."]


def test_quotations_are_paragraphs() -> None:
    assert paragraphs(read("> A wise\n> saying.\n>\n> - item\n")) == ["A wise saying.", "- item"]


def test_html_gives_its_words_only() -> None:
    document = read(
        "<div class='x'><p>Words &amp; more</p>\n<script>evil()</script><!-- no --></div>\n\n"
        "A<br>b.\n"
    )
    assert paragraphs(document) == ["Words & more", "A\nb."]


def test_a_file_of_headings_only_still_has_text() -> None:
    document = read("# Only a title\n")
    assert paragraphs(document) == ["Only a title"]


def test_line_ends_of_any_system_count_alike() -> None:
    for end in ("\n", "\r\n", "\r"):
        document = read(end.join(["# T", "", "One.", "", "Two.", ""]))
        assert [p.lines for p in document.paragraphs] == [(3, 3), (5, 5)]


PIECES = st.sampled_from(
    ["# ", "## ", "- ", "1. ", "> ", "```\n", "---\n", "| a | b |\n", "|--|--|\n", "*", "[", "](",
     "<b>", "<!--", "\n", "\n\n", "    ", "title: x\n", "字。", "word ", "\r", "\t", "&amp;", "\\"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=5), max_size=40))
def test_any_markdown_is_read_or_refused(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        content = read_markdown(text.encode("utf-8", "surrogatepass"))
        document = assemble(content, path="a.md", digest="", limits=Limits())
    except DocumentError:
        return
    check(document)

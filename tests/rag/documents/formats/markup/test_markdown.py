"""Markdown becomes plain words with the file's line numbers."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.formats.markup.markdown import read_markdown
from rag.errors import DocumentError
from tests.rag.documents.formats.markup.samples import document_of, paragraphs
from tests.rag.documents.test_assembling import check


def read(text: str, path: str = "a.md") -> Document:
    return document_of(read_markdown, path, text)


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
        "Some **bold**, `code`, [a link](#there) and ![a picture](y.png) <b>here</b>.\n"
    )
    assert paragraphs(document) == ["Some bold, code, a link and a picture here."]


def test_the_address_behind_a_link_stands_after_its_words() -> None:
    document = read(
        "Lamps are [ordered here](https://lamps.example/new). See <https://a.example>.\n"
    )
    assert paragraphs(document) == [
        "Lamps are ordered here (https://lamps.example/new). See https://a.example."
    ]


@pytest.mark.parametrize("struck", ["~~daily~~", "<del>daily</del>", "<s>daily</s>", "~~*dai*ly~~"])
def test_what_is_struck_out_is_no_text(struck: str) -> None:
    assert paragraphs(read(f"It opens {struck} on Mondays.\n")) == ["It opens on Mondays."]


def test_raised_figures_are_not_glued_to_numbers() -> None:
    document = read("It cost $320<sup>1</sup> for 10<sup>6</sup> eels and H<sub>2</sub>O.[^a]\n")
    assert paragraphs(document) == ["It cost $320[1] for 10^6 eels and H2O.[a]"]


def test_strong_marks_beside_marks_of_east_asia_are_gone() -> None:
    assert paragraphs(read("**注意：**请关门。这是**“要点”**所在。2**3 与 `a**b**`。\n")) == [
        "注意：请关门。这是“要点”所在。2**3 与 a**b**。"
    ]


@pytest.mark.parametrize(
    "written", ["Set up {#set-up}", "Set up {: .wide #x}", "**Set up** ¶", "Set up {/* #s */}"]
)
def test_titles_of_sections_have_no_anchors_and_marks(written: str) -> None:
    document = read(f"# Guide\n\n## {written}\n\nTurn the key.\n")
    assert [p.section for p in document.paragraphs] == ["Set up"]
    assert "{" not in document.text


def test_titles_with_a_line_below_have_no_anchors() -> None:
    assert [p.section for p in read("Set up {#x}\n---\n\nTurn it.\n").paragraphs] == ["Set up"]


@pytest.mark.parametrize(
    "directive",
    [
        '--8<-- "parts/pump.md"', "{!parts/pump.md!}", "{% include pump.html id=3 %}",
        '{{< include "pump.md" >}}', "[!INCLUDE [pump](pump.md)]", "<<< @/parts/pump.js",
        "import Pump from '@site/pump';", "@import 'pump.css'", "[[toc]]", "\\newpage",
        "```{include} pump.md\n```", "```{toctree}\npump\n```", "{: .note}",
    ],
)  # fmt: skip
def test_directives_are_no_text(directive: str) -> None:
    document = read(f"Before.\n\n{directive}\n\nAfter.\n")
    assert paragraphs(document) == ["Before.", "After."]
    assert document.paragraphs[1].lines[0] == 5 + directive.count("\n")


def test_directives_in_code_are_code() -> None:
    document = read('```\n--8<-- "x.md"\n!!! note\n{% include %}\n```\n')
    assert paragraphs(document) == ['--8<-- "x.md"\n!!! note\n{% include %}']


@pytest.mark.parametrize(
    "note",
    [
        '!!! warning "Hot"\n    Mind the pipe.\n\n    - one\n    - two\n',
        '??? tip "Hot"\n    Mind the pipe.\n\n    - one\n    - two\n',
        '=== "Hot"\n    Mind the pipe.\n\n    - one\n    - two\n',
        ":::note Hot\nMind the pipe.\n\n- one\n- two\n:::\n",
        "```{note} Hot\nMind the pipe.\n\n- one\n- two\n```\n",
        "> [!TIP] Hot\n> Mind the pipe.\n>\n> - one\n> - two\n",
    ],
)
def test_notes_and_tabs_are_the_text_in_them(note: str) -> None:
    document = read(f"{note}\nAfter.\n")
    assert paragraphs(document) == ["Hot\nMind the pipe.", "- one\n- two", "After."]
    assert [p.kind for p in document.paragraphs] == ["text", "list", "text"]
    assert [p.lines[0] for p in document.paragraphs] == [1, 4, note.count("\n") + 2]


def test_code_in_a_note_is_code() -> None:
    document = read("!!! note\n\n    ```sh\n    run; rest\n    ```\n\nAfter.\n")
    assert [(p.kind, p.lines) for p in document.paragraphs] == [("code", (4, 4)), ("text", (7, 7))]
    assert paragraphs(document)[0] == "run; rest"


def test_a_definition_stands_with_its_term() -> None:
    assert paragraphs(read("Sluice\n: A gate for water.\n\nWeir\n: A low wall.\n")) == [
        "Sluice: A gate for water.", "Weir: A low wall.",
    ]  # fmt: skip


def test_code_is_one_sentence_and_code_in_a_line_is_never_cut() -> None:
    document = read("```\na = 1. B\n\nC? d!\n```\n\nRun `go. Now! It` twice. Then stop.\n")
    found = [[document.text[s.start : s.end] for s in p.sentences] for p in document.paragraphs]
    assert found == [["a = 1. B\n\nC? d!"], ["Run go. Now! It twice.", "Then stop."]]
    assert [p.kind for p in document.paragraphs] == ["code", "text"]


def test_nothing_that_cannot_be_seen_is_in_code() -> None:
    assert paragraphs(read("```\n\tx\u202e = \x1b[1m\u200b1\n```\n")) == ["x = [1m1"]


def test_two_rows_of_names_above_a_table_are_joined() -> None:
    table = "| Crop | Spring | | \n|--|--|--|\n| | sown | cut |\n| Oats | 3 | `2` |\n"
    document = read(table + "| Rye | 4 | ~~1~~ |\n")
    assert paragraphs(document) == [
        "Crop: Oats | sown, Spring: 3 | cut, Spring: 2\nCrop: Rye | sown, Spring: 4"
    ]
    assert (document.paragraphs[0].kind, document.paragraphs[0].lines) == ("table", (4, 5))


def test_a_bar_in_a_cell_is_written_with_a_backslash() -> None:
    document = read("text\n| a | b |\n|:-:|---|\n| x \\| y | z | more |\n> quoted\n")
    assert paragraphs(document) == ["text", "a: x | y | b: z", "quoted"]


@pytest.mark.parametrize(
    "text", ["| a | b |\n", "| a | b |\n| - |\n", "a\n--|--\n", "a | b\n- | c\n"]
)
def test_what_only_looks_like_a_table_is_text(text: str) -> None:
    assert all(p.kind != "table" for p in read(text).paragraphs)


@pytest.mark.slow
def test_a_table_of_a_megabyte_takes_little_memory() -> None:
    table = ("| x | y |\n|---|---|\n" + "|a|b|\n" * 40_000).encode()
    tracemalloc.start()
    try:
        blocks = read_markdown(table).blocks
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert blocks[0].text.count("\n") == 40_000 - 1
    assert peak < 200 * len(table)


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


def test_a_tab_right_below_a_paragraph_is_no_part_of_it() -> None:
    document = read('Row with:\n=== "By hand"\n\n    ```\n    row\n    ```\n')
    assert [document.text[p.start : p.end] for p in document.paragraphs] == [
        "Row with:", "By hand", "row",
    ]  # fmt: skip

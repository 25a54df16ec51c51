"""AsciiDoc becomes words, with the file's line numbers."""

import pytest

from rag.documents import Document
from rag.documents.formats.markup.asciidoc import read_asciidoc
from tests.rag.documents.formats.markup.samples import document_of, paragraphs


def read(text: str) -> Document:
    return document_of(read_asciidoc, "a.adoc", text)


def test_sections_title_date_and_attributes() -> None:
    document = read(
        """\
        = Boat Guide
        :revdate: 2024-05-06
        :boat: Alma

        Row {boat} slowly.

        [[oars]]
        == Oars

        Wash them. {unknown} stays.
        """
    )
    assert (document.title, document.date) == ("Boat Guide", "2024-05-06")
    assert paragraphs(document) == ["Row Alma slowly.", "Wash them. {unknown} stays."]
    assert [(p.section, p.lines) for p in document.paragraphs] == [("", (5, 5)), ("Oars", (10, 10))]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("*bold*, _slanted_, `code x < y` and #marked#.", "bold, slanted, code x < y and marked."),
        ("See https://x.example/new[the page].", "See the page (https://x.example/new)."),
        ("See <<oars,the oars>> and xref:a.adoc#b[this].", "See the oars and this."),
        ("Press kbd:[F1], menu:File[Save].footnote:[Or F2.]", "Press F1, File > Save. [Or F2.]"),
        ("10^6^ eels. [.line-through]#gone# Stay.", "10^6 eels. Stay."),
        ("Use the <b> tag.", "Use the <b> tag."),
        ("[[here]]Words.", "Words."),
    ],
)
def test_marks_of_the_format_are_gone(written: str, read_as: str) -> None:
    assert paragraphs(read(written)) == [read_as]


@pytest.mark.parametrize(
    "line",
    ["include::parts/x.adoc[]", "image::boat.png[A boat]", "// a comment", ":toc: left", "'''"],
)
def test_directives_comments_and_attributes_are_no_text(line: str) -> None:
    assert paragraphs(read(f"Before.\n\n{line}\n\nAfter.\n")) == ["Before.", "After."]


def test_code_is_one_sentence_as_it_is() -> None:
    document = read(
        "[source,ruby]\n----\nwash; x < 3. Y\n# no heading\n== no section\n----\n\nWords.\n"
    )
    assert paragraphs(document) == ["wash; x < 3. Y\n# no heading\n== no section", "Words."]
    assert [(p.kind, p.lines) for p in document.paragraphs] == [("code", (3, 5)), ("text", (8, 8))]


def test_blocks_that_are_commented_out_are_no_text() -> None:
    assert paragraphs(read("A.\n\n////\nhidden\n////\n\n++++\n<x>\n++++\n\nB.\n")) == ["A.", "B."]


def test_notes_and_frames_are_the_text_in_them() -> None:
    assert paragraphs(read("NOTE: Mind the pipe.\n\n[TIP]\n====\nKeep dry.\n====\n")) == [
        "NOTE: Mind the pipe.", "Keep dry.",
    ]  # fmt: skip


def test_lists_and_terms() -> None:
    document = read("* one\n** two\n\n. first\n. second\n\nSluice:: A gate.\n")
    assert paragraphs(document) == ["- one\n  - two", "1. first\n2. second", "- Sluice: A gate."]
    assert {p.kind for p in document.paragraphs} == {"list"}


@pytest.mark.parametrize(
    "table",
    [
        "|===\n|Boat |Seats\n\n|Alma |40\n|Tern |25\n|===\n",
        '[cols="1,2",options="header"]\n|===\n|Boat\n|Seats\n|Alma\n|40\n|Tern\n|25\n|===\n',
        "[cols=2*]\n|===\n|Boat |Seats\n|Alma\na|40\n|Tern |25\n|===\n",
    ],
)
def test_a_row_has_the_names_of_its_columns(table: str) -> None:
    document = read(f"Before.\n\n{table}\nAfter.\n")
    assert paragraphs(document) == [
        "Before.",
        "Boat: Alma | Seats: 40\nBoat: Tern | Seats: 25",
        "After.",
    ]
    lines = table.split("\n")
    alma = next(n for n, line in enumerate(lines, 3) if "Alma" in line)
    assert document.paragraphs[1].lines[0] == alma
    assert document.paragraphs[2].lines[0] == 3 + len(lines)


def test_a_table_without_an_end_is_read() -> None:
    assert paragraphs(read("|===\n|a |1\n|b |2\n"))[0].startswith("a: 1")


def test_titles_may_be_underlined() -> None:
    document = read(
        """\
        Boat Guide
        ==========

        Row slowly.

        Oars
        ----
        Wash them.

        ----
        not a title
        ----
        """
    )
    assert document.title == "Boat Guide"
    assert [(p.section, p.kind) for p in document.paragraphs] == [
        ("", "text"), ("Oars", "text"), ("Oars", "code"),
    ]  # fmt: skip


def test_a_term_may_have_several_names_and_its_words_below() -> None:
    document = read(
        """\
        `-q`::
        `--quiet <level>`::
            Say less, or
            nothing.

        `--loud`:: Say more.
        """
    )
    assert paragraphs(document) == [
        "- -q, --quiet <level>: Say less, or nothing.\n- --loud: Say more."
    ]


def test_paragraphs_set_as_they_are_typed_are_code() -> None:
    document = read("[synopsis]\nrow [--slow]\nrow --stop\n\nThen rest.\n")
    assert paragraphs(document) == ["row [--slow]\nrow --stop", "Then rest."]
    assert [p.kind for p in document.paragraphs] == ["code", "text"]


def test_numbers_stay_as_they_are_written() -> None:
    document = read("1. Cast off,\n   both ropes.\n2. Row.\n+\nSlowly.\n\n3. Land.\n")
    assert "\n".join(paragraphs(document)) == "1. Cast off, both ropes.\n2. Row.\nSlowly.\n3. Land."


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("See linkgit:git-oar[1] and man:row[8].", "See git-oar(1) and row(8)."),
        ("Run `row\n<boat>` now.", "Run row <boat> now."),
    ],
)
def test_pages_of_manuals_and_code_over_lines(written: str, read_as: str) -> None:
    assert paragraphs(read(written)) == [read_as]

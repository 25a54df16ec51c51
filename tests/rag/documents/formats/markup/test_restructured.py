"""reStructuredText becomes words, with the file's line numbers; no directive does anything."""

from pathlib import Path

import pytest

from rag.documents import Document
from rag.documents.formats.markup.restructured import read_restructured
from tests.rag.documents.formats.markup.samples import document_of, paragraphs


def read(text: str) -> Document:
    return document_of(read_restructured, "a.rst", text)


def test_sections_title_and_date() -> None:
    document = read(
        """\
        ==========
        Boat Guide
        ==========

        :Date: 2024-05-06

        Row slowly.

        .. _oars:

        Oars
        ----

        Wash
        them.
        """
    )
    assert (document.title, document.date) == ("Boat Guide", "2024-05-06")
    assert paragraphs(document) == ["Date: 2024-05-06", "Row slowly.", "Wash them."]
    assert [(p.section, p.lines) for p in document.paragraphs][1:] == [
        ("", (7, 7)),
        ("Oars", (14, 15)),
    ]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("*Slanted*, **bold**, ``code x``.", "Slanted, bold, code x."),
        ("See `the page <https://x.example/new>`_.", "See the page (https://x.example/new)."),
        (
            "See :ref:`the oars <oars>`, :doc:`here` and :py:class:`~boats.Alma`.",
            "See the oars, here and Alma.",
        ),
        ("Known [1]_ and [Lund]_.\n\n.. [1] A note.", "Known [1] and [Lund]."),
        ("10\\ :sup:`6` eels and H\\ :sub:`2`\\ O.", "10^6 eels and H2O."),
    ],
)
def test_marks_of_the_format_are_gone(written: str, read_as: str) -> None:
    assert paragraphs(read(written))[0] == read_as


def test_a_note_keeps_its_number() -> None:
    assert paragraphs(read("Known [1]_.\n\n.. [1] A note.\n"))[1] == "[1] A note."


@pytest.mark.parametrize(
    "directive",
    [".. toctree::\n   :maxdepth: 2\n\n   a", ".. image:: boat.png\n   :alt: x", ".. a comment",
     ".. index:: boats", ".. |x| replace:: y", ".. highlight:: python", ".. automodule:: boats"],
)  # fmt: skip
def test_directives_and_comments_are_no_text(directive: str) -> None:
    assert paragraphs(read(f"Before.\n\n{directive}\n\nAfter.\n")) == ["Before.", "After."]


@pytest.mark.parametrize("name", ["include", "literalinclude", "raw", "csv-table"])
def test_no_other_file_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("The password is swordfish.", encoding="utf-8")
    path = tmp_path / "secret.txt"
    body = f"Before.\n\n.. {name}:: {path}\n\n.. raw:: html\n   :file: {path}\n\n"
    document = read(f"{body}.. csv-table:: t\n   :file: {path}\n\nAfter.\n")
    assert "swordfish" not in document.text


@pytest.mark.parametrize(
    "note",
    [".. note:: Keep dry.\n\n   Wash *often*.", ".. versionadded:: Keep dry.\n\n   Wash *often*.",
     ".. tab-item:: Keep dry.\n   :sync: a\n\n   Wash *often*."],
)  # fmt: skip
def test_notes_and_unknown_directives_are_the_text_in_them(note: str) -> None:
    assert paragraphs(read(f"{note}\n\nAfter.\n")) == ["Keep dry.", "Wash often.", "After."]


@pytest.mark.parametrize(
    "opening", [".. code-block:: python\n   :linenos:", ".. sourcecode:: python", "::", ".. code::"]
)
def test_code_is_one_sentence_as_it_is(opening: str) -> None:
    document = read(f"Words.\n\n{opening}\n\n   wash(); A. B\n\n     done()\n\nAfter.\n")
    assert paragraphs(document) == ["Words.", "wash(); A. B\n\n  done()", "After."]
    assert [p.kind for p in document.paragraphs] == ["text", "code", "text"]
    assert document.paragraphs[1].lines[0] == 3 + opening.count("\n") + 2


def test_code_in_a_line_is_never_cut() -> None:
    document = read("Run ``go. Now`` twice. Stop.\n")
    sentences = [document.text[s.start : s.end] for s in document.paragraphs[0].sentences]
    assert sentences == ["Run go. Now twice.", "Stop."]


def test_lists_and_terms() -> None:
    document = read("- one\n- two\n\n1. first\n2. second\n\nSluice\n   A gate.\n")
    assert paragraphs(document) == ["- one\n- two", "1. first\n2. second", "Sluice: A gate."]
    assert {p.kind for p in document.paragraphs} == {"list"}
    assert document.paragraphs[1].lines == (4, 5)


@pytest.mark.parametrize(
    "table",
    [
        "===== =====\nBoat  Seats\n===== =====\nAlma  40\nTern  25\n===== =====",
        "+------+-------+\n| Boat | Seats |\n+======+=======+\n| Alma | 40    |\n+------+-------+\n"
        "| Tern | 25    |\n+------+-------+",
        ".. list-table::\n   :header-rows: 1\n\n   * - Boat\n     - Seats\n   * - Alma\n     - 40\n"
        "   * - Tern\n     - 25",
        ".. csv-table::\n   :header: Boat, Seats\n\n   Alma, 40\n   Tern, 25",
    ],
)
def test_a_row_has_the_names_of_its_columns(table: str) -> None:
    document = read(f"Before.\n\n{table}\n\nAfter.\n")
    rows = "Boat: Alma | Seats: 40\nBoat: Tern | Seats: 25"
    assert paragraphs(document) == ["Before.", rows, "After."]
    assert document.paragraphs[1].kind == "table"


def test_what_is_malformed_is_read_as_far_as_it_can_be() -> None:
    assert "Words stay." in paragraphs(read("Title\n==\n\n`broken <x\n\nWords stay.\n"))


def test_what_a_directive_describes_begins_with_its_name() -> None:
    text = """\
    .. option:: boat.oars
                boat.poles

       How many lie in the boat. Values are:

       ``two``
          For one rower.

    .. envvar:: TIDE

       ::

          export TIDE=low
    """
    document = read(text)
    assert [(p.kind, document.text[p.start : p.end]) for p in document.paragraphs] == [
        ("text", "boat.oars, boat.poles: How many lie in the boat. Values are:"),
        ("list", "two: For one rower."),
        ("text", "TIDE:"),
        ("code", "export TIDE=low"),
    ]

"""LaTeX becomes words, with the file's line numbers; mathematics stays as it is written."""

import pytest

from rag.documents import Document
from rag.documents.formats.markup.latex import read_latex
from tests.rag.documents.formats.markup.samples import document_of, paragraphs


def read(text: str) -> Document:
    return document_of(read_latex, "a.tex", text)


def test_sections_title_and_date() -> None:
    document = read(
        r"""
        \documentclass[11pt]{article}
        \usepackage{graphicx} words of the preamble
        \title{The Boats \& the Lake}
        \date{6 May 2024}
        \begin{document}
        \maketitle
        \section{Oars}\label{sec:oars}
        Wash them. % with water
        \subsection*{How}
        Slowly.
        \end{document}
        Not read.
        """
    )
    assert (document.title, document.date) == ("The Boats & the Lake", "2024-05-06")
    assert paragraphs(document) == ["Wash them.", "Slowly."]
    assert [p.section for p in document.paragraphs] == ["Oars", "Oars › How"]
    assert [p.lines for p in document.paragraphs] == [(9, 9), (11, 11)]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (r"\textbf{Bold} and \emph{slanted \textsc{caps}}.", "Bold and slanted caps."),
        (r"30\% of \$5 \& a\_b \#1 \{x\}.", "30% of $5 & a_b #1 {x}."),
        (r"Caf\'e, \"Ol, \c{c}a, na\"{\i}ve stra\ss e, \v{c}.", "Café, Öl, ça, naïve straße, č."),
        (r"``Quoted'' pages 3--4 --- so~what\dots", "“Quoted” pages 3–4 — so what…"),
        (r"Known~\cite{Lund2020}.\footnote{Not to \emph{all}.}", "Known [Lund2020]. [Not to all.]"),
        (r"It is $E = m_0 c^2$ or \(a*b*c\).", r"It is $E = m_0 c^2$ or (a*b*c)."),
        (r"Run \texttt{go. Now} or \verb|x < y|.", "Run go. Now or x < y."),
        (r"See \href{https://x.example/a}{the page}.", "See the page (https://x.example/a)."),
        (r"\sout{Gone.} Stay. \vspace{2cm}\includegraphics[width=3cm]{x.png}", "Stay."),
        (r"Use the <b> tag.", "Use the <b> tag."),
        (r"# is no heading", "# is no heading"),
    ],
)
def test_commands_are_gone_and_words_are_kept(written: str, read_as: str) -> None:
    assert paragraphs(read(written)) == [read_as]


def test_code_is_one_sentence_as_it_is() -> None:
    code = "if (x) { % kept\n  \\go; A. B }"
    document = read(
        f"Words.\n\n\\begin{{lstlisting}}[language=C]\n{code}\n\\end{{lstlisting}}\n\nMore.\n"
    )
    assert paragraphs(document) == ["Words.", code, "More."]
    assert [p.kind for p in document.paragraphs] == ["text", "code", "text"]
    assert document.paragraphs[1].lines == (4, 5)


def test_lists_in_lists() -> None:
    document = read(
        r"""
        \begin{itemize}
        \item One
        \item[Two] with a term
        \begin{enumerate}
        \item inner
        \end{enumerate}
        \end{itemize}
        After.
        """
    )
    assert paragraphs(document) == ["- One\n- Two: with a term\n  1. inner", "After."]


def test_a_row_has_the_names_of_its_columns() -> None:
    document = read(
        r"""
        \begin{table}
        \caption{Boats of the lake}
        \begin{tabular}{lr}
        \hline
        Boat & Seats \\ \hline
        \textbf{Alma} & 40 \\
        Tern \& Co &
        25 \\
        \end{tabular}
        \end{table}
        After.
        """
    )
    assert paragraphs(document) == [
        "Boats of the lake",
        "Boat: Alma | Seats: 40\nBoat: Tern & Co | Seats: 25",
        "After.",
    ]
    assert [p.lines for p in document.paragraphs] == [(3, 3), (7, 8), (12, 12)]


def test_a_name_of_several_columns_is_joined_with_those_below() -> None:
    table = (
        r"\begin{tabular}{lrr}" "\n" r"Crop & \multicolumn{2}{c}{Spring} \\" "\n"
        r" & sown & cut \\" "\n" r"Oats & 3 & 2 \\" "\n" r"Rye & 4 & 1 \\" "\n" r"\end{tabular}"
    )  # fmt: skip
    assert paragraphs(read(table))[0].split("\n")[0] == (
        "Crop: Oats | sown, Spring: 3 | cut, Spring: 2"
    )


@pytest.mark.parametrize("name", ["tikzpicture", "comment", "thebibliography"])
def test_drawings_and_comments_are_no_text(name: str) -> None:
    assert paragraphs(read(f"A.\n\n\\begin{{{name}}}\nx\n\\end{{{name}}}\n\nB.\n")) == ["A.", "B."]

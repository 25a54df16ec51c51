"""What a Word file keeps apart is read at its place, named as what it is."""

import re

from rag.documents.formats.word import read_word
from tests.rag.documents.files import repacked, word
from tests.rag.documents.formats.word.samples import filled, read, run, said, texts


def reference(kind: str, identity: int) -> str:
    return f'<w:r><w:{kind}Reference w:id="{identity}"/></w:r>'


def note(kind: str, identity: int, text: str) -> str:
    return f'<w:{kind} w:id="{identity}">{said(text)}</w:{kind}>'


def test_notes_follow_the_paragraph_that_refers_to_them() -> None:
    body = (
        f"<w:p>{run('The kiln is lit on Fridays')}{reference('footnote', 2)}"
        f"{run(' by two members')}{reference('endnote', 5)}{run('.')}</w:p>{said('Wear gloves.')}"
    )
    separator = '<w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
    assert texts(
        body,
        footnotes=separator + note("footnote", 2, "Not in August."),
        endnotes=note("endnote", 5, "Both trained."),
    ) == [
        "The kiln is lit on Fridays[1] by two members[i].",
        "[1] Not in August.",
        "[i] Both trained.",
        "Wear gloves.",
    ]


def test_notes_of_a_table_follow_it() -> None:
    cell = f"<w:tc><w:p>{run('Clay')}{reference('footnote', 2)}</w:p></w:tc>"
    other = f"<w:tc>{said('4 euros')}</w:tc>"
    body = f"<w:tbl><w:tr>{cell}{other}</w:tr></w:tbl>"
    assert texts(body, footnotes=note("footnote", 2, "Per kilo."))[-1] == "[1] Per kilo."


def test_comments_say_whose_they_are() -> None:
    body = f"<w:p>{run('The toll is nine crowns.')}{reference('comment', 3)}</w:p>"
    comment = f'<w:comment w:id="3" w:author="Ada">{said("Is that still so?")}</w:comment>'
    assert texts(body, comments=comment) == [
        "The toll is nine crowns.",
        "Comment by Ada: Is that still so?",
    ]
    comment = f'<w:comment w:id="3" w:author="林珂">{said("还是这样吗？")}</w:comment>'
    assert texts(body, comments=comment)[1] == "批注（林珂）：还是这样吗？"


def test_page_headers_and_footers_are_read_once_without_page_numbers() -> None:
    page = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>17</w:t></w:r></w:fldSimple>'
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header"/>'
        '<w:footerReference w:type="default" r:id="footer"/></w:sectPr>'
    )
    body = said("The kiln is hot.") + f"<w:p><w:pPr>{section}</w:pPr></w:p>{section}"
    footer = f"<w:p>{run('Form K-12, page ')}{page}</w:p>"
    assert texts(body, header=said("Pottery club"), footer=footer) == [
        "Pottery club",
        "Form K-12, page",
        "The kiln is hot.",
    ]


def test_a_header_of_a_first_page_that_is_not_different_is_not_shown() -> None:
    section = '<w:sectPr><w:headerReference w:type="first" r:id="header"/>{}</w:sectPr>'
    body = said("The kiln is hot.")
    assert texts(body + section.format(""), header=said("Never seen")) == ["The kiln is hot."]
    shown = texts(body + section.format("<w:titlePg/>"), header=said("On page one"))
    assert shown == ["On page one", "The kiln is hot."]


def test_a_chart_is_read_as_the_table_it_draws() -> None:
    def points(texts: list[str]) -> str:
        return "".join(f'<c:pt idx="{n}"><c:v>{text}</c:v></c:pt>' for n, text in enumerate(texts))

    chart = (
        "<c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Visitors</a:t></a:r></a:p></c:rich></c:tx>"
        f"</c:title><c:ser><c:tx><c:v>Museum</c:v></c:tx><c:cat>{points(['May', 'June'])}</c:cat>"
        f"<c:val>{points(['310', '0.30000000000000004'])}</c:val></c:ser></c:chart>"
    )
    body = (
        said("See below.") + '<w:p><w:r><w:drawing><c:chart r:id="chart"/></w:drawing></w:r></w:p>'
    )
    assert texts(body, chart=chart) == [
        "See below.",
        "Visitors",
        "May | Museum: 310\nJune | Museum: 0.3",
    ]


def test_iso_strict_files_are_read_as_others() -> None:
    strict = re.compile(
        rb"http://schemas\.openxmlformats\.org/(wordprocessingml|officeDocument)/2006/"
    )
    data = word(lambda file: file.add_heading("Kiln", 1))
    for part in (
        "word/document.xml",
        "word/styles.xml",
        "_rels/.rels",
        "word/_rels/document.xml.rels",
    ):
        data = repacked(data, part, lambda xml: strict.sub(rb"http://purl.oclc.org/ooxml/\1/", xml))
    assert read(data).title == "Kiln"


def test_what_refers_to_nothing_is_passed_over() -> None:
    body = f"<w:p>{run('Hot.')}{reference('comment', 9)}{reference('footnote', 9)}</w:p>"
    assert read_word(filled(body)).blocks[0].text == "Hot.[1]"

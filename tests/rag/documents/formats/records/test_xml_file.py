"""XML is read as a text where it is one, else as rows of records."""

import pytest

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.formats.records.xml_file import read_xml
from rag.errors import DocumentError
from tests.rag.documents.test_assembling import check


def read(text: str) -> Document:
    document = assemble(read_xml(text.encode()), path="a.xml", digest="", limits=Limits())
    check(document)
    return document


def paragraphs(document: Document) -> list[str]:
    return [document.text[p.start : p.end] for p in document.paragraphs]


def test_a_text_has_sections_paragraphs_and_code() -> None:
    document = read(
        """<?xml version="1.0"?>
        <article xmlns="http://docbook.example/ns"><title>Boat Guide</title>
        <para>Row <emphasis>slowly</emphasis>.<remark>hidden</remark></para>
        <!-- no text -->
        <section><title>Oars</title>
        <para>Wash them.</para>
        <programlisting>wash(); A. B
  done()</programlisting>
        </section></article>"""
    )
    assert document.title == "Boat Guide"
    assert paragraphs(document) == ["Row slowly.", "Wash them.", "wash(); A. B\n  done()"]
    assert [(p.section, p.kind) for p in document.paragraphs] == [
        ("", "text"), ("Oars", "text"), ("Oars", "code"),
    ]  # fmt: skip
    assert [p.lines[0] for p in document.paragraphs] == [3, 6, 7]


def test_a_feed_has_its_entries() -> None:
    document = read(
        "<rss><channel><title>Harbour</title><item><title>Ferry late</title>"
        "<pubDate>2024-05-06</pubDate><description>&lt;p&gt;It &lt;b&gt;left&lt;/b&gt; at ten."
        "&lt;/p&gt;</description></item></channel></rss>"
    )
    assert "It left at ten." in paragraphs(document)
    assert document.paragraphs[-1].section.endswith("Ferry late")
    assert document.date == "2024-05-06"


def test_a_table_in_a_text_has_the_names_of_its_columns() -> None:
    document = read(
        "<doc><p>Words.</p>\n<table><caption>Boats</caption><thead><row><entry>Boat</entry>"
        "<entry>Seats</entry></row></thead>\n<tbody><row><entry>Alma</entry><entry>40</entry></row>\n"
        "<row><entry>Tern</entry><entry>25</entry></row></tbody></table></doc>"
    )
    assert paragraphs(document) == [
        "Words.",
        "Boats",
        "Boat: Alma | Seats: 40\nBoat: Tern | Seats: 25",
    ]
    assert document.paragraphs[2].lines == (3, 4)


def test_repeated_elements_are_rows() -> None:
    document = read(
        '<harbour><boats>\n<boat id="A1"><name>Alma</name><port>East</port><port>West</port></boat>'
        '\n<boat id="B2"><name>Tern</name><skipper><name>Olav</name></skipper></boat>\n'
        "</boats></harbour>"
    )
    assert paragraphs(document) == [
        "id: A1 | name: Alma | port: East, West", "id: B2 | name: Tern | skipper.name: Olav",
    ]  # fmt: skip
    places = [(p.lines, p.kind) for p in document.paragraphs]
    assert places == [((2, 2), "table"), ((3, 3), "table")]


def test_a_description_in_a_record_is_a_field() -> None:
    one = "<item><name>Oar</name><description>Of ash.</description></item>"
    assert paragraphs(read(f"<shop>{one}{one}</shop>"))[0] == "name: Oar | description: Of ash."


def test_a_single_record_is_keys_and_values() -> None:
    document = read("<config><host>quay.example</host><port limit='2'>8000</port></config>")
    assert paragraphs(document) == ["host: quay.example", "port.limit: 2", "port.text: 8000"]


def test_a_page_in_xml_is_a_web_page() -> None:
    page = "<html><head><title>T</title></head><body><p>The ferry leaves at nine.</p></body></html>"
    assert "The ferry leaves at nine." in paragraphs(read(page))


def test_entities_are_not_opened() -> None:
    document = read(
        '<!DOCTYPE d [<!ENTITY a "secret"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
        "<d><p>Words &a; and &f; stay.</p></d>"
    )
    assert paragraphs(document) == ["Words and stay."]


@pytest.mark.parametrize("text", ["just words", "", "<", "<a></a>", "<a><b/></a>"])
def test_what_has_no_text_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r"XML|no text"):
        read(text)

"""Books are read chapter by chapter, in the order of the book."""

import io
import zipfile

import pytest

from rag.documents import Limits
from rag.documents.assembling import assemble
from rag.documents.formats.epub import read_book
from rag.errors import DocumentError

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/book.opf"/></rootfiles></container>"""
BOOK = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>The ferry</dc:title><dc:language>en</dc:language><dc:date>2019-04-02</dc:date>
<dc:publisher>Hill Press</dc:publisher></metadata><manifest>
<item id="n" href="nav.xhtml" properties="nav"/><item id="a" href="text/a.xhtml"/>
<item id="b" href="text/b%201.xhtml"/></manifest>
<spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/></spine></package>"""
NAV = """<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol>
<li><a href="text/b%201.xhtml">First trip</a></li></ol></nav></body></html>"""
PAGE = "<html xmlns='http://www.w3.org/1999/xhtml'><body>{}</body></html>"


def book(**parts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", BOOK)
        archive.writestr("OPS/nav.xhtml", NAV)
        for name, inner in parts.items():
            archive.writestr(name, inner)
    return target.getvalue()


CHAPTERS = {
    "OPS/text/b 1.xhtml": PAGE.format("<p>The ferry left at nine<sup>1</sup>.</p>"),
    "OPS/text/a.xhtml": PAGE.format(
        "<h1>Back again</h1><p>It rained.</p><p style='display:none'>Never seen.</p>"
    ),
}


def test_chapters_follow_the_spine_under_their_titles() -> None:
    found = assemble(read_book(book(**CHAPTERS)), path="a.epub", digest="", limits=Limits())
    assert (found.title, found.date, found.source) == ("The ferry", "2019-04-02", "Hill Press")
    assert [(p.section, found.text[p.start : p.end]) for p in found.paragraphs] == [
        ("First trip", "The ferry left at nine[1]."),
        ("Back again", "It rained."),
    ]


def test_what_is_no_book_is_named() -> None:
    with pytest.raises(DocumentError, match="not an electronic book"):
        read_book(b"words")
    with pytest.raises(DocumentError, match="protected against copying"):
        read_book(book(**{"META-INF/rights.xml": "<r/>"}))


def test_a_chapter_that_is_missing_is_passed_over() -> None:
    content = read_book(book(**{"OPS/text/a.xhtml": CHAPTERS["OPS/text/a.xhtml"]}))
    assert [block.text for block in content.blocks] == ["Back again", "It rained."]

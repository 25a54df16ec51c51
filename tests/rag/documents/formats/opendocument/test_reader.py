"""OpenDocument files are read as a person sees them: text, sheets and slides."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from odf import draw, office, presentation, style, table, text  # type: ignore[import-untyped]  # none
from odf.opendocument import (  # type: ignore[import-untyped]  # it ships no annotations
    OpenDocumentPresentation,
    OpenDocumentSpreadsheet,
    OpenDocumentText,
)

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.block import Content
from rag.documents.formats.opendocument import read_open_sheets, read_open_slides, read_open_text
from rag.errors import DocumentError


def made(file: Any) -> bytes:
    target = io.BytesIO()
    file.write(target)
    return target.getvalue()


def odt(build: Callable[[Any, Any], object]) -> bytes:
    file = OpenDocumentText()
    build(file, file.text)
    return made(file)


def told(content: Content) -> list[tuple[str, str, int | None]]:
    found: Document = assemble(content, path="a.odt", digest="", limits=Limits())
    return [(p.section, found.text[p.start : p.end], p.page) for p in found.paragraphs]


def texts(data: bytes) -> list[str]:
    return [words for _, words, _ in told(read_open_text(data))]


def automatic(file: Any, name: str, **properties: str) -> Any:
    made_style = style.Style(name=name, family="text")
    made_style.addElement(style.TextProperties(**properties))
    file.automaticstyles.addElement(made_style)
    return made_style


def test_headings_lists_and_tables_keep_their_place() -> None:
    def build(file: Any, body: Any) -> None:
        body.addElement(text.H(outlinelevel=1, text="Harbour"))
        body.addElement(text.P(text="It has nine berths."))
        body.addElement(text.H(outlinelevel=2, text="Fees"))
        numbered = text.ListStyle(name="L1")
        numbered.addElement(
            text.ListLevelStyleNumber(level="1", numformat="i", numsuffix=")", startvalue="2")
        )
        file.automaticstyles.addElement(numbered)
        listing = text.List(stylename=numbered)
        for words in ("Boats", "Rafts"):
            item = text.ListItem()
            item.addElement(text.P(text=words))
            listing.addElement(item)
        body.addElement(listing)
        grid = table.Table()
        for cells in (["Boat", "Fee"], ["Heron", "80"]):
            row = table.TableRow()
            for words in cells:
                cell = table.TableCell()
                cell.addElement(text.P(text=words))
                row.addElement(cell)
            grid.addElement(row)
        body.addElement(grid)

    content = read_open_text(odt(build))
    assert content.title == "Harbour"
    assert [(section, words) for section, words, _ in told(content)] == [
        ("", "It has nine berths."),
        ("Fees", "ii) Boats\niii) Rafts"),
        ("Fees", "Boat: Heron | Fee: 80"),
    ]


def test_notes_comments_links_and_figures() -> None:
    def build(file: Any, body: Any) -> None:
        up = automatic(file, "T1", textposition="super 58%")
        line = text.P(text="It cost $60")
        line.addElement(text.Span(stylename=up, text="4"))
        line.addText(" in all")
        note = text.Note(noteclass="footnote")
        note.addElement(text.NoteCitation(text="1"))
        inner = text.NoteBody()
        inner.addElement(text.P(text="With the pier."))
        note.addElement(inner)
        line.addElement(note)
        line.addText(", see ")
        line.addElement(text.A(href="https://port.example/f", text="the form"))
        comment = office.Annotation()
        comment.addElement(text.P(text="Still so?"))
        line.addElement(comment)
        body.addElement(line)

    assert texts(odt(build)) == [
        "It cost $60[4] in all[1], see the form (https://port.example/f)",
        "[1] With the pier.",
        "Comment: Still so?",
    ]


def test_hidden_and_struck_words_are_left_out_and_told() -> None:
    def build(file: Any, body: Any) -> None:
        struck = automatic(file, "T1", textlinethroughstyle="solid")
        hidden = automatic(file, "T2", display="none")
        line = text.P(text="The fee is ")
        line.addElement(text.Span(stylename=struck, text="70 "))
        line.addElement(text.Span(stylename=hidden, text="75 "))
        line.addText("80.")
        body.addElement(line)

    content = read_open_text(odt(build))
    assert [words for _, words, _ in told(content)] == ["The fee is 80."]
    assert [each.text for each in content.dropped] == ["70", "75"]


def test_sheets_show_what_cells_show() -> None:
    file = OpenDocumentSpreadsheet()
    sheet = table.Table(name="Fees")
    for cells in (["Boat", "Fee"], ["Heron", "80.50 €"], [], ["Teal", "95 €"]):
        row = table.TableRow()
        for words in cells:
            cell = table.TableCell(valuetype="string")
            cell.addElement(text.P(text=words))
            row.addElement(cell)
        sheet.addElement(row)
    empty = table.TableRow(numberrowsrepeated="1048000")
    empty.addElement(table.TableCell(numbercolumnsrepeated="1024"))
    sheet.addElement(empty)
    file.spreadsheet.addElement(sheet)
    found = read_open_sheets(made(file))
    assert ("Fees", "Boat: Heron | Fee: 80.50 €", None) in told(found)
    assert found.blocks[1].lines == (2, 2)


def test_slides_have_titles_texts_and_notes() -> None:
    file = OpenDocumentPresentation()
    layout = style.PageLayout(name="P")
    file.automaticstyles.addElement(layout)
    master = style.MasterPage(name="M", pagelayoutname=layout)
    file.masterstyles.addElement(master)
    for title, words in (("Harbour", "It has nine berths."), ("", "Boats pay 80.")):
        page = draw.Page(masterpagename=master)
        for kind, said in (("title", title), ("outline", words)):
            frame = draw.Frame(width="5cm", height="2cm")
            frame.setAttrNS("urn:oasis:names:tc:opendocument:xmlns:presentation:1.0", "class", kind)
            inner = draw.TextBox()
            inner.addElement(text.P(text=said))
            frame.addElement(inner)
            page.addElement(frame)
        notes = presentation.Notes()
        frame = draw.Frame(width="5cm", height="2cm")
        inner = draw.TextBox()
        inner.addElement(text.P(text="Wave here." if title else ""))
        frame.addElement(inner)
        notes.addElement(frame)
        page.addElement(notes)
        file.presentation.addElement(page)
    content = read_open_slides(made(file))
    assert content.title == "Harbour"
    assert told(content) == [
        ("Harbour", "It has nine berths.", 1),
        ("Harbour", "Notes: Wave here.", 1),
        ("Slide 2", "Boats pay 80.", 2),
    ]


def test_what_is_locked_or_another_kind_is_named() -> None:
    data = odt(lambda _, body: body.addElement(text.P(text="x")))
    with pytest.raises(DocumentError, match="another kind"):
        read_open_sheets(data)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            inner = source.read(name)
            if name == "META-INF/manifest.xml":
                inner += b"<!-- encryption-data -->"
            archive.writestr(name, inner)
    with pytest.raises(DocumentError, match="password"):
        read_open_text(target.getvalue())
    with pytest.raises(DocumentError, match="not an OpenDocument file"):
        read_open_text(b"words")

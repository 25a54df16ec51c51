"""Word files are read with headings, lists and tables; other files in their clothes are named."""

import datetime as dt
import io
import zipfile

import pytest
from docx.document import Document as WordDocument
from docx.shared import Pt

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.formats.word import read_word
from rag.documents.limits import UNPACKED_BYTES
from rag.errors import DocumentError
from tests.rag.documents.files import repacked, without_properties, word


def read(data: bytes) -> Document:
    return assemble(read_word(data), path="a.docx", digest="", limits=Limits())


def told(document: Document) -> list[tuple[str, str, tuple[int, int]]]:
    return [(p.section, document.text[p.start : p.end], p.lines) for p in document.paragraphs]


def report(file: WordDocument) -> None:
    file.add_heading("临河区2024年民生盘点", 0)
    file.add_heading("教育", 1)
    file.add_paragraph("全区新建学校3所，新增学位2700个。")
    file.add_paragraph("第一中学", style="List Bullet")
    file.add_paragraph("第二中学", style="List Bullet")
    file.add_heading("养老", 2)
    rows = [["镇", "服务站"], ["城关", "23个"], ["新华", "11个"]]
    table = file.add_table(3, 2)
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    file.add_paragraph("表格之后的段落也在。")


def test_headings_lists_and_tables_keep_their_place() -> None:
    document = read(word(report))
    assert document.title == "临河区2024年民生盘点"
    assert told(document) == [
        ("教育", "全区新建学校3所，新增学位2700个。", (3, 3)),
        ("教育", "- 第一中学\n- 第二中学", (4, 5)),
        ("教育 › 养老", "镇: 城关 | 服务站: 23个\n镇: 新华 | 服务站: 11个", (8, 9)),
        ("教育 › 养老", "表格之后的段落也在。", (10, 10)),
    ]
    assert {p.page for p in document.paragraphs} == {None}


def test_title_date_and_language_come_from_the_files_properties() -> None:
    def build(file: WordDocument) -> None:
        file.add_paragraph("Die Stadt hat eine neue Schule gebaut.")
        file.core_properties.title = "Bericht"
        file.core_properties.author = "Stadt"
        file.core_properties.created = dt.datetime(2024, 12, 20, tzinfo=dt.UTC)
        file.core_properties.language = "de-DE"

    document = read(word(build))
    assert (document.title, document.date, document.language) == ("Bericht", "2024-12-20", "de")


def test_a_librarys_template_gives_no_date() -> None:
    assert read(word(lambda file: file.add_paragraph("一句话。"))).date is None


def test_a_language_that_the_text_is_not_written_in_is_not_believed() -> None:
    def build(file: WordDocument) -> None:
        file.add_paragraph("全区新建学校3所。")
        file.core_properties.language = "en-US"

    assert read(word(build)).language == "zh"


def test_without_marked_headings_none_is_made_up_and_nothing_is_lost() -> None:
    lines = [
        "教育工作综述",
        "2024年5月1日",
        "一、学校",
        "全区新建学校3所，新增学位2700个，教师全部到岗。",
        "（记者 张三）",
    ]

    def build(file: WordDocument) -> None:
        for text in lines:
            file.add_paragraph(text)

    document = read(word(build))
    assert (document.title, document.date) == ("教育工作综述", "2024-05-01")
    assert [(section, text) for section, text, _ in told(document)] == [("", t) for t in lines]


def test_lines_that_are_bold_or_larger_are_headings_where_no_style_marks_one() -> None:
    def build(file: WordDocument) -> None:
        file.add_paragraph().add_run("Rules of the orchard").font.size = Pt(20)
        for name, text in (("Picking", "Pick by hand."), ("Storage", "Store it cool and dark.")):
            file.add_paragraph().add_run(name).bold = True
            file.add_paragraph(text)
            file.add_paragraph("Ask the warden when in doubt.")

    document = read(word(build))
    assert document.title == "Rules of the orchard"
    assert {(section, text) for section, text, _ in told(document)} >= {
        ("Picking", "Pick by hand."),
        ("Storage", "Store it cool and dark."),
    }


def test_deleted_words_are_gone_and_inserted_ones_are_there() -> None:
    def change(xml: bytes) -> bytes:
        return xml.replace(
            b"<w:p>",
            b"<w:p><w:ins><w:r><w:t>New. </w:t></w:r></w:ins>"
            b"<w:del><w:r><w:delText>Old. </w:delText><w:t>Old. </w:t></w:r></w:del>",
            1,
        )

    data = word(lambda file: file.add_paragraph("Kept."))
    assert [text for _, text, _ in told(read(repacked(data, "word/document.xml", change)))] == [
        "New. Kept."
    ]


def test_a_merged_cell_counts_for_each_of_its_rows() -> None:
    def build(file: WordDocument) -> None:
        table = file.add_table(3, 2)
        for row, cells in enumerate([["区", "学校"], ["东区", "一中"], ["", "二中"]]):
            for column, text in enumerate(cells):
                table.cell(row, column).text = text
        table.cell(1, 0).merge(table.cell(2, 0))

    assert told(read(word(build)))[0][1] == "区: 东区 | 学校: 一中\n区: 东区 | 学校: 二中"


def _archive(name: str, data: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (OLE + b"\0" * 600, r"old Office file.*save it as \.docx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password.*Save a copy"),
        (b"{\\rtf1 x}", "RTF file, not a Word file"),
        (b"words", "not a Word file"),
        (_archive("a.txt", b"x"), "ZIP archive, not a Word file"),
        (word(report)[:4000], "damaged"),
        (_archive("a", b"\0" * (UNPACKED_BYTES + 1)), "unpacks to more than"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read_word(data)


def test_properties_that_the_library_makes_up_are_no_title() -> None:
    data = word(lambda file: file.add_paragraph("全区新建学校3所，新增学位2700个。"))
    assert read(without_properties(data)).title == "a"  # the file's name


def test_a_question_is_the_heading_of_its_answer_inside_its_section() -> None:
    def build(file: WordDocument) -> None:
        file.add_heading("Orchard", 1)
        file.add_heading("Picking", 2)
        for text in ("May I climb?", "Only with a ladder.", "What does it cost?", "Two euros."):
            file.add_paragraph(text)
        file.add_heading("Storage", 2)
        file.add_paragraph("Store it cool.")

    assert [(section, text) for section, text, _ in told(read(word(build)))] == [
        ("Picking › May I climb?", "Only with a ladder."),
        ("Picking › What does it cost?", "Two euros."),
        ("Storage", "Store it cool."),
    ]

"""Lines on pages become paragraphs by where they stand."""

from dataclasses import replace

from rag.documents.cleaning.piece import Piece, Role
from rag.documents.formats.pdf.layout.line import PdfLine
from rag.documents.formats.pdf.layout.paragraphs import to_pieces

WIDE = "这一行从左边的边缘一直写到了右边的边缘为止没有停"


def line(
    text: str, row: int, *, page: int = 1, left: float = 70, width: float = 480, size: float = 12
) -> PdfLine:
    top = 800.0 - 20 * row
    return PdfLine(text, page, left, left + width, top, top - size, size)


def texts(pieces: list[Piece], role: Role = Role.BODY) -> list[str]:
    return [piece.text for piece in pieces if piece.role is role]


def test_a_full_line_goes_on_and_a_short_one_ends() -> None:
    lines = [
        line(WIDE, 1),
        line("到此。", 2, width=60),
        line(WIDE, 3),
        line("又到此。", 4, width=80),
    ]
    assert texts(to_pieces(lines, {})) == [f"{WIDE}到此。", f"{WIDE}又到此。"]


def test_an_indent_begins_a_paragraph_after_a_full_line() -> None:
    lines = [line(WIDE, 1), line(WIDE, 2, left=94, width=456), line(WIDE, 3)]
    assert texts(to_pieces(lines, {})) == [WIDE, WIDE * 2]


def test_a_gap_begins_a_paragraph() -> None:
    assert texts(to_pieces([line(WIDE, 1), line(WIDE, 2), line(WIDE, 4)], {})) == [WIDE * 2, WIDE]


def test_a_heading_in_larger_letters_may_have_several_lines_and_commas() -> None:
    long = "创业就业，城市教育，医疗养老，交通水利，各项工作"
    lines = [line(long, 1, size=18), line("都有进展", 2, size=18), line(WIDE, 4), line(WIDE, 5)]
    pieces = to_pieces(lines, {})
    assert texts(pieces, Role.HEADING) == [f"{long}都有进展"]
    assert pieces[0].level == 1
    assert texts(pieces) == [WIDE * 2]


def test_text_in_larger_letters_than_the_tables_is_no_heading() -> None:
    cells = ("车道数", "用地指标基准值")
    table = [replace(line("车道数 用地", row, size=9), cells=cells) for row in range(100)]
    text = [line(WIDE, 100 + row, size=12) for row in range(30)]
    assert texts(to_pieces([*table, *text], {}), Role.HEADING) == []


def test_letters_of_which_a_quarter_of_the_text_is_written_make_no_headings() -> None:
    small = [line(WIDE, row, size=10) for row in range(60)]
    large = [line(WIDE, 60 + row, size=14) for row in range(30)]
    assert texts(to_pieces([*small, *large], {}), Role.HEADING) == []


def test_running_heads_are_marked_whatever_their_digits_and_sentences_go_on_below() -> None:
    pages = [
        [line(f"公报{page}期", 0, page=page, width=90)]
        + [line(WIDE, row, page=page) for row in (3, 4, 5)]
        for page in (1, 2, 3)
    ]
    pieces = to_pieces([each for page in pages for each in page], {})
    assert texts(pieces, Role.PAGE_MARK) == ["公报1期", "公报2期", "公报3期"]
    assert texts(pieces) == [WIDE * 9]


def test_running_heads_of_a_chapter_on_every_other_page_are_marked() -> None:
    heads = {1: "Sluice xi", 3: "Sluice xiii", 5: "Sluice 2", 9: "Once", 14: "Again", 19: "Again"}
    lines = []
    for page in range(1, 20):
        if page in heads:
            lines.append(line(heads[page], 0, page=page, width=90))
        lines += [line(WIDE, row, page=page) for row in (3, 4, 5)]
    marks = texts(to_pieces(lines, {}), Role.PAGE_MARK)
    assert marks == ["Sluice xi", "Sluice xiii", "Sluice 2"]


def test_lines_that_every_page_ends_with_are_no_running_feet_unless_set_apart() -> None:
    lines = [line(WIDE, row, page=page) for page in (1, 2, 3, 4) for row in (1, 2, 3)]
    assert texts(to_pieces(lines, {}), Role.PAGE_MARK) == []


def test_rows_of_a_table_have_the_names_of_its_columns() -> None:
    rows = [("县区", "就业"), ("双台子", "5012人"), ("兴隆台", "8120人")]
    lines = [
        replace(line(" ".join(cells), row), cells=cells, table=1, headed=row == 1)
        for row, cells in enumerate(rows, 1)
    ]
    lines.append(line(WIDE, 4))
    pieces = to_pieces(lines, {})
    assert texts(pieces, Role.TABLE) == ["县区: 双台子 | 就业: 5012人\n县区: 兴隆台 | 就业: 8120人"]
    assert pieces[0].lines == (2, 3)


def test_the_files_outline_gives_the_levels() -> None:
    (first, _) = to_pieces([line("Method 1", 1, width=90), line(WIDE, 2)], {"method1": 3})
    assert (first.role, first.level) == (Role.HEADING, 3)


def test_no_lines_are_no_pieces() -> None:
    assert to_pieces([], {}) == []


def test_lines_that_run_to_the_left_are_full_where_they_reach_their_left_edge() -> None:
    def to_left(text: str, left: float, top: float) -> PdfLine:
        return PdfLine(text, 1, left, 500, top, top - 10, 10)

    lines = [
        to_left("הספרייה נפתחה בשנת 1987 ליד הגשר", 102, 700),
        to_left("הישן, והיא סגורה ביום שישי בקיץ, ומי", 100, 688),
        to_left("שבא נשאר.", 420, 676),
        to_left("מאה ספרים עומדים בקומה השנייה של", 101, 664),
        to_left("הבית.", 460, 652),
    ]
    assert texts(to_pieces(lines, {})) == [
        "הספרייה נפתחה בשנת 1987 ליד הגשר הישן, והיא סגורה ביום שישי בקיץ, ומי שבא נשאר.",
        "מאה ספרים עומדים בקומה השנייה של הבית.",
    ]

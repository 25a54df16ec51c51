"""Blocks become a document whose paragraphs are slices of its text."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.documents import (
    Document,
    Limits,
    ParagraphKind,
    detect_script,
    estimate_tokens,
    make_document,
)
from rag.documents.assembling import assemble, document_id
from rag.documents.block import Block, Content
from rag.documents.chunking import pack
from rag.errors import DocumentError


def by_words(text: str) -> int:
    return len(text.split())


def by_characters(text: str) -> int:
    return len(text)


def check(document: Document) -> None:
    """What holds for every document."""
    end = 0
    for ordinal, paragraph in enumerate(document.paragraphs):
        assert paragraph.ordinal == ordinal
        assert end <= paragraph.start < paragraph.end <= len(document.text)
        end = paragraph.end
        assert paragraph.sentences[0].start == paragraph.start
        assert paragraph.sentences[-1].end == paragraph.end
        at = paragraph.start
        for sentence in paragraph.sentences:
            assert at <= sentence.start < sentence.end
            assert not document.text[at : sentence.start].strip()
            words = document.text[sentence.start : sentence.end]
            assert words == words.strip()
            at = sentence.end
        assert 1 <= paragraph.lines[0] <= paragraph.lines[1]


def assembled(*blocks: Block, path: str = "a.txt", title: str | None = None) -> Document:
    return assemble(Content(blocks, title=title), path=path, digest="", limits=Limits())


def test_headings_are_text_and_sections_but_no_paragraphs() -> None:
    document = assembled(
        Block("heading", "Title", (1, 1), level=0),
        Block("heading", "Part", (2, 2), level=2),
        Block("heading", "Detail", (3, 3), level=3),
        Block("paragraph", "One. Two.", (4, 5)),
        Block("heading", "Next", (6, 6), level=2),
        Block("paragraph", "Three.", (7, 7)),
    )
    check(document)
    assert document.text == "Title\n\nPart\n\nDetail\n\nOne. Two.\n\nNext\n\nThree."
    assert [p.section for p in document.paragraphs] == ["Part › Detail", "Next"]
    assert [p.lines for p in document.paragraphs] == [(4, 5), (7, 7)]
    assert [len(p.sentences) for p in document.paragraphs] == [2, 1]


@pytest.mark.parametrize(
    ("before", "own", "section"),
    [
        ("Table 2: Fares of 2024", "", "Boats › Table 2: Fares of 2024"),
        ("表2票价", "", "Boats › 表2票价"),
        ("The fares.", "", "Boats"),
        ("Tables are set.", "", "Boats"),
        ("The fares.", "Fares", "Boats › Fares"),
        ("Boats", "Boats", "Boats"),
    ],
)
def test_every_row_has_what_its_table_is_about(before: str, own: str, section: str) -> None:
    document = assembled(
        Block("heading", "Boats", (1, 1), level=1),
        Block("paragraph", before, (2, 2)),
        Block("paragraph", "adults: 3", (3, 3), form="table", caption=own),
        Block("paragraph", "children: 1", (4, 4), form="table", caption=own),
        Block("paragraph", "Dogs are free.", (5, 5)),
    )
    sections = [p.section for p in document.paragraphs]
    assert sections == ["Boats", section, section, "Boats"]


def test_a_given_text_stays_verbatim_as_one_paragraph() -> None:
    text = "  本报讯 \u200b第一句。第二句！\n张三摄\n"
    document = make_document(text, title="T")
    check(document)
    assert document.text == text
    assert len(document.paragraphs) == 1
    assert document.paragraphs[0].lines == (1, 2)
    assert document.title == "T"


def test_a_text_of_white_space_is_no_document() -> None:
    with pytest.raises(DocumentError, match="no text"):
        make_document(" \n\u3000")


def test_a_long_paragraph_is_split_at_sentence_ends_into_even_parts() -> None:
    text = " ".join(f"Sentence number {i} is here." for i in range(30))
    document = make_document(text, limits=Limits(max_tokens=40, count_tokens=by_words))
    check(document)
    parts = [text[p.start : p.end] for p in document.paragraphs]
    assert " ".join(parts) == text
    assert all(10 <= by_words(part) <= 40 for part in parts)
    assert all(part.endswith("here.") for part in parts)


def test_a_long_sentence_is_split_at_clauses_then_spaces_then_anywhere() -> None:
    limits = Limits(max_tokens=20, count_tokens=by_characters)
    text = (
        "一二三四五六七八九十，一二三四五六七八九，" + "字" * 50 + "，word word word word word word"
    )
    document = make_document(text, limits=limits)
    check(document)
    parts = [text[p.start : p.end] for p in document.paragraphs]
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(len(part) <= 20 for part in parts)
    assert parts[0] == "一二三四五六七八九十，"
    assert all(not part.startswith("ord") for part in parts)


def test_parts_of_a_long_paragraph_know_their_own_lines() -> None:
    text = "\n".join(f"line {i}" for i in range(1, 101))
    document = make_document(text, limits=Limits(max_tokens=20, count_tokens=by_words))
    check(document)
    assert len(document.paragraphs) == 10
    assert document.paragraphs[3].lines == (31, 40)


@given(st.text("ab。. ，\n", max_size=80), st.integers(min_value=4, max_value=60))
def test_a_bound_on_tokens_changes_no_paragraph(text: str, most: int) -> None:
    counted = Limits(max_tokens=most, count_tokens=by_characters)
    bounded = replace(counted, most_tokens=lambda text: len(text) + 2)
    for form in get_args(ParagraphKind):
        block = Block("paragraph", text, (1, 1), form=form)
        assert pack(block, bounded) == pack(block, counted)


@given(st.text(max_size=300), st.integers(min_value=4, max_value=40))
def test_any_text_is_kept_whole_and_fits(text: str, most: int) -> None:
    limits = Limits(max_tokens=most, count_tokens=by_characters)
    try:
        document = make_document(text, limits=limits)
    except DocumentError:
        assert not text.strip()
        return
    check(document)
    assert document.text == text
    covered = "".join(text[s.start : s.end] for p in document.paragraphs for s in p.sentences)
    assert "".join(covered.split()) == "".join(text.split())
    for paragraph in document.paragraphs:
        assert sum(s.end - s.start for s in paragraph.sentences) <= most


def test_ids_are_short_stable_and_differ() -> None:
    assert document_id("a/b.txt") == document_id("a/b.txt")
    assert len({document_id(path) for path in ("a/b.txt", "a/c.txt", "a-b.txt")}) == 3
    assert len(document_id("文档.txt")) == 12
    assert document_id("bad\udcff.txt") != document_id("bad\udcfe.txt")


@pytest.mark.parametrize(
    ("path", "text", "title"),
    [
        ("notes/放假通知.txt", "明天放假。", "放假通知"),
        (
            "002_e2501d134e8d84d5.txt",
            "去年以来，山里的小学修好了操场，孩子们很高兴。",
            "去年以来，山里的小学修好了操场，孩子们很高兴",
        ),
        ("3.txt", "Short text", "Short text"),
        ("3.txt", "word " * 30, "word word word word word word word word…"),
    ],
)
def test_a_text_without_title_is_called_by_its_file_or_its_first_words(
    path: str, text: str, title: str
) -> None:
    assert assembled(Block("paragraph", text, (1, 1)), path=path).title == title


def test_a_stated_language_wins_and_the_script_is_still_found() -> None:
    content = Content((Block("paragraph", "這是中文。", (1, 1)),), language="yue"[:2])
    document = assemble(content, path="a.md", digest="", limits=Limits())
    assert (document.language, document.script) == ("yu", detect_script(document.text))


def test_estimates_grow_with_the_text() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("一二三四") == 3
    assert estimate_tokens("two words") == 3
    assert estimate_tokens("x" * 4000) >= 1000


@pytest.mark.parametrize("wrong", [{"max_bytes": 0}, {"max_tokens": 0}])
def test_limits_must_be_positive(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Limits(**wrong)  # type: ignore[arg-type]  # one keyword of two, both integers


def sentences(document: Document) -> list[str]:
    return [document.text[s.start : s.end] for p in document.paragraphs for s in p.sentences]


def test_a_block_of_code_is_one_sentence() -> None:
    code = "if tide > 3:\n    close('gate'); log('closed.')\n\n    wait()"
    document = assembled(Block("paragraph", code, (3, 6), form="code"))
    check(document)
    assert sentences(document) == [code]
    assert document.paragraphs[0].kind == "code"


def test_long_code_is_cut_between_lines() -> None:
    lines = [f"step {n}; then rest" for n in range(12)]
    starts = tuple((n * (len(line) + 1), n + 1) for n, line in enumerate(lines[:10]))
    block = Block("paragraph", "\n".join(lines), (1, 12), starts=starts, form="code")
    limits = Limits(max_tokens=20, count_tokens=by_words)
    document = assemble(Content((block,)), path="a.md", digest="", limits=limits)
    check(document)
    assert sentences(document) == ["\n".join(lines[first : first + 5]) for first in (0, 5, 10)]
    assert [p.lines for p in document.paragraphs][:2] == [(1, 5), (6, 10)]


def test_a_line_of_code_that_is_too_long_is_cut() -> None:
    code = "a\n" + "word " * 30 + "\nb"
    limits = Limits(max_tokens=10, count_tokens=by_words)
    block = Block("paragraph", code, (1, 3), form="code")
    document = assemble(Content((block,)), path="a.md", digest="", limits=limits)
    check(document)
    assert "".join("".join(sentences(document)).split()) == "".join(code.split())
    assert all(by_words(s) <= 10 for s in sentences(document))


def test_a_row_of_a_table_is_one_sentence_unless_it_holds_whole_texts() -> None:
    short = "Room: 3 | Note: Closed. Ask at the desk! | Since: 4 May; daily"
    long = "Room: 4 | Note: " + "It is open. " * 40
    document = assembled(Block("paragraph", f"{short}\n{long.strip()}", (1, 2), form="table"))
    check(document)
    found = sentences(document)
    assert found[:2] == [short, "Room: 4 | Note: It is open."]
    assert len(found) == 41
    assert document.paragraphs[0].kind == "table"


def test_each_paragraph_has_a_language_of_its_own() -> None:
    document = assembled(
        Block("paragraph", "图书馆每天早上九点开门，晚上六点关门，周一休息，请大家注意。", (1, 1)),
        Block("paragraph", "The library opens at nine in the morning, and closes at six.", (2, 2)),
        Block("paragraph", "2021 | 2022", (3, 3)),
        Block("paragraph", "图书馆还有很多别的书，也有报纸和杂志，欢迎大家来借阅。", (4, 4)),
    )
    assert document.language == "zh"
    assert [each.language for each in document.paragraphs] == ["zh", "en", "zh", "zh"]


def test_a_document_in_one_language_has_paragraphs_in_that_one() -> None:
    document = assembled(
        Block("paragraph", "Die Bibliothek öffnet jeden Morgen um neun Uhr.", (1, 1)),
        Block("paragraph", "Taxi, Hotel, Restaurant", (2, 2)),
        Block("paragraph", "E-Mail", (3, 3)),
    )
    assert document.language == "de"
    assert {each.language for each in document.paragraphs} == {"de"}

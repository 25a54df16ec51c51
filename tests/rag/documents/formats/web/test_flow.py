"""Words of a page run on as they are shown: figures, readings, numbers of lists, addresses."""

import pytest

from tests.rag.documents.formats.web.samples import read, texts


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<p>It cost £60<sup>4</sup> in all.</p>", "It cost £60[4] in all."),
        ("<p>In 1911<sup><a href='#n2'>2</a></sup> it burnt.</p>", "In 1911[2] it burnt."),
        ("<p>10<sup>5</sup> leaves on 9 km<sup>2</sup>.</p>", "10^5 leaves on 9 km^2."),
        ("<p>So <math><mfrac><mi>s</mi><mi>t</mi></mfrac></math>.</p>", "So s/t."),
        ("<p>CO<sub>2</sub> rises.</p>", "CO2 rises."),
        ("<p><ruby>新<rp>(</rp><rt>a</rt><rp>)</rp>宿<rt>b</rt></ruby>。</p>", "新宿(ab)。"),
        ("<p>Ask <a href='mailto:a@hill.example'>us</a>.</p>", "Ask us (a@hill.example)."),
        ("<p>A <a href='https://hill.example/f'>form</a>.</p>", "A form (https://hill.example/f)."),
        ("<p>See <a href='/rooms'>the rooms</a>.</p>", "See the rooms."),
    ],
)  # fmt: skip
def test_a_paragraph_reads_as_it_is_shown(page: str, shown: str) -> None:
    assert texts(page) == [shown]


def test_addresses_of_the_site_itself_are_not_told() -> None:
    head = "<head><link rel=canonical href='https://www.hill.example/a'></head>"
    page = f"{head}<p>See <a href='https://hill.example/b'>the rooms</a> of the inn.</p>"
    assert texts(page) == ["See the rooms of the inn."]


def test_lists_show_the_numbers_that_the_browser_gives() -> None:
    page = "<p>Do:</p><ol start=3><li>Wash<li>Dry<li value=9>Fold</ol><ol type=a><li>On<li>By</ol>"
    assert texts(page)[1].split("\n") == ["3. Wash", "4. Dry", "9. Fold", "a. On", "b. By"]


def test_code_keeps_its_lines_and_indents() -> None:
    document = read("<p>Run this first:</p><pre><code>if x:\n    go()\n</code></pre>")
    assert document.text.endswith("if x:\n    go()")
    assert document.paragraphs[-1].kind == "code"


def test_lines_of_a_cell_are_not_glued() -> None:
    page = """<p>Our hours:</p><table><tr><th>Day</th><th>Open</th></tr>
    <tr><td>Mon<br>Tue</td><td>9<sup>1</sup></td></tr></table>"""
    assert texts(page)[1] == "Day: Mon Tue | Open: 9[1]"


def test_headings_in_front_of_rows_are_keys() -> None:
    page = """<p>The inn:</p><table><tr><th>Open</th><td>9 to 5</td></tr>
    <tr><th>Keeper</th><td>Ida Lund</td></tr></table>"""
    assert texts(page)[1] == "Open: 9 to 5\nKeeper: Ida Lund"


def test_where_a_page_has_headings_none_is_made_up() -> None:
    page = """<h1>Inn</h1><h2>Rooms</h2><p>Nine rooms</p><p>All of them look to the river.</p>
    <h2>Food</h2><p>Is there supper?</p><p>Until ten.</p>"""
    document = read(page)
    assert [(p.section, document.text[p.start : p.end]) for p in document.paragraphs] == [
        ("Rooms", "Nine rooms"),
        ("Rooms", "All of them look to the river."),
        ("Food › Is there supper?", "Until ten."),
    ]

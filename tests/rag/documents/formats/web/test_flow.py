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


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("sudo dpkg -i boat.deb", "code"),
        ("  make\n  sudo make install", "code"),
        ("# stop it\nboatctl stop", "code"),
        ("Roses are red,\n  violets are blue.\nSugar is sweet", "text"),
    ],
)
def test_typed_lines_are_code_where_machines_read_them(typed: str, kind: str) -> None:
    document = read(f"<p>Have a look at this here, please:</p><pre>{typed}</pre>")
    assert document.paragraphs[-1].kind == kind


def test_code_is_indented_to_itself_alone() -> None:
    document = read("<p>Run this first:</p><pre>\n  if x:\n      go()\n  y = 1\n</pre>")
    assert document.text.endswith("\n\nif x:\n    go()\ny = 1")


def test_entries_that_can_be_linked_to_are_sections() -> None:
    page = """<ul><li><a href="#b">Boats</a><li><a href="#o">Oars</a></ul>
    <ul><li><a name="b">How to get a boat</a><p>Ask at the inn, before nine.</p>
    <li><a name="o">Oars</a></li><p>They lie in the shed behind the inn.</p></ul>"""
    document = read(page)
    assert [(p.section, document.text[p.start : p.end]) for p in document.paragraphs] == [
        ("How to get a boat", "Ask at the inn, before nine."),
        ("Oars", "They lie in the shed behind the inn."),
    ]


def test_long_entries_are_a_list_too_and_what_follows_in_one_is_text() -> None:
    long = "words that make this entry of the list longer than any short entry of a list can be "
    page = f"<p>Rules:</p><ul><li>{long}<li>Short<pre>row --now</pre>More of it.</ul>"
    document = read(page)
    assert [p.kind for p in document.paragraphs] == ["text", "list", "list", "code", "text"]


def test_terms_stand_before_what_explains_them() -> None:
    page = """<p>Options:</p><dl><dt>-q<dt>--quiet<dd>Says less than it would otherwise say, and
    nothing at all when it is given twice.<dt>--bare<dd><pre>row --bare</pre></dl>"""
    document = read(page)
    assert [(p.kind, document.text[p.start : p.end]) for p in document.paragraphs[1:]] == [
        (
            "list",
            "-q, --quiet: Says less than it would otherwise say, and nothing at all when it is "
            "given twice.",
        ),
        ("list", "--bare"),
        ("code", "row --bare"),
    ]


def test_terms_that_ask_are_headings() -> None:
    page = "<dl><dt>Is there supper?<dd>Until ten.<dt>Is it warm?<dd>At noon it is.</dl>"
    assert [p.section for p in read(page).paragraphs] == ["Is there supper?", "Is it warm?"]

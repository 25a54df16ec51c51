"""What stands around a page's text is known by what it is made of, never by a name alone."""

import pytest

from tests.rag.documents.formats.web.samples import texts

TEXT = "".join(
    f"<p>The {name} is repaired in spring, and it is painted in autumn, when it is dry.</p>"
    for name in ("bridge", "gate", "weir", "mill", "fence", "roof")
)


@pytest.mark.parametrize(
    "name",
    ["side-effects", "related", "menu", "sharing-with-others", "field--label-hidden", "comments",
     "footer-note", "banner", "ads", "meta", "newsletter"],
)  # fmt: skip
def test_a_name_alone_throws_nothing_away(name: str) -> None:
    section = f"<div class='{name}'><h2>Beds</h2><p>Each bed has two sheets.</p></div>"
    page = f"<title>Inn</title><body><h1>Inn</h1>{TEXT}{section}</body>"
    assert "Each bed has two sheets." in texts(page)


@pytest.mark.parametrize(
    "beside",
    [
        "<div class=related><p>Our mill in May</p><a href=1>The mill</a></div>",
        "<h3>More stories</h3><div><a href=1>The mill</a> turns. <a href=2>All of it</a></div>",
        "<div class=newsletter><p>Write to us each week.</p><form><input name=a></form></div>",
        "<aside><p>The mayor speaks. <a href=1>Listen to the mayor</a></p></aside>",
        "".join(
            f"<div class=c><h4><a href={n}>Story {n} of it</a></h4><p>It rained a lot.</p></div>"
            for n in range(4)
        ),
    ],
)
def test_two_signs_together_do(beside: str) -> None:
    found = texts(f"<title>Inn</title><body><h1>Inn</h1>{TEXT}{beside}</body>")
    assert len(found) == 6


def test_a_page_that_is_all_cards_is_read() -> None:
    cards = "".join(
        f"<div class=c><h3><a href={n}>Room {n}</a></h3><p>It has {n} beds, and a view.</p></div>"
        for n in range(1, 7)
    )
    assert "It has 4 beds, and a view." in texts(f"<title>Rooms</title><h1>Rooms</h1>{cards}")


def test_of_several_articles_the_one_with_the_title_is_read() -> None:
    other = f"<article><h2>The flood</h2>{TEXT.replace('spring', 'winter')}</article>"
    page = f"<title>The bridge</title><article><h1>The bridge</h1>{TEXT}</article>{other}"
    assert len(texts(page)) == 6
    assert not any("winter" in text for text in texts(page))


def test_the_lead_above_the_article_is_kept() -> None:
    head = "<div><h1>The bridge</h1><p>It is the oldest of the valley.</p></div>"
    page = f"<title>The bridge</title><div>{head}<article>{TEXT}</article></div>"
    assert texts(page)[0] == "It is the oldest of the valley."


def test_what_readers_say_below_is_not_the_pages_word() -> None:
    said = "".join(
        f"<div><b>Ada</b> <i>{n} days ago</i><p>I crossed it, and it shook, a lot.</p></div>"
        for n in range(2, 6)
    )
    page = f"<title>Inn</title><body><h1>Inn</h1>{TEXT}<div id=comments>{said}</div></body>"
    assert len(texts(page)) == 6


def test_links_inside_a_sentence_are_its_words() -> None:
    links = "The <a href=a>heron</a>, the <a href=b>teal</a>, the <a href=c>coot</a> nest here."
    named = "See the <span class='tag'><a href=d>chapel</a></span> too."
    page = f"<title>Inn</title><body><h1>Inn</h1>{TEXT}<p>{links}</p><p>{named}</p></body>"
    assert texts(page)[6:] == ["The heron, the teal, the coot nest here.", "See the chapel too."]

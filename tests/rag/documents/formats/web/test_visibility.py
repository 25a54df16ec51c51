"""What nobody sees on a page is no text; what a click shows is."""

import pytest

from tests.rag.documents.formats.web.samples import texts

SEEN = "<p>The bridge opens at nine. It closes at six. Carts wait at the gate. Dogs may cross.</p>"
HIDING = [
    "display:none",
    "visibility:hidden",
    "opacity:0",
    "font-size:0px",
    "position:absolute;left:-9999px",
    "text-indent:-9999px",
    "clip:rect(0 0 0 0);position:absolute",
    "height:0;overflow:hidden",
    "color:#fff;background-color:#fff",
    "DISPLAY : none !important",
]


@pytest.mark.parametrize("style", HIDING)
def test_what_a_style_hides_is_no_text(style: str) -> None:
    hidden = "<{} {}>It opens at noon.</{}>"
    inline = hidden.format("p", f'style="{style}"', "p")
    assert len(texts(f"<title>t</title><main>{SEEN}{inline}</main>")) == 1
    rule = f"<style>/* x */ p.gone, #x {{ {style} }}</style>"
    by_class = hidden.format("p", 'class="a gone"', "p")
    assert len(texts(f"<head>{rule}</head><main>{SEEN}{by_class}</main>")) == 1


def test_rules_for_other_media_and_the_last_word_of_a_style_count() -> None:
    rules = "<style>@media print{.a{display:none}} .b{display:none} .b{display:block}</style>"
    page = f"<head>{rules}</head><main>{SEEN}<p class=a>Bring a lamp.<p class=b>Walk.</main>"
    assert texts(page)[1:] == ["Bring a lamp.", "Walk."]


def test_a_parent_without_size_whose_children_have_one_is_seen() -> None:
    page = f'<main>{SEEN}<div style="font-size:0"><p style="font-size:16px">Pay first.</p></div>'
    assert texts(page)[1:] == ["Pay first."]


@pytest.mark.parametrize(
    "panel",
    [
        "<h3><button aria-expanded=false>May I fish?</button></h3><div {}>Only in May.</div>",
        "<a data-toggle=collapse href='#p1'>May I fish?</a><hr><div id=p1 {}>Only in May.</div>",
        "<div aria-controls=p2>May I fish?</div><p></p><div id=p2 {}>Only in May.</div>",
        "<div role=tabpanel {}>Only in May.</div>",
    ],
)
def test_what_a_click_opens_is_text(panel: str) -> None:
    assert "Only in May." in "\n".join(texts(f"<main>{SEEN}{panel.format('style=display:none')}"))


def test_what_is_struck_out_is_no_text() -> None:
    page = "<p>The toll is <del>4</del> <ins>6</ins> crowns. <s>Carts pay 9.</s> Ask inside.</p>"
    assert texts(page) == ["The toll is 6 crowns. Ask inside."]

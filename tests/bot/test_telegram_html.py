"""The fake Telegram is as strict as the real one."""

import pytest

from tests.bot.telegram_html import RefusedError, parse


@pytest.mark.parametrize(
    "html",
    [
        *("<b>a", "a</b>", "<b><i>a</b></i>", "<script>a</script>", "a < b", "<b"),
        *("<b class='x'>a</b>", '<a onclick="x">a</a>', "<blockquote><blockquote>a"),
    ],
)
def test_broken_markup_is_refused(html: str) -> None:
    with pytest.raises(RefusedError, match="can't parse entities"):
        parse(html)


def test_entities_are_counted_in_utf_16_and_the_ends_are_cut_off() -> None:
    marked = parse(' \n😀<b> &lt;x&gt; </b><a href="https://x.org/?a&amp;b">y</a> ')
    assert marked.text == "😀 <x> y"
    assert list(marked.entities) == [
        {"type": "bold", "offset": 2, "length": 5},
        {"type": "text_link", "offset": 7, "length": 1, "url": "https://x.org/?a&b"},
    ]

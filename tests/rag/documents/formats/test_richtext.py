"""Rich text is read line by line, without what is struck out or hidden."""

import pytest

from rag.documents.formats.richtext import read_rich_text
from rag.errors import DocumentError

FILE = rb"""{\rtf1\ansi\ansicpg936{\info{\title Harbour}}
The fee is {\strike 70}80 euros.\par
\uc1\u22909?\u30340? caf\'e9 is near.{\v Never seen.}\par
\trowd\cellx1\cellx2 Boat\cell Fee\cell\row
\trowd\cellx1\cellx2 Heron\cell 80\cell\row
\pard Done.\par}"""


def test_paragraphs_and_rows() -> None:
    content = read_rich_text(FILE)
    assert content.title == "Harbour"
    shown = [block.text for block in content.blocks]
    assert shown[0] == "The fee is 80 euros."
    assert shown[1].startswith("好的")
    assert "Never" not in shown[1]
    assert shown[2:] == ["Boat: Heron | Fee: 80", "Done."]


def test_what_is_no_rich_text_is_named() -> None:
    with pytest.raises(DocumentError, match="not a rich text file"):
        read_rich_text(b"words")

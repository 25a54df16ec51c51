"""A model's text is cut into sentences with their numbers, in whatever pieces it comes."""

import pytest

from rag.answering.writing.draft import CitedSentence, Draft


def sentences(text: str, size: int = 1) -> list[tuple[str, tuple[int, ...]]]:
    draft = Draft()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    found = [each for piece in pieces for each in draft.add_piece(piece)]
    return [(each.text, each.numbers) for each in [*found, *draft.end()]]


@pytest.mark.parametrize("size", [1, 3, 10, 10_000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It opens at 9 [1]. It closes at 5 [2].",
            [("It opens at 9.", (1,)), ("It closes at 5.", (2,))],
        ),
        (
            "It opens at 9. [1] It closes at 5. [2]",
            [("It opens at 9.", (1,)), ("It closes at 5.", (2,))],
        ),
        (
            "新增11331人。[1]其中402人是带头人[1][2]。",
            [("新增11331人。", (1,)), ("其中402人是带头人。", (1, 2))],
        ),
        (
            "新增11331人【1】。发放3.85亿元[1，2]。",
            [("新增11331人。", (1,)), ("发放3.85亿元。", (1, 2))],
        ),
        ("It costs 3.85 euros [1].", [("It costs 3.85 euros.", (1,))]),
        ("Nobody said this.", [("Nobody said this.", ())]),
        (
            "**Jobs:** 590 fairs [3]\n- 1,387 firms [3]\n",
            [("Jobs: 590 fairs", (3,)), ("1,387 firms", (3,))],
        ),
        (
            "<think>The first [1]. The second [2].</think>It opens at 9 [1].",
            [("It opens at 9.", (1,))],
        ),
        ("[0]", []),
        ("It says [sic] so [1].", [("It says [sic] so.", (1,))]),
        ("", []),
    ],
)
def test_sentences_come_with_the_numbers_beside_them(
    text: str, expected: list[tuple[str, tuple[int, ...]]], size: int
) -> None:
    assert sentences(text, size) == expected


def test_a_sentence_is_given_as_soon_as_the_next_begins() -> None:
    draft = Draft()
    assert list(draft.add_piece("新增11331人。")) == []
    assert list(draft.add_piece("[1")) == []
    assert list(draft.add_piece("]")) == []
    assert list(draft.add_piece("其中，")) == [CitedSentence("新增11331人。", (1,))]
    assert list(draft.add_piece("402人。")) == []
    assert list(draft.end()) == [CitedSentence("其中，402人。", ())]

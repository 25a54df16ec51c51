"""A YAML file gives what each of its keys holds, where it stands."""

import pytest

from rag.documents.formats.records.yaml_file import read_yaml
from rag.errors import DocumentError

STATION = """\
title: Clearwater Lock
date: 2026-03-02
watch:
  - post: pump
    weekend: Ingrid
  - post: gate
    weekend: Tomás
rules:
  alarm: |
    Close the return valve first.

    Then cut the power.
code: 0x1F
spares: [seal, fuse]
"""


def paragraphs(text: str) -> list[tuple[str, tuple[int, int]]]:
    return [(b.text, b.lines) for b in read_yaml(text.encode()).blocks if b.kind == "paragraph"]


def test_records_lists_and_long_texts_are_where_they_stand() -> None:
    found = read_yaml(STATION.encode())
    assert (found.title, found.date) == ("Clearwater Lock", "2026-03-02")
    assert paragraphs(STATION) == [
        ("date: 2026-03-02", (2, 2)),
        ("watch.post: pump | watch.weekend: Ingrid", (4, 7)),
        ("watch.post: gate | watch.weekend: Tomás", (4, 7)),
        ("Close the return valve first.", (9, 12)),
        ("Then cut the power.", (9, 12)),
        ("code: 0x1F", (13, 13)),
        ("spares: seal, fuse", (14, 14)),
    ]
    assert ("rules.alarm", 1) in [(b.text, b.level) for b in found.blocks if b.kind == "heading"]


def test_a_list_of_records_is_rows() -> None:
    assert paragraphs("- name: Ada\n  boat: Otter\n- name: Bo\n  boat: Heron\n- on land\n") == [
        ("name: Ada | boat: Otter", (1, 2)),
        ("name: Bo | boat: Heron", (3, 4)),
        ("on land", (5, 5)),
    ]


def test_documents_follow_each_other_and_what_is_merged_in_is_there() -> None:
    text = "base: &b\n  port: 80\n---\nserver:\n  <<: &c {port: 81}\n  host: here\n"
    assert [words for words, _ in paragraphs(text)] == [
        "base.port: 80", "server.port: 81", "server.host: here",
    ]  # fmt: skip
    several = "a: &a {x: 1, y: 1}\nb: &b {y: 2}\nc:\n  y: 3\n  <<: [*a, *b]\nd:\n  <<: [*b, *a]\n"
    assert [words for words, _ in paragraphs(several)][3:] == [
        "c.x: 1", "c.y: 3", "d.y: 2", "d.x: 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1, 2\nb: 3\n", "line 2"),
        ("a: *nowhere\n", "line 1"),
        ("a: &a [*a]\n", "nested too deeply"),
        ("a: &a\n  <<: *a\n", "nested too deeply"),
        ("[" * 5000, "nested too deeply"),
        ("only words\n", "no record"),
        (
            "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)),
            "values",
        ),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        read_yaml(text.encode())

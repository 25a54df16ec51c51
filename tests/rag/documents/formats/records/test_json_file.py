"""Each record of a JSON or JSON Lines file is a document; a bad one is named, the rest goes on."""

import json

import pytest

from rag.documents import Document, Limits, document_id
from rag.documents.assembling import assemble
from rag.documents.block import Content, Omitted
from rag.documents.formats.records import json_file as module
from rag.documents.formats.records.json_file import read_json, read_json_lines
from rag.errors import DocumentError


def documents(found: list[Content | Omitted]) -> list[Document]:
    return [
        assemble(item, path="faq.jsonl", digest="", limits=Limits())
        for item in found
        if isinstance(item, Content)
    ]


def lines(*rows: str) -> list[Content | Omitted]:
    return list(read_json_lines("\n".join(rows).encode()))


def test_each_line_is_a_document_with_what_it_says_of_itself() -> None:
    first, second = documents(
        lines(
            '{"text": "第一条。", "title": "一", "date": "2024年5月1日", "source": "报"}',
            "",
            '{"text": "Ein Satz.", "language": "de-DE", "id": "x7"}',
        )
    )
    assert (first.title, first.date, first.source, first.language) == (
        "一", "2024-05-01", "报", "zh",
    )  # fmt: skip
    assert (second.title, second.language) == ("faq x7", "de")
    assert [d.paragraphs[0].lines for d in (first, second)] == [(1, 1), (3, 3)]
    assert first.path == second.path == "faq.jsonl"


def test_ids_are_unique_and_stay_when_other_records_come_and_go() -> None:
    one = '{"text": "One.", "id": 1}'
    two = '{"text": "Two.", "id": "two"}'
    before = {d.text: d.id for d in documents(lines(one, two))}
    after = {d.text: d.id for d in documents(lines('{"text": "New.", "id": 0}', two, one))}
    assert before.items() <= after.items()
    assert len(set(after.values())) == 3
    assert before["One."] == document_id("faq.jsonl", "1") != document_id("faq.jsonl")


def test_records_of_the_same_id_are_told_apart() -> None:
    same = '{"text": "Same.", "id": "a"}'
    found = documents(lines(same, same, same, '{"text": "Same.", "id": "a#2"}'))
    assert len({d.id for d in found}) == 4


def test_bad_lines_are_named_and_the_others_go_on() -> None:
    found = lines("nonsense", '{"text": "Good."}', "[1]", '{"title": null}', '{"text": " "} {}')
    assert [d.text for d in documents(found)] == ["Good."]
    omitted = [(item.where, item.reason) for item in found if isinstance(item, Omitted)]
    assert [where for where, _ in omitted] == ["line 1", "line 3", "line 4", "line 5"]
    assert all(reason.count(".") >= 2 for _, reason in omitted)


def test_a_list_gives_its_records_with_their_lines() -> None:
    text = (
        '[\n {"text": "One.",\n  "id": "a"},\n {"text": "Two is here.\\n\\nThree words here."}\n]\n'
    )
    first, second = documents(list(read_json(text.encode())))
    assert first.paragraphs[0].lines == (2, 3)
    assert [p.lines for p in second.paragraphs] == [(4, 4), (4, 4)]


def test_one_record_is_one_document_of_the_file() -> None:
    (document,) = documents(list(read_json('{"text": "只有一条。"}'.encode())))
    assert document.id == document_id("faq.jsonl")
    assert document.title == "faq"


def test_halves_of_surrogates_and_direction_marks_do_not_come_through() -> None:
    hostile = json.dumps({"text": "Safe \ud800\u202e\u0000text.", "title": "\u202eT\udfff"})
    (document,) = documents(lines(hostile))
    assert (document.text, document.title) == ("Safe text.", "T")
    document.text.encode("utf-8")


def test_empty_and_odd_files_give_nothing_without_failing() -> None:
    assert list(read_json(b"[]")) == []
    assert documents(lines('{"text": ""}', '{"text": null}', "{}", '"text"', "1e999")) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"text": "x"', "not JSON.*line 1"),
        ('{"text": "x"}\n{"text": "y"}', r"More follows.*\.jsonl"),
        ('[{"text": "x"} {"text": "y"}]', "comma"),
        ("5", "no record.*text"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 5_000, "no record"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(text: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        list(read_json(text.encode()))


def test_too_many_records_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECORDS", 2)
    with pytest.raises(DocumentError, match=r"more than 2 records.*Split"):
        lines('{"text": "x"}', '{"text": "y"}', '{"text": "z"}')


def test_ids_without_an_id_stay_when_other_records_come_and_go() -> None:
    one, two, same = '{"text": "One."}', '{"text": "Two.", "title": "T"}', '{"text": "One."}'
    before = documents(lines(one, two, same))
    after = documents(lines('{"text": "New."}', "", two, one, same))
    assert len({d.id for d in before}) == 3
    assert {d.id for d in before} < {d.id for d in after}


def test_a_second_record_of_an_id_stays_when_other_records_come_and_go() -> None:
    first, second = '{"text": "One.", "id": "a"}', '{"text": "Two.", "id": "a"}'
    before = {d.text: d.id for d in documents(lines(first, second))}
    after = {d.text: d.id for d in documents(lines(first, '{"text": "New."}', second))}
    assert before.items() <= after.items()


def test_very_many_records_that_say_the_same_are_told_apart_soon() -> None:
    found = lines(*['{"text": "Same."}'] * 3000)
    assert len({item.key for item in found if isinstance(item, Content)}) == 3000


def texts(found: list[Content | Omitted]) -> list[str]:
    """The paragraphs of what was read."""
    return [d.text[p.start : p.end] for d in documents(found) for p in d.paragraphs]


def test_records_without_a_text_are_rows_of_one_document() -> None:
    found = list(
        read_json(
            b'[{"boat": "Alma", "seats": 40, "paid": 48.10, "ok": true},\n'
            b' {"text": "A text."},\n'
            b' {"boat": "Tern", "skipper": {"name": "Olav Berg"}, "ports": ["East", "West"]}]'
        )
    )
    assert texts(found) == [
        "A text.",
        "boat: Alma | seats: 40 | paid: 48.10 | ok: true",
        "boat: Tern | skipper.name: Olav Berg | ports: East, West",
    ]
    rows = documents(found)[1]
    assert (rows.id, rows.title) == (document_id("faq.jsonl"), "faq")
    assert [(p.lines, p.kind) for p in rows.paragraphs] == [((1, 1), "table"), ((3, 3), "table")]


def test_records_that_are_nested_are_rows_with_the_name_of_what_they_are_in() -> None:
    found = lines(
        '{"name": "Gate", "routes": [{"path": "/open", "method": "POST"}, {"path": "/log"}]}'
    )
    assert texts(found) == [
        "name: Gate",
        "Gate | routes.path: /open | routes.method: POST",
        "Gate | routes.path: /log",
    ]


def test_a_single_record_is_read_as_keys_and_values() -> None:
    found = list(
        read_json(
            b'{"title": "Rowers", "house": {"street": "Quay 3", "open": null}, "days": ["Mon"],'
            b'"boats": {"A1": {"name": "Alma"}, "B2": {"name": "Tern"}}}'
        )
    )
    assert texts(found) == [
        "title: Rowers", "house.street: Quay 3", "days: Mon",
        "boats.A1 | name: Alma", "boats.B2 | name: Tern",
    ]  # fmt: skip
    assert documents(found)[0].title == "Rowers"


def test_long_texts_of_a_record_are_paragraphs_below_its_row() -> None:
    story = "The ferry left late. " * 30
    found = lines(json.dumps({"question": "When?", "context": story, "answer": "Late.\n\nVery."}))
    (document,) = documents(found)
    assert texts(found)[0] == "question: When?"
    assert [p.section for p in document.paragraphs][1:] == ["context", "answer", "answer"]
    assert texts(found)[-2:] == ["Late.", "Very."]


def test_other_fields_of_a_record_with_a_text_are_kept() -> None:
    found = lines(
        '{"text": "It leaves at nine.", "title": "T", "author": "Olav", "tags": ["a", "b"]}'
    )
    assert texts(found) == ["It leaves at nine.", "author: Olav | tags: a, b"]

"""Documents come out of the file as they went in."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rag.documents import Document, Limits, Paragraph, Sentence, make_document
from rag.errors import StoreError
from rag.index.corpus import (
    Corpus,
    CorpusWriter,
    DocumentFacts,
    DocumentListing,
    StoredFile,
    lexical_context,
)

HOSTILE = [
    "民生😀👩‍👩‍👧 𠮷野家。",
    '\'; DROP TABLE documents; -- "quoted" `x` \\ %s ? :name',
    "nul\0inside. tab\tand\r\nnew lines\u2028too.",
    "e\u0301 ﷽ \u202eright to left\u202c",
    "x",
]


def made(path: Path, documents: list[Document]) -> Corpus:
    writer = CorpusWriter(path)
    for document in documents:
        writer.add_document(document)
    writer.close()
    return Corpus(path)


def all_in(path: Path) -> list[DocumentFacts]:
    listing = DocumentListing(path)
    try:
        return list(listing.all_documents())
    finally:
        listing.close()


def test_documents_come_back_as_they_were(tmp_path: Path) -> None:
    documents = [
        make_document(text, path=f"资料/{at}'s file.md", title=text, date="2021")
        for at, text in enumerate(HOSTILE)
    ]
    corpus = made(tmp_path / "c", documents)
    assert [corpus.document(document.id) for document in documents] == documents
    assert [facts.path for facts in all_in(tmp_path / "c")] == [d.path for d in documents]


def test_rows_run_through_the_paragraphs_of_all_documents(tmp_path: Path) -> None:
    limits = Limits(max_tokens=4, count_tokens=len)
    one = make_document("一二三。四五六。七八九。", path="a.md", limits=limits)
    listed = replace(one.paragraphs[2], kind="list", language="ja")
    one = replace(one, paragraphs=(*one.paragraphs[:2], listed))
    two = make_document("ten。", path="b.md")
    assert len(one.paragraphs) == 3
    corpus = made(tmp_path / "c", [one, two])
    stored = [corpus.paragraph(row) for row in range(4)]
    assert [s.row for s in stored] == [0, 1, 2, 3]
    assert [s.document.id for s in stored] == [one.id] * 3 + [two.id]
    assert [s.paragraph for s in stored] == [*one.paragraphs, *two.paragraphs]
    assert [s.text for s in stored] == ["一二三。", "四五六。", "七八九。", "ten。"]
    assert [facts.paragraphs for facts in all_in(tmp_path / "c")] == [3, 1]
    assert [corpus.document(one.id), corpus.document(two.id)] == [one, two]
    embedded = list(corpus.embedded_paragraphs(range(4)))
    assert [each.language for each in embedded] == ["zh", "zh", "ja", two.language]


def namesakes(*paths: str) -> list[Document]:
    """Documents of different paths and one id."""
    return [replace(make_document(f"{path} text.", path=path), id="0123456789ab") for path in paths]


def test_documents_of_one_id_are_told_apart_in_the_order_of_their_paths(tmp_path: Path) -> None:
    corpus = made(tmp_path / "c", [*namesakes("a.md", "b.md", "c.md"), make_document("other.")])
    found = {facts.path: facts.id for facts in all_in(tmp_path / "c")}
    assert [found[path] for path in ("a.md", "b.md", "c.md")] == [
        "0123456789ab",
        "0123456789ab-2",
        "0123456789ab-3",
    ]
    assert len(set(found.values())) == 4
    for path, identity in found.items():
        document = corpus.document(identity)
        assert document is not None
        assert (document.id, document.path) == (identity, path)
    corpus.close()


@pytest.mark.parametrize(
    ("before", "kept", "added_first", "expected"),
    [
        (["b.md"], [0], ["a.md"], {"a.md": "", "b.md": "-2"}),
        (["a.md", "b.md"], [1], [], {"b.md": ""}),
        (["a.md", "b.md", "c.md"], [1, 2], ["a.md"], {"a.md": "", "b.md": "-2", "c.md": "-3"}),
        (["a.md", "c.md"], [1], ["a.md", "b.md"], {"a.md": "", "b.md": "-2", "c.md": "-3"}),
    ],
)
def test_ids_of_copied_documents_are_those_of_an_index_built_anew(
    tmp_path: Path,
    before: list[str],
    kept: list[int],
    added_first: list[str],
    expected: dict[str, str],
) -> None:
    def name_file(writer: CorpusWriter, path: str) -> None:
        writer.end_file(StoredFile(path.encode(), "digest", None, 1))

    first = CorpusWriter(tmp_path / "before")
    for document in namesakes(*before):
        first.add_document(document)
        name_file(first, document.path)
    first.close()
    second = CorpusWriter(tmp_path / "after", tmp_path / "before")
    for document in namesakes(*added_first):
        second.add_document(document)
        name_file(second, document.path)
    for number in kept:
        second.copy_files(number, number)
    second.close()
    after = all_in(tmp_path / "after")
    found = {facts.path: facts.id.removeprefix("0123456789ab") for facts in after}
    assert found == expected


def test_every_field_of_a_paragraph_is_kept(tmp_path: Path) -> None:
    paragraph = Paragraph(0, 2, 9, "甲 › 乙", (3, 5), 12, (Sentence(2, 4), Sentence(5, 9)))
    document = Document(
        "0123", "a.md", "T", None, "报", "zh", "Hant", "ab一二三四五六七", (paragraph,), "d"
    )
    corpus = made(tmp_path / "c", [document])
    assert corpus.document("0123") == document
    stored = corpus.paragraph(0)
    assert stored.paragraph == paragraph
    assert stored.text == "一二三四五六七"
    assert (stored.document.source, stored.document.script) == ("报", "Hant")


def test_a_very_long_text_is_kept_whole(tmp_path: Path) -> None:
    text = "字" * 2_000_000 + "。"
    document = make_document(text, limits=Limits(max_tokens=10**8, count_tokens=len))
    corpus = made(tmp_path / "c", [document])
    found = corpus.document(document.id)
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("identity", ["", "nowhere", "' OR 1=1 --", "%", "é😀"])
def test_an_unknown_id_gives_none(tmp_path: Path, identity: str) -> None:
    corpus = made(tmp_path / "c", [make_document("text。")])
    assert corpus.document(identity) is None


def test_no_documents_is_an_empty_list(tmp_path: Path) -> None:
    made(tmp_path / "c", []).close()
    assert all_in(tmp_path / "c") == []


def test_a_missing_file_is_refused_with_the_remedy_and_not_created(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="wenda index --full"):
        Corpus(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []


def test_a_path_with_special_characters_works(tmp_path: Path) -> None:
    folder = tmp_path / "50% off? #1 索引"
    folder.mkdir()
    assert made(folder / "c", [make_document("text。")]).paragraph(0).text == "text。"
    assert len(all_in(folder / "c")) == 1


def test_many_threads_read_the_same(tmp_path: Path) -> None:
    documents = [make_document(f"text {at}。", path=f"{at}.md") for at in range(20)]
    corpus = made(tmp_path / "c", documents)
    wrong: list[int] = []

    def read() -> None:
        wrong.extend(r for r in range(20) if corpus.paragraph(r).text != documents[r].text)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_opening_writes_nothing_beside_the_file(tmp_path: Path) -> None:
    made(tmp_path / "c", [make_document("text。")]).paragraph(0)
    all_in(tmp_path / "c")
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_excerpt_is_a_slice_of_the_text(tmp_path: Path, text: str) -> None:
    document = make_document(text)
    with made(tmp_path / "documents.sqlite", [document]) as corpus:
        for start in range(len(text)):
            end = min(start + 7, len(text))
            assert corpus.excerpt(document.id, start, end) == text[start:end]
        with pytest.raises(KeyError):
            corpus.excerpt("none", 0, 1)


def test_words_are_searched_with_the_path_and_the_year() -> None:
    document = make_document("x", path="board/minutes-2019.md", title="Minutes", date="2021-03-04")
    assert lexical_context(document, "Votes") == "Minutes › Votes › board 2019 2021"
    assert lexical_context(make_document("x", path="a.md", title="A"), "") == "A"

"""Documents are listed in parts, in order, and found by their titles and paths."""

from pathlib import Path

import pytest

from rag.documents import make_document
from rag.errors import StoreError
from rag.index.corpus import CorpusWriter, DocumentListing
from rag.index.corpus import listing as module

TITLES = ("Ärzteblatt", "水库报告", "Ärzte und Ämter", "Water 100%", "ПЛАН города", "plain_notes")
DATES = ("2019-03", "2021", None, "2024-12-01", None, "2020-01-01")


def listing_of(folder: Path, count: int = len(TITLES)) -> DocumentListing:
    writer = CorpusWriter(folder / "c")
    for at in range(count):
        title = TITLES[at % len(TITLES)]
        date = DATES[at % len(DATES)]
        writer.add_document(
            make_document(f"Text {at}.", path=f"Ordner/{at:03}.md", title=title, date=date)
        )
    writer.close()
    return DocumentListing(folder / "c")


def test_parts_add_up_to_the_whole_list_in_order(tmp_path: Path) -> None:
    listing = listing_of(tmp_path, 23)
    paths, after = [], None
    while True:
        part = listing.part_after(10, after=after)
        assert part is not None
        assert part.total == 23
        paths += [each.path for each in part.documents]
        if not part.more:
            break
        after = part.documents[-1].id
    assert paths == [f"Ordner/{at:03}.md" for at in range(23)]


@pytest.mark.parametrize(
    ("position", "names", "more"), [(0, (0, 1, 2), True), (3, (3, 4, 5), True), (6, (6,), False)]
)
def test_a_part_begins_at_a_position(
    tmp_path: Path, position: int, names: tuple[int, ...], *, more: bool
) -> None:
    part = listing_of(tmp_path, 7).part_from(position, 3)
    assert [each.path for each in part.documents] == [f"Ordner/{at:03}.md" for at in names]
    assert (part.total, part.more) == (7, more)


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        ("a.md", {"en", "zh"}),
        ("old/a.md", {"zh"}),
        ("reports/old/a.md", {"zh"}),
        ("ports/old/a.md", set()),
        (".md", set()),
        ("a%", set()),
        ("none/reports/old/a.md", set()),
    ],
)
def test_languages_are_those_of_documents_with_the_end_of_a_path(
    tmp_path: Path, name: str, languages: set[str]
) -> None:
    writer = CorpusWriter(tmp_path / "c")
    texts = {"a.md": "The well is deep.", "b.md": "水井", "reports/old/a.md": "水井很深。"}
    for path, text in texts.items():
        writer.add_document(make_document(text, path=path, title=""))
    writer.close()
    assert DocumentListing(tmp_path / "c").languages_of(name) == languages


@pytest.mark.parametrize("containing", ["", "ordner"])
def test_whether_more_follow_is_known_exactly(tmp_path: Path, containing: str) -> None:
    listing = listing_of(tmp_path, 6)
    parts = [listing.part_after(limit, containing=containing) for limit in (5, 6, 7)]
    assert [(len(part.documents), part.more) for part in parts if part is not None] == [
        (5, True),
        (6, False),
        (6, False),
    ]


@pytest.mark.parametrize(
    ("containing", "titles"),
    [
        ("水库", [TITLES[1]]),
        ("ärzte", [TITLES[0], TITLES[2]]),
        ("план", [TITLES[4]]),
        ("100%", [TITLES[3]]),
        ("%", [TITLES[3]]),
        ("n_n", [TITLES[5]]),
        ("ordner/002", [TITLES[2]]),
        ("ORDNER", list(TITLES)),
        ("nowhere", []),
        ("' OR 1=1 --", []),
    ],
)
def test_title_and_path_are_searched_ignoring_case(
    tmp_path: Path, containing: str, titles: list[str]
) -> None:
    part = listing_of(tmp_path).part_after(100, containing=containing)
    assert part is not None
    assert [each.title for each in part.documents] == titles
    assert part.total == len(titles)


def test_a_filtered_list_goes_on_after_a_document(tmp_path: Path) -> None:
    listing = listing_of(tmp_path)
    first = listing.part_after(1, containing="ärzte")
    assert first is not None
    assert (first.total, first.more) == (2, True)
    second = listing.part_after(1, after=first.documents[0].id, containing="ärzte")
    assert second is not None
    assert [each.title for each in second.documents] == [TITLES[2]]
    assert (second.total, second.more) == (2, False)


def test_an_unknown_document_begins_no_part(tmp_path: Path) -> None:
    assert listing_of(tmp_path).part_after(10, after="none") is None


def test_the_dates_are_the_earliest_and_the_latest(tmp_path: Path) -> None:
    assert listing_of(tmp_path).dates == ("2019-03", "2024-12-01")


def test_without_dates_there_is_no_range(tmp_path: Path) -> None:
    writer = CorpusWriter(tmp_path / "c")
    writer.add_document(make_document("One.", path="a.md", title="A"))
    writer.close()
    assert DocumentListing(tmp_path / "c").dates is None


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="wenda index --full"):
        DocumentListing(tmp_path / "none")


@pytest.mark.parametrize("count", [0, 5, 6, 7, 12])
def test_every_document_is_listed_once_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 6)
    paths = [each.path for each in listing_of(tmp_path, count).all_documents()]
    assert paths == [f"Ordner/{at:03}.md" for at in range(count)]


@pytest.mark.parametrize(
    ("count", "spread"), [(0, ()), (2, (0, 1)), (3, (0, 1, 2)), (7, (0, 3, 6)), (9, (0, 3, 6))]
)
def test_some_documents_are_taken_from_the_whole_list(
    tmp_path: Path, count: int, spread: tuple[int, ...]
) -> None:
    paths = [each.path for each in listing_of(tmp_path, count).spread(3)]
    assert paths == [f"Ordner/{at:03}.md" for at in spread]

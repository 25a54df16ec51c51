"""A filter leaves documents by folder, name, type and date."""

from pathlib import Path

import pytest

from rag.documents import make_document
from rag.index.corpus import DocumentFilter
from rag.index.generation import Generation
from rag.index.generations import Store
from rag.indexing.indexer import Indexer
from rag.progress import silent
from tests.fakes import MEGABYTE, HashingModel, open_index

#: The paths with the dates of documents.
PATHS = {
    "Reports/2023/jobs.md": "2023-06-01",
    "Reports/2024/jobs.PDF": "2024-01-31",
    "Reports/2024/rates_5%.docx": "2024-05-01",
    "letters/Ärzte.txt": None,
    "报告/年度.md": "2022",
}


@pytest.fixture(scope="module")
def generation(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    home, model = tmp_path_factory.mktemp("home"), HashingModel()
    documents = [
        make_document("一句话。\n\n两句话。", path=path, title=Path(path).stem, date=date)
        for path, date in PATHS.items()
    ]
    indexer = Indexer(Store(home), lambda: model, silent, MEGABYTE)
    indexer.index_documents(documents, model, folder="seeds")
    return open_index(home)


@pytest.mark.parametrize(
    ("narrowed", "left"),
    [
        (DocumentFilter(), set(PATHS)),
        (DocumentFilter(folder="reports"), {p for p in PATHS if p.startswith("Reports")}),
        (DocumentFilter(folder="2024"), {p for p in PATHS if "/2024/" in p}),
        (DocumentFilter(folder="/Reports/2024/"), {p for p in PATHS if "/2024/" in p}),
        (DocumentFilter(folder="ports"), set()),
        (DocumentFilter(folder="jobs.md"), set()),
        (DocumentFilter(document="JOBS"), {"Reports/2023/jobs.md", "Reports/2024/jobs.PDF"}),
        (DocumentFilter(document="ärzte"), {"letters/Ärzte.txt"}),
        (DocumentFilter(type="pdf"), {"Reports/2024/jobs.PDF"}),
        (DocumentFilter(type=".MD"), {"Reports/2023/jobs.md", "报告/年度.md"}),
        (DocumentFilter(type="word"), {"Reports/2024/rates_5%.docx"}),
        (DocumentFilter(type="%"), set()),
        (DocumentFilter(document="5%"), {"Reports/2024/rates_5%.docx"}),
        (DocumentFilter(after="2024"), {p for p in PATHS if "/2024/" in p}),
        (DocumentFilter(before="2024"), {"Reports/2023/jobs.md", "报告/年度.md"}),
        (DocumentFilter(after="2024-01-31", before="2024-05-01"), {"Reports/2024/jobs.PDF"}),
        (DocumentFilter(folder="'; DROP TABLE documents; --"), set()),
        (DocumentFilter(folder="reports", type="md", after="2023"), {"Reports/2023/jobs.md"}),
    ],
)
def test_a_filter_leaves_what_has_all_of_it(
    generation: Generation, narrowed: DocumentFilter, left: set[str]
) -> None:
    part = generation.listing.matching(narrowed, 100)
    assert {each.path for each in part.documents} == left
    assert part.total == len(left)
    rows = generation.listing.rows_of(narrowed).tolist()
    assert rows == sorted(rows)
    paths = {generation.corpus.paragraph(row).document.path for row in rows}
    assert paths == left
    assert len(rows) == sum(each.paragraphs for each in part.documents)


def test_a_list_of_what_is_left_ends_at_its_limit(generation: Generation) -> None:
    part = generation.listing.matching(DocumentFilter(folder="reports"), 2)
    assert (len(part.documents), part.total, part.more) == (2, 3, True)


def test_folders_are_counted_with_their_dates(generation: Generation) -> None:
    folders = {each.path: each for each in generation.listing.folders}
    assert {path: each.documents for path, each in folders.items()} == {
        "Reports": 3,
        "letters": 1,
        "报告": 1,
    }
    assert (folders["Reports"].first, folders["Reports"].last) == ("2023-06-01", "2024-05-01")
    assert (folders["letters"].first, folders["letters"].last) == (None, None)


def test_the_newest_come_first_and_undated_ones_never(generation: Generation) -> None:
    assert [each.date for each in generation.listing.newest(2)] == ["2024-05-01", "2024-01-31"]
    assert len(generation.listing.newest(100)) == 4

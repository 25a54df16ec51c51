"""Lists of the documents that can be asked about, by folder and date."""

from collections.abc import Iterable

from rag.answering.listing import CorpusListing, ListedDocument, ListedFolder
from rag.index.corpus import DocumentFacts, DocumentFilter
from rag.index.generation import Generation

#: Up to this many documents are all listed, of more the newest.
_FEW = 20
_NEWEST = 5
_MOST_FOLDERS = 30


def filtered_listing(generation: Generation, narrowed: DocumentFilter) -> CorpusListing:
    """The documents that a filter leaves; without dates and folders."""
    part = generation.listing.matching(narrowed, _FEW)
    documents = sorted(part.documents, key=_by_folder_and_date)
    return CorpusListing(part.total, None, None, (), _listed(generation, documents))


def corpus_listing(generation: Generation, *, newest: bool) -> CorpusListing:
    """The documents of a generation: by folder and date, or the newest only."""
    listing, root = generation.listing, generation.manifest.folder
    count = generation.manifest.counts["documents"]
    if newest or count > _FEW:
        documents = listing.newest(_NEWEST)
    else:
        documents = sorted(listing.part_from(0, _FEW).documents, key=_by_folder_and_date)
    first, last = listing.dates or (None, None)
    folders = sorted(listing.folders, key=lambda each: -each.documents)[:_MOST_FOLDERS]
    return CorpusListing(
        documents=count,
        first=first,
        last=last,
        folders=tuple(
            ListedFolder(f"{root}/{each.path}".rstrip("/"), each.documents, each.first, each.last)
            for each in sorted(folders, key=lambda each: each.path)
        ),
        listed=_listed(generation, documents),
    )


def _listed(
    generation: Generation, documents: Iterable[DocumentFacts]
) -> tuple[ListedDocument, ...]:
    root = generation.manifest.folder
    return tuple(
        ListedDocument(
            each.id, each.title, f"{root}/{each.path}", each.date, f"/documents/{each.id}"
        )
        for each in documents
    )


def _by_folder_and_date(facts: DocumentFacts) -> tuple[str, str]:
    return facts.path.rpartition("/")[0], facts.date or "9999"

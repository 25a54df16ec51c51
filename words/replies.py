"""Replies to small talk, in the language of the reader."""

from dataclasses import replace

from rag import Answer, CorpusListing, DocumentFilter, ListedDocument, Narrowing
from words.catalogue import Words, words_for_question
from words.sections import AnswerWords


def with_reply(answer: Answer, words: Words | None = None) -> Answer:
    """The answer with its `reply` where it is to small talk or an overview, in the question's
    language unless `words` are given.
    """
    if answer.kind is None:
        return answer
    said = (words or words_for_question(answer.question)).answers
    return replace(answer, reply=_reply(answer.kind, answer.listing, said))


def _reply(kind: str, listing: CorpusListing | None, words: AnswerWords) -> str:
    if listing is None:
        return words.replies[kind]
    if kind == "news" and not listing.listed:
        kind = "undated"
    dated = words.span_day if listing.first == listing.last else words.span
    span = dated.format(first=listing.first, last=listing.last) if listing.first else ""
    return words.replies[kind].format(count=listing.documents, span=span)


def filter_text(narrowed: Narrowing | DocumentFilter, words: AnswerWords) -> str:
    """What a filter says: "folder reports · from 2024"."""
    said = ((label, getattr(narrowed, name)) for name, label in words.filters.items())
    return " · ".join(f"{label} {value}" for label, value in said if value)


def narrowing_line(answer: Answer, words: AnswerWords) -> str | None:
    """The filter that was asked within; None where there is none, or it leaves no document."""
    narrowed = answer.narrowed
    if narrowed is None or not narrowed.documents:
        return None
    said = filter_text(narrowed, words)
    return words.narrowed.format(filter=said, count=narrowed.documents)


def unsearched_line(answer: Answer, words: AnswerWords) -> str | None:
    """Which collections could not be looked through yet; None where all were."""
    if not answer.unsearched:
        return None
    return words.unsearched.format(titles=", ".join(each.title for each in answer.unsearched))


def not_found_line(answer: Answer, words: AnswerWords) -> str:
    """That there is no answer, or no document that its filter leaves."""
    if answer.narrowed is not None and not answer.narrowed.documents:
        return words.nothing_left.format(filter=filter_text(answer.narrowed, words))
    return words.not_found


def listing_lines(answer: Answer, words: AnswerWords) -> list[str]:
    """What there is to ask about, in lines of text: folders with their numbers, then documents."""
    listing = answer.listing
    if listing is None or answer.kind not in ("documents", "news"):
        return []
    lines = folder_lines(listing, words) if answer.kind == "documents" else []
    if lines and len(listing.listed) < listing.documents:
        lines.append(words.newest)
    return lines + [_document_line(each) for each in listing.listed]


def _document_line(listed: ListedDocument) -> str:
    """A document's title and date, and the sentence that says most of it below."""
    line = " · ".join(filter(None, (listed.title, listed.date)))
    return line if listed.gist is None else f"{line}\n{listed.gist.quote}"


def folder_lines(listing: CorpusListing, words: AnswerWords) -> list[str]:
    """Folders with their numbers of documents, where there is more than one."""
    if len(listing.folders) < 2:
        return []
    return [words.folder.format(path=each.path, count=each.documents) for each in listing.folders]

"""Paragraphs that fit the embedding model: long ones split where it hurts least."""

import re
from collections.abc import Iterator

from rag.documents.document import Sentence
from rag.documents.limits import Limits
from rag.documents.text.sentences import split_sentences

_CLAUSE = re.compile(r"(?<=[，、,;；:：—])")
_SPACE = re.compile(r"(?<=\s)")


def pack(text: str, limits: Limits) -> list[tuple[Sentence, ...]]:
    """The text's sentences in groups of at most `limits.max_tokens`; each group a paragraph."""
    sized = [
        (piece, limits.count_tokens(text[piece.start : piece.end]))
        for sentence in split_sentences(text)
        for piece in _fitting(text, sentence, limits)
    ]
    total = sum(size for _, size in sized)
    # Even shares: a remainder of one short sentence would be a poor paragraph.
    wanted = max(1, -(-total // limits.max_tokens))
    share = total / wanted
    groups: list[tuple[Sentence, ...]] = []
    group: list[Sentence] = []
    filled = 0
    for piece, size in sized:
        full = len(groups) + 1 < wanted and filled + size / 2 > share
        if group and (full or filled + size > limits.max_tokens):
            groups.append(tuple(group))
            group, filled = [], 0
        group.append(piece)
        filled += size
    if group:
        groups.append(tuple(group))
    return groups


def _fitting(text: str, sentence: Sentence, limits: Limits) -> Iterator[Sentence]:
    if limits.count_tokens(text[sentence.start : sentence.end]) <= limits.max_tokens:
        yield sentence
        return
    start = end = sentence.start
    filled = 0
    for piece_end in _pieces(text, sentence, limits):
        # A text has no more tokens than its pieces have; counting the whole again and again would
        # take for ever on a text without any marks.
        size = limits.count_tokens(text[end:piece_end])
        if end > start and filled + size > limits.max_tokens:
            yield from _bare(text, start, end)
            start, filled = end, 0
        end = piece_end
        filled += size
    yield from _bare(text, start, sentence.end)


def _pieces(text: str, sentence: Sentence, limits: Limits) -> Iterator[int]:
    """Ends of pieces that fit: clauses; words where a clause is too long; else any characters."""
    start = sentence.start
    for clause in _ends(_CLAUSE, text, start, sentence.end):
        if limits.count_tokens(text[start:clause]) <= limits.max_tokens:
            yield clause
        else:
            for word in _ends(_SPACE, text, start, clause):
                yield from _hard(text, start, word, limits)
                start = word
        start = clause


def _ends(pattern: re.Pattern[str], text: str, start: int, end: int) -> list[int]:
    inner = (match.end() for match in pattern.finditer(text, start + 1, end))
    return [*(cut for cut in inner if start < cut < end), end]


def _hard(text: str, start: int, end: int, limits: Limits) -> Iterator[int]:
    size = limits.max_tokens * 2
    while start < end:
        size = min(end - start, size * 2)
        while size > 1 and limits.count_tokens(text[start : start + size]) > limits.max_tokens:
            size //= 2
        start += size
        yield start


def _bare(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    bare = piece.strip()
    if bare:
        left = start + len(piece) - len(piece.lstrip())
        yield Sentence(left, left + len(bare))

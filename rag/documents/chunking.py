"""Chunking: long paragraphs are split to fit the embedding model, at sentences where possible."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rag.documents.block import Block
from rag.documents.document import Sentence
from rag.documents.limits import Limits
from rag.documents.text.sentences import split_sentences

_CLAUSE = re.compile(r"(?<=[，、,;；:：—])")
_SPACE = re.compile(r"(?<=\s)")
_LINE = re.compile(r"(?<=\n)")
#: A table row of at most this many characters is one sentence; a longer one is split like text.
_ROW = 400


def pack(block: Block, limits: Limits) -> list[tuple[Sentence, ...]]:
    """The sentences of a block in groups of at most `limits.max_tokens`; each group a paragraph.

    Code stays whole, or is cut between lines where it is too long for a paragraph.
    """
    text = block.text
    if block.form == "code":
        return [(piece,) for piece in _whole_lines(text, limits)]
    sentences = list(_rows(text) if block.form == "table" else split_sentences(text))
    if block.unbroken:
        sentences = list(_joined(sentences, block.unbroken))
    if _surely_fit(text, sentences, limits):
        return [tuple(sentences)] if sentences else []
    sized = [each for sentence in sentences for each in _fitting(text, sentence, limits)]
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


def _surely_fit(text: str, pieces: Sequence[Sentence], limits: Limits) -> bool:
    """Whether pieces are sure to fit a paragraph together, without counting their tokens."""
    if limits.most_tokens is None:
        return False
    most = sum(limits.most_tokens(text[piece.start : piece.end]) for piece in pieces)
    return most <= limits.max_tokens


def _joined(
    sentences: Iterable[Sentence], unbroken: Sequence[tuple[int, int]]
) -> Iterator[Sentence]:
    """Merges sentences so that none ends inside an unbroken span."""
    at = 0
    start: int | None = None
    for sentence in sentences:
        start = sentence.start if start is None else start
        while at < len(unbroken) and unbroken[at][1] <= sentence.end:
            at += 1
        if at < len(unbroken) and unbroken[at][0] < sentence.end:
            continue
        yield Sentence(start, sentence.end)
        start = None


def _rows(text: str) -> Iterator[Sentence]:
    """Each row of a table as one sentence; the sentences of a row that is longer than `_ROW`."""
    start = 0
    for end in _ends(_LINE, text, 0, len(text)):
        for row in _bare(text, start, end):
            if row.end - row.start <= _ROW:
                yield row
            else:
                for sentence in split_sentences(text[row.start : row.end]):
                    yield Sentence(row.start + sentence.start, row.start + sentence.end)
        start = end


def _whole_lines(text: str, limits: Limits) -> Iterator[Sentence]:
    """As many lines at a time as fit; a line that does not is cut."""
    whole = list(_bare(text, 0, len(text)))
    if _surely_fit(text, whole, limits):
        yield from whole
        return
    start = end = filled = 0
    for line_end in _ends(_LINE, text, 0, len(text)):
        size = limits.count_tokens(text[end:line_end])
        if filled and filled + size > limits.max_tokens:
            yield from _bare(text, start, end)
            start, filled = end, 0
        if size > limits.max_tokens:
            for line in _bare(text, end, line_end):
                yield from (piece for piece, _size in _fitting(text, line, limits))
            start, filled = line_end, 0
        else:
            filled += size
        end = line_end
    yield from _bare(text, start, end)


def _fitting(text: str, sentence: Sentence, limits: Limits) -> Iterator[tuple[Sentence, int]]:
    """A sentence, or the pieces that it has to be cut into, each with its number of tokens."""
    whole = limits.count_tokens(text[sentence.start : sentence.end])
    if whole <= limits.max_tokens:
        yield sentence, whole
        return
    start = end = sentence.start
    filled = 0
    for piece_end in _pieces(text, sentence, limits):
        # A text has no more tokens than its pieces have; counting the whole again and again would
        # take for ever on a text without any marks.
        size = limits.count_tokens(text[end:piece_end])
        if end > start and filled + size > limits.max_tokens:
            yield from _counted(text, _bare(text, start, end), limits)
            start, filled = end, 0
        end = piece_end
        filled += size
    yield from _counted(text, _bare(text, start, sentence.end), limits)


def _counted(
    text: str, pieces: Iterable[Sentence], limits: Limits
) -> Iterator[tuple[Sentence, int]]:
    for piece in pieces:
        yield piece, limits.count_tokens(text[piece.start : piece.end])


def _pieces(text: str, sentence: Sentence, limits: Limits) -> Iterator[int]:
    """Where the pieces of a sentence that does not fit end: at clauses, at words where a clause is
    too long, else after any character.
    """
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

"""Reads JSON and JSON Lines, by Python's own json.

Each record with a text is a document; the others are the rows of one.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from rag.documents.block import Block, Content, Omitted
from rag.documents.cleaning import clean
from rag.documents.formats.markup.frontmatter import FrontMatter, stated
from rag.documents.formats.records.rows import object_blocks, record_blocks, rest_blocks
from rag.documents.limits import RECORDS
from rag.documents.text.characters import tidy
from rag.documents.text.decoding import decode
from rag.documents.text.languages import fitting_language
from rag.errors import DocumentError

_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_EXAMPLE = '{"text": "…", "title": "…", "date": "2024-05-01"}'
#: Fields of a record with a text that say something of the document.
_KNOWN = frozenset({"text", "title", "date", "source", "lang", "language", "id"})
#: Control characters inside strings are forbidden but usual; the cleaning takes them out. Numbers
#: stay as they are written.
_DECODER = json.JSONDecoder(strict=False, parse_float=str, parse_int=str, parse_constant=str)


def read_json_lines(data: bytes) -> Iterator[Content | Omitted]:
    """A document for each line that is a JSON object with a `text`; one for all others.

    `title`, `date`, `source`, `language` and `id` may be there. Raises DocumentError when it is
    not text or has too many lines.
    """
    keys = _Keys()
    rows = list[Block]()
    # Only line feeds end a record; JSON text may hold other line separators.
    for number, line in enumerate(decode(data).split("\n"), 1):
        if line.strip():
            found = _read(line, number, keys)
            if isinstance(found, list):
                rows += found
            else:
                yield found
    yield from _table(rows)


def read_json(data: bytes) -> Iterator[Content | Omitted]:
    """As `read_json_lines`, where the whole file is one record or a list of records.

    Raises DocumentError when it is not JSON, or neither a record nor a list.
    """
    text = decode(data)
    start = _skip(text, 0)
    if text[start : start + 1] != "[":
        value, end = _decoded(text, start)
        if _skip(text, end) < len(text):
            line = _line(text, end)
            raise DocumentError(
                f"More follows after its record (line {line}). Put the records in a list, or one "
                "a line in a file ending in .jsonl."
            )
        if not isinstance(value, dict):
            raise DocumentError(f"It is no record. Write it as {_EXAMPLE}, or a list of such.")
        yield _single(value, (1, _line(text, end)))
        return
    yield from _list(text, start + 1)


def _single(value: dict[str, object], lines: tuple[int, int]) -> Content:
    if _has_text(value):
        return _content(value, lines, None)
    said = stated(value)
    blocks = tuple(object_blocks(value, lines))
    return Content(blocks, title=said.title, date=said.date, source=said.source)


def _table(rows: list[Block]) -> Iterator[Content]:
    if rows:
        yield Content(tuple(rows))


def _list(text: str, at: int) -> Iterator[Content | Omitted]:
    keys = _Keys()
    rows = list[Block]()
    line = 1
    position = 0
    at = _skip(text, at)
    while text[at : at + 1] != "]":
        value, end = _decoded(text, at)
        line += _breaks(text, position, at)
        last = line + _breaks(text, at, end)
        found = _record(value, (line, last), keys.key_of(value))
        if isinstance(found, list):
            rows += found
        else:
            yield found
        line, position = last, end
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            raise DocumentError(
                f"It is not JSON: after line {last} a comma or a bracket is missing. Mend it."
            )
    yield from _table(rows)


def _read(line: str, number: int, keys: "_Keys") -> Content | Omitted | list[Block]:
    try:
        value, end = _decoded(line, _skip(line, 0))
    except DocumentError:
        return _omitted(number, "It is not JSON. Write one record a line.")
    if line[end:].strip():
        return _omitted(number, "More follows after the record. Write one record a line.")
    return _record(value, (number, number), keys.key_of(value))


def _decoded(text: str, at: int) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"It is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. Mend it."
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise DocumentError(f"It is not JSON that can be read ({error}). Mend it.") from error
    except RecursionError as error:
        raise DocumentError("It is nested too deeply. Write flat records.") from error


def _record(value: object, lines: tuple[int, int], key: str) -> Content | Omitted | list[Block]:
    """A document, or the rows of a record that has no text."""
    if not isinstance(value, dict):
        return _omitted(lines[0], f"It is no record. Write it as {_EXAMPLE}.")
    if _has_text(value):
        return _content(value, lines, key)
    rows = list(record_blocks(value, lines))
    return rows or _omitted(lines[0], f"It is empty. Give it a field like {_EXAMPLE}.")


def _omitted(line: int, reason: str) -> Omitted:
    return Omitted(f"line {line}", reason, "record", str(line))


def _has_text(value: dict[str, object]) -> bool:
    text = value.get("text")
    return isinstance(text, str) and bool(tidy(text))


def _content(value: dict[str, object], lines: tuple[int, int], key: str | None) -> Content:
    text = str(value["text"])
    said: FrontMatter = stated(value)
    content = clean(text)
    return replace(
        content,
        blocks=(
            *(_placed(block, lines) for block in content.blocks),
            *rest_blocks(value, _KNOWN, lines),
        ),
        title=said.title or content.title,
        date=said.date or content.date,
        source=said.source or content.source,
        language=fitting_language(said.language, text),
        dropped=tuple(replace(piece, lines=lines) for piece in content.dropped),
        key=key,
    )


def _placed(block: Block, lines: tuple[int, int]) -> Block:
    return replace(block, lines=lines, starts=())


class _Keys:
    """Names of records, no two the same, whatever comes before them: their `id`, else a digest.

    The digest is of what they say; it also tells records of the same `id` apart, but the first.
    """

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._times: Counter[str] = Counter()
        self._count = 0

    def key_of(self, value: object) -> str:
        """Raises DocumentError when there are too many records."""
        self._count += 1
        if self._count > RECORDS:
            raise DocumentError(
                f"It has more than {RECORDS:,} records. Split it into smaller files."
            )
        given = value.get("id") if isinstance(value, dict) else None
        key = tidy(str(given))[:200] if isinstance(given, str | int) else ""
        if not key or key in self._given:
            key = f"{key}#{_digest(value)}"
        name, times = key, self._times[key]
        while name in self._given:
            times += 1
            name = f"{key}#{times + 1}"
        self._times[key] = times
        self._given.add(name)
        return name


def _digest(value: object) -> str:
    said = [value.get("title"), value.get("text")] if isinstance(value, dict) else []
    words = [word if isinstance(word, str) else "" for word in said]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:12]


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _line(text: str, at: int) -> int:
    return 1 + _breaks(text, 0, at)


def _breaks(text: str, start: int, end: int) -> int:
    return sum(1 for _ in _LINE_END.finditer(text, start, end))

"""Records without a text of their own as rows of a table; nested names are paths: `a.b: value`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rag.documents.block import Block
from rag.documents.cleaning import clean
from rag.documents.formats.tables.rows import row_text
from rag.documents.text.characters import one_line

#: Characters of a value that stands in a row; a longer one is paragraphs below it.
_LONG = 400
#: What says which record a row that is nested in it belongs to.
_LABELS = ("title", "name", "label", "id", "key", "名称", "姓名", "标题", "编号")
_BREAK = re.compile(r"\n\s*\n")

Lines = tuple[int, int]


@dataclass(slots=True)
class _Fields:
    """What a record holds: short values by their paths, rows inside it, and long texts."""

    names: list[str]
    values: list[str]
    rows: list[str]
    texts: list[tuple[str, str]]


def record_blocks(record: Mapping[str, object], lines: Lines) -> Iterator[Block]:
    """One of many records as a row, with the rows that are nested in it and its long texts."""
    fields = _fields(record)
    if fields.values:
        yield _row(row_text(fields.names, fields.values), lines)
    label = next((str(record[n]) for n in _LABELS if isinstance(record.get(n), str)), "")
    label = one_line(label)[:_LONG]
    for row in fields.rows:
        yield _row(f"{label} | {row}" if label else row, lines)
    yield from _texts(fields, lines)


def object_blocks(record: Mapping[str, object], lines: Lines) -> Iterator[Block]:
    """A single record as keys and values, each of which can be quoted alone."""
    fields = _fields(record)
    for name, value in zip(fields.names, fields.values, strict=True):
        yield _row(row_text([name], [value]), lines)
    for row in fields.rows:
        yield _row(row, lines)
    yield from _texts(fields, lines)


def rest_blocks(record: Mapping[str, object], known: frozenset[str], lines: Lines) -> list[Block]:
    """The fields of a record that are not known ones."""
    rest = {name: value for name, value in record.items() if name.strip().lower() not in known}
    return list(record_blocks(rest, lines))


def _row(text: str, lines: Lines) -> Block:
    return Block("paragraph", text, lines, form="table")


def _texts(fields: _Fields, lines: Lines) -> Iterator[Block]:
    for path, text in fields.texts:
        yield Block("heading", path, lines, level=1)
        for block in clean(text).blocks:
            yield Block("paragraph", block.text, lines, form=block.form)


def _fields(record: Mapping[str, object]) -> _Fields:
    fields = _Fields([], [], [], [])
    _collect(record, "", fields)
    return fields


def _collect(record: Mapping[str, object], path: str, fields: _Fields) -> None:
    for key, value in record.items():
        name = one_line(f"{path}.{key}" if path else str(key))
        if isinstance(value, Mapping):
            if _is_of_records(value):
                fields.rows += [f"{name}.{row}" for row in _rows_of(value)]
            else:
                _collect(value, name, fields)
        elif isinstance(value, list):
            _collect_list(value, name, fields)
        else:
            _put(name, _words(value), fields)


def _collect_list(items: list[object], path: str, fields: _Fields) -> None:
    words = [_words(item) for item in items if not isinstance(item, Mapping | list)]
    _put(path, ", ".join(filter(None, map(one_line, words))), fields)
    for item in items:
        if isinstance(item, Mapping):
            inner = _Fields([], [], [], [])
            _collect(item, path, inner)
            if inner.values:
                fields.rows.append(row_text(inner.names, inner.values))
            fields.rows += inner.rows
            fields.texts += inner.texts
        elif isinstance(item, list):
            _collect_list(item, path, fields)


def _put(name: str, words: str, fields: _Fields) -> None:
    shown = one_line(words)
    if len(shown) > _LONG or (shown and _BREAK.search(words.strip())):
        fields.texts.append((name, words))
    elif shown:
        fields.names.append(name)
        fields.values.append(shown)


def _is_of_records(value: Mapping[str, object]) -> bool:
    """Whether an object holds records of one kind by their keys."""
    inner = list(value.values())
    return (
        len(inner) > 1
        and all(isinstance(item, Mapping) and item for item in inner)
        and all(
            not isinstance(v, Mapping | list)
            for i in inner
            if isinstance(i, Mapping)
            for v in i.values()
        )
    )


def _rows_of(value: Mapping[str, object]) -> Iterator[str]:
    for key, item in value.items():
        if isinstance(item, Mapping):
            names = [one_line(str(name)) for name in item]
            row = row_text(names, [one_line(_words(v)) for v in item.values()])
            yield f"{one_line(str(key))} | {row}" if row else one_line(str(key))


def _words(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)

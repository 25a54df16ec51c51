"""The shape of a table, from its cells: header rows above, or names in the first column."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.documents.formats.tables.cell_types import (
    VALUES,
    cell_type,
    has_number,
    most_frequent_type,
)
from rag.documents.text.characters import width

Rows = Sequence[Sequence[str]]

#: Rows that are looked at.
_SAMPLE = 60
#: Columns on a screen: of a column's name, of what stands before the value it names, of a unit.
_NAME, _KEY, _UNIT = 60, 40, 12
_KEY_ENDS = ":："
_SENTENCE_ENDS = ("。", "！", "？", "!", "?")
_WORDS = """
name names id key item term word field setting option parameter variable value values type
description meaning definition question answer date year role title code category number notes
note price status column property attribute element symbol abbreviation city country
名称 姓名 名字 项目 問題 问题 答案 回答 说明 說明 数值 值 字段 参数 类型 日期 编号 备注 含义 定义
术语 職位 职位 部门 地址 电话 名前 項目 値 説明 이름 항목 값 설명
bezeichnung wert beschreibung nom valeur nombre valor название значение описание имя
"""
#: What the first of two columns, or the second, is called where nothing else tells.
_USUAL = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a table is read: the first `header` rows only give the columns their `names`.

    A name is empty where a column has none. In a `keyed` table the first cell of each row names
    what stands beside it.
    """

    names: tuple[str, ...] = ()
    header: int = 0
    keyed: bool = False


def shape_of(rows: Rows, *, marked: bool = False) -> TableShape:
    """The shape of a table whose cells are tidied.

    `marked` says that its format marks the first row as the header whatever it holds, as Markdown
    does; only cells that can be no names speak against that.
    """
    sample = [list(row) for row in rows[:_SAMPLE]]
    columns = max(map(len, sample), default=0)
    for row in sample:
        row += [""] * (columns - len(row))
    if len(sample) < 2 or columns < 2:
        return TableShape(keyed=columns > 1 and _ends_as_key(sample))
    if not marked and _ends_as_key(sample):
        return TableShape(keyed=True)
    if _has_header(sample, marked=marked):
        return _headed(sample)
    return TableShape(header=not any(sample[0]), keyed=_has_keys(sample))


def joined_name(above: str, below: str) -> str:
    """One name of the two that a column has in two header rows: the nearer one first."""
    if not above or not below or above == below:
        return above or below
    return f"{below}, {above}"


def _headed(sample: list[list[str]]) -> TableShape:
    first, second, body = sample[0], sample[1], sample[2:]
    if body and _names_parts(first, second, body):
        return TableShape(_spread(first, second), header=2)
    if body and _names_units(first, second, body):
        units = (f"{name} ({unit.strip('()[]')})" if unit else name
                 for name, unit in zip(first, second, strict=True))  # fmt: skip
        return TableShape(tuple(units), header=2)
    return TableShape(tuple(first), header=1)


def is_header(cells: Sequence[str]) -> bool:
    """Whether the cells alone can be names of columns: most there, all different, few values."""
    names = [cell for cell in cells if cell]
    if len(names) * 2 <= len(cells) or len(set(names)) < len(names):
        return False
    if not any(map(str.isalpha, "".join(names))) or not _are_names(names):
        return False
    return sum(cell_type(name) in VALUES for name in names) * 2 < len(names)


def _has_header(sample: list[list[str]], *, marked: bool) -> bool:
    first = sample[0]
    body = [row for row in sample[1:] if row != first] or sample[1:]
    names = [cell for cell in first if cell]
    if not names:
        return False
    evidence = sum(
        _evidence(first[at], [row[at] for row in body]) for at in range(len(first)) if first[at]
    )
    if marked:
        return evidence > -2
    if not is_header(first) and not _names_parts(first, body[0], body[1:]):
        # Questions of a form, or names given twice, are names where the columns hold values.
        return evidence > 1 and len(names) * 2 > len(first)
    if evidence:
        return evidence > 0
    if len(first) > 2 or any(name.lower().rstrip(_KEY_ENDS) in _USUAL for name in names):
        return True
    # Of two columns of words, values of several types are what keys have.
    return len({cell_type(row[1]) in VALUES or has_number(row[1]) for row in body}) == 1


def _are_names(cells: Sequence[str]) -> bool:
    return not any(
        width(cell) > _NAME or cell.endswith(_SENTENCE_ENDS) or cell_type(cell) == "contact"
        for cell in cells
    )


def _evidence(name: str, cells: Sequence[str]) -> int:
    """How much a column speaks for (above zero) or against its first cell being its name."""
    said = [cell for cell in cells if cell]
    kind, usual = cell_type(name), most_frequent_type(said)
    if kind in VALUES:
        return 0 if usual == "missing" else -2 if usual in {kind, "text"} else -1
    if name in said:
        return -2
    if usual in VALUES or (usual == "year" and kind == "text"):
        return 2 if kind in {"text", "year"} else 0
    if has_number(name):
        return -2 if any(map(has_number, said)) else 0
    lengths = sorted(map(width, said))
    longer = bool(lengths) and lengths[len(lengths) // 2] > max(24, 2 * width(name))
    return 1 if longer else 0


def _names_parts(first: Sequence[str], second: Sequence[str], body: Rows) -> bool:
    """Whether the second row names the parts of what the first row names together."""
    filled = [at for at, cell in enumerate(first) if cell]
    gaps = [at for at in range(1, len(first)) if not first[at] and second[at]]
    if not filled or not gaps or any(cell_type(cell) in VALUES for cell in second):
        return False
    if any(not any(second[at - back] for back in (0, 1)) for at in gaps):
        return False
    parts = [cell for cell in second if cell]
    if not second[0] or len(set(parts)) < len(parts):
        return True
    columns = ([row[at] for row in body] for at in gaps)
    return any(most_frequent_type(cells) in VALUES for cells in columns)


def _names_units(first: Sequence[str], second: Sequence[str], body: Rows) -> bool:
    """Whether the second row gives the units of the columns that hold numbers."""
    numbers = [
        at for at in range(len(first)) if most_frequent_type([row[at] for row in body]) == "number"
    ]
    units = [second[at] for at in numbers if second[at]]
    others = [cell for at, cell in enumerate(second) if at not in numbers]
    return (
        len(units) * 2 > len(numbers) > 0
        and all(_is_unit(unit) for unit in units)
        and all(cell_type(cell) == "missing" for cell in others)
        and all(first[at] for at in numbers)
    )


def _is_unit(text: str) -> bool:
    return width(text) <= _UNIT and cell_type(text) == "text" and not has_number(text)


def _spread(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    names, above = [], ""
    for cell, part in zip(first, second, strict=True):
        above = cell or (above if part else "")
        names.append(joined_name(above, part))
    return tuple(names)


def _has_keys(sample: list[list[str]]) -> bool:
    """Whether the first column names what stands beside it."""
    rows = [row for row in sample if any(row[1:])]
    keys = [row[0] for row in rows]
    if len(rows) < 2 or not all(keys) or len(set(keys)) < len(keys):
        return _ends_as_key(sample)
    return all(
        width(key) <= _KEY and not key.endswith(_SENTENCE_ENDS) and cell_type(key) not in VALUES
        for key in keys
    )


def _ends_as_key(sample: list[list[str]]) -> bool:
    keys = [row[0] for row in sample if row[0]]
    return bool(keys) and all(key.endswith(tuple(_KEY_ENDS)) for key in keys)


def titles_above(rows: Rows) -> int:
    """How many of the first rows are titles and notes above the table, which has more columns than
    they.
    """
    widths = Counter(len(row) for row in rows[:_SAMPLE])
    columns = max(widths, key=lambda cells: (widths[cells], cells), default=0)
    for number, row in enumerate(rows[:_SAMPLE] if columns > 1 else ()):
        filled = [cell for cell in row if cell]
        few = len(filled) * 2 <= columns and all(row[: len(filled)])
        if not few or (
            len(filled) > 1 and len(row) == columns and not filled[0].endswith(tuple(_KEY_ENDS))
        ):
            return number
    return 0

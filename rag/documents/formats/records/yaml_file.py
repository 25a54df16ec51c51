"""Reads YAML, by PyYAML: what each key at the top holds, or the records of a list as rows."""

from collections.abc import Iterator

import yaml

from rag.documents.block import Block, Content
from rag.documents.formats.markup.frontmatter import FrontMatter, stated
from rag.documents.formats.records.rows import object_blocks, record_blocks
from rag.documents.formats.structure.titles import titled
from rag.documents.limits import RECORDS
from rag.documents.text.decoding import decode
from rag.errors import DocumentError

#: Keys whose values say what the file is, in place of being text of it.
_SAID = frozenset({"title", "lang", "language"})
_MERGED = "<<"


def read_yaml(data: bytes) -> Content:
    """Headings and rows of a YAML file; its documents, where it has several, follow each other.

    Every value is as it is written: `0x1F` and `12:30` are no numbers to a reader. Raises
    DocumentError when it is not YAML, is nested too deeply or says too much by aliases.
    """
    front, blocks = FrontMatter(), list[Block]()
    values = _Values()
    try:
        for node in yaml.compose_all(decode(data), Loader=yaml.BaseLoader):
            if isinstance(node, yaml.MappingNode) and not blocks:
                front = stated({k: v.value for k, v in _fields(node).items() if _is_word(v)})
            blocks += _blocks(node, values, front)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DocumentError(f"It is not YAML: {error.problem} at line {line}. Mend it.") from error
    except yaml.YAMLError as error:
        raise DocumentError(f"It is not YAML ({error}). Mend it.") from error
    except RecursionError as error:
        raise DocumentError("It is nested too deeply. Write flat records.") from error
    title, shown = titled(front.title, blocks)
    return Content(
        shown, title=title, date=front.date, source=front.source, language=front.language
    )


def _blocks(node: yaml.Node, values: "_Values", front: FrontMatter) -> Iterator[Block]:
    """The blocks of one document in the file."""
    if isinstance(node, yaml.MappingNode):
        for key, value in _fields(node).items():
            if not (key.strip().lower() in _SAID and value.value in (front.title, front.language)):
                yield from object_blocks({key: values.of(value)}, _lines(value))
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            held = values.of(item)
            if isinstance(held, dict):
                yield from record_blocks(held, _lines(item))
            elif isinstance(held, str) and held.strip():
                yield Block("paragraph", held.strip(), _lines(item))
    else:
        raise DocumentError("It holds no record. Write it as `name: value`, or a list of such.")


def _fields(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    """Keys and values; those of mappings that are merged in (`<<`) where it has none of its own."""
    own, merged = dict[str, yaml.Node](), dict[str, yaml.Node]()
    for key, value in node.value:
        if key.value == _MERGED:
            many = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for each in (each for each in many if isinstance(each, yaml.MappingNode)):
                merged |= {k: v for k, v in _fields(each).items() if k not in merged}
        elif isinstance(key, yaml.ScalarNode):
            own[key.value] = value
    return merged | own


def _is_word(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _lines(node: yaml.Node) -> tuple[int, int]:
    first, end = node.start_mark, node.end_mark
    # The mark of a block's end stands at the beginning of what follows.
    last = end.line if end.column == 0 and end.line > first.line else end.line + 1
    return first.line + 1, last


class _Values:
    """Makes strings, lists and mappings of nodes, up to a limit: an alias repeats what it
    names, and aliases of aliases multiply it.
    """

    def __init__(self) -> None:
        self._made = 0

    def of(self, node: yaml.Node) -> object:
        """Raises DocumentError when there are too many."""
        self._made += 1
        if self._made > RECORDS:
            raise DocumentError(f"It holds more than {RECORDS:,} values. Split it.")
        if isinstance(node, yaml.MappingNode):
            return {key: self.of(value) for key, value in _fields(node).items()}
        if isinstance(node, yaml.SequenceNode):
            return [self.of(item) for item in node.value]
        return "" if node.value in ("~", "null") else node.value

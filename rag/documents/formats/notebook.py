"""Reads Jupyter notebooks (nbformat 4): notes, code, and what the code printed, cell by cell."""

import json
from collections.abc import Iterator
from dataclasses import replace

from rag.documents.block import Block, Content, Omitted
from rag.documents.document import ParagraphKind
from rag.documents.formats.markup.markdown import read_markdown
from rag.documents.formats.structure.titles import titled
from rag.documents.text.characters import tidy_code
from rag.documents.text.decoding import decode
from rag.errors import DocumentError

_NOT_A_NOTEBOOK = "It is not a Jupyter notebook of version 4. Save it again with a recent Jupyter."


def read_notebook(data: bytes) -> Iterator[Content | Omitted]:
    """A notebook's document, whose lines count cells from 1; then the pictures that it leaves out.

    Raises DocumentError when it is not a notebook.
    """
    try:
        notebook = json.loads(decode(data))
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{_NOT_A_NOTEBOOK} ({error})") from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise DocumentError(_NOT_A_NOTEBOOK)
    blocks = list[Block]()
    pictures = list[int]()
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict):
            blocks += _cell(cell, number)
            pictures += [number] * sum(map(_is_picture, _outputs(cell)))
    title, shown = titled(None, blocks)
    yield Content(shown, title=title)
    if pictures:
        place = ", ".join(str(number) for number in sorted(set(pictures)))
        reason = "A picture that code made is not read."
        yield Omitted(f"cell {place}", reason, "picture", place, len(pictures))


def _cell(cell: dict[str, object], number: int) -> Iterator[Block]:
    source = _text(cell.get("source"))
    kind = cell.get("cell_type")
    if kind == "markdown":
        for block in read_markdown(source.encode()).blocks:
            # A cell is no document: the heading at its top opens a section.
            level = block.level or int(block.kind == "heading")
            yield replace(block, lines=(number, number), starts=(), level=level)
    elif source.strip():
        form: ParagraphKind = "code" if kind == "code" else "text"
        yield Block("paragraph", source.strip("\n"), (number, number), form=form)
    for output in _outputs(cell):
        printed = _printed(output)
        if printed.strip():
            yield Block("paragraph", printed.strip("\n"), (number, number))


def _outputs(cell: dict[str, object]) -> list[dict[str, object]]:
    outputs = cell.get("outputs")
    return [each for each in outputs if isinstance(each, dict)] if isinstance(outputs, list) else []


def _printed(output: dict[str, object]) -> str:
    """What an output says in words; not an error's trace."""
    data = output.get("data")
    if isinstance(data, dict):
        return _text(data.get("text/plain")) if not _is_picture(output) else ""
    return _text(output.get("text"))


def _is_picture(output: dict[str, object]) -> bool:
    data = output.get("data")
    return isinstance(data, dict) and any(str(kind).startswith("image/") for kind in data)


def _text(value: object) -> str:
    """A text of nbformat: a string, or the lines of one."""
    lines = value if isinstance(value, list) else [value]
    text = "".join(line for line in lines if isinstance(line, str))
    return "\n".join(map(tidy_code, text.splitlines()))

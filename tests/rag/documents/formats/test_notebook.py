"""A notebook's notes, code and printed results are its text, cell by cell."""

import json

import pytest

from rag.documents.block import Content, Omitted
from rag.documents.formats.notebook import read_notebook
from rag.errors import DocumentError

PICTURE = {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure>"}}


def notebook(*cells: dict[str, object]) -> bytes:
    return json.dumps({"nbformat": 4, "cells": list(cells)}).encode()


def test_notes_code_and_results_come_in_order_and_pictures_are_named() -> None:
    found, left_out = read_notebook(
        notebook(
            {"cell_type": "markdown", "source": ["# River levels\n", "The *old* gauge was wet."]},
            {
                "cell_type": "code",
                "source": "for day in days:\n    show(day)",
                "outputs": [
                    {"output_type": "stream", "text": ["highest: 4.31 m\n"]},
                    {"output_type": "execute_result", "data": {"text/plain": ["17 days"]}},
                    {"output_type": "error", "ename": "KeyError", "traceback": ["no trace"]},
                    PICTURE,
                ],
            },
            {"cell_type": "raw", "source": "A note in no format."},
        )
    )
    assert isinstance(found, Content)
    assert found.title == "River levels"
    assert [(b.text, b.lines, b.form) for b in found.blocks[1:]] == [
        ("The old gauge was wet.", (1, 1), "text"),
        ("for day in days:\n    show(day)", (2, 2), "code"),
        ("highest: 4.31 m", (2, 2), "text"),
        ("17 days", (2, 2), "text"),
        ("A note in no format.", (3, 3), "text"),
    ]
    assert isinstance(left_out, Omitted)
    assert (left_out.what, left_out.place, left_out.count) == ("picture", "2", 1)


@pytest.mark.parametrize(
    "data", [b"no json", b"[]", b'{"worksheets": []}', b'{"cells": {}}', b"[" * 100_000]
)
def test_what_is_no_notebook_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match="notebook"):
        list(read_notebook(data))


def test_odd_cells_are_passed_over() -> None:
    cells: tuple[object, ...] = (
        1,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": 3, "outputs": [None]},
    )
    data = json.dumps({"cells": cells}).encode()
    (found,) = read_notebook(data)
    assert isinstance(found, Content)
    assert not found.blocks

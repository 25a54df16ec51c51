"""Formulas of pages and books are read on one line."""

import pytest
from lxml import etree  # type: ignore[import-untyped]  # it ships no annotations

from rag.documents.formats.office.mathml import mathml_text


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        ("<msup><mi>x</mi><mn>2</mn></msup>", "x^2"),
        ("<msub><mi>a</mi><mrow><mi>n</mi><mo>+</mo><mn>1</mn></mrow></msub>", "a_(n+1)"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a+b)/2"),
        ("<msqrt><mi>y</mi><mo>-</mo><mn>1</mn></msqrt>", "√(y-1)"),
        ("<mroot><mi>y</mi><mn>3</mn></mroot>", "3√(y)"),
        ("<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>k</mi>", "∑_i^n k"),
        ("<semantics><mi>q</mi><annotation>\\mathrm q</annotation></semantics>", "q"),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr>"
            "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable>",
            "[1, 2; 3, 4]",
        ),
    ],
)
def test_a_formula_is_one_line(formula: str, line: str) -> None:
    assert mathml_text(etree.fromstring(f"<math>{formula}</math>")) == line

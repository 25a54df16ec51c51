"""Numbers as lists of office programs write them."""

import pytest

from rag.documents.formats.office.numerals import numeral


@pytest.mark.parametrize(
    ("number", "style", "written"),
    [
        (7, "decimal", "7"),
        (7, "decimalZero", "07"),
        (28, "lowerLetter", "bb"),
        (3, "upperLetter", "C"),
        (1994, "upperRoman", "MCMXCIV"),
        (4, "lowerRoman", "iv"),
        (22, "ordinal", "22nd"),
        (13, "ordinal", "13th"),
        (10, "chineseCounting", "十"),
        (12, "chineseCountingThousand", "十二"),
        (20, "chineseCountingThousand", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "chineseCountingThousand", "一百一十"),
        (15, "ideographDigital", "一五"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (3, "ideographTraditional", "丙"),
        (11, "ideographTraditional", "11"),
        (8, "decimalEnclosedCircle", "⑧"),
        (36, "decimalEnclosedCircle", "㊱"),
        (0, "upperRoman", "0"),
        (5, "no such style", "5"),
    ],
)
def test_a_number_in_a_style(number: int, style: str, written: str) -> None:
    assert numeral(number, style) == written

"""PDF files in scripts that are written from right to left, made by hand: no font has to be there.

Each letter is a box in a font of its own (Type 3) that says which letter it is (ToUnicode).
"""

import re
from collections.abc import Iterator, Sequence

HEBREW = [
    "הספרייה נפתחה בשנת 1987 ליד הגשר הישן.",
    "בקיץ היא סגורה ביום שישי. שמונה מאות",
    "ספרים עומדים בקומה השנייה של הבית.",
]
ARABIC = [
    "فتحت المكتبة سنة 1987 قرب الجسر القديم.",
    "في الصيف تغلق يوم الجمعة. ثمانون كتابا",
    "تقف في الطابق الثاني من البيت.",
]
_WIDE, _SPACE, _HIGH, _LEADING = 8.0, 4.0, 10.0, 13.0
_RIGHT, _TOP = 500.0, 700.0


def pdf_to_left(lines: Sequence[str], *, drawn_from_left: bool = False) -> bytes:
    """A file of one page with these lines, aligned at the right. Its letters come in the order in
    which they are read, or in that in which they stand, `drawn_from_left`.
    """
    codes = {char: at for at, char in enumerate(sorted(set("".join(lines)) - {" "}), start=33)}
    drawn = []
    for row, line in enumerate(lines):
        placed = list(_placed(line))
        for char, across in sorted(placed, key=lambda each: each[1]) if drawn_from_left else placed:
            down = _TOP - _LEADING * row
            drawn.append(f"1 0 0 1 {across} {down} Tm <{codes[char]:02x}> Tj")
    content = f"BT /F1 {_HIGH} Tf " + "\n".join(drawn) + " ET"
    return _file(content, codes)


def _placed(line: str) -> Iterator[tuple[str, float]]:
    """The letters of a line as they are read, each with its left edge; figures run to the right."""
    at = _RIGHT
    for part in re.findall(r"\d+|.", line):
        width = _SPACE if part == " " else _WIDE * len(part)
        at -= width
        if part != " ":
            yield from ((char, at + _WIDE * number) for number, char in enumerate(part))


def _file(content: str, codes: dict[str, int]) -> bytes:
    box = _stream(f"{_WIDE / _HIGH * 1000} 0 0 0 700 700 d1 50 0 650 700 re f")
    names = " ".join(f"/g{code}" for code in codes.values())
    widths = " ".join(str(_WIDE / _HIGH * 1000) for _ in codes)
    last = max(codes.values())
    mapped = "\n".join(
        f"<{code:02x}> <{char.encode('utf-16-be').hex()}>" for char, code in codes.items()
    )
    unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Letters def\n"
        "/CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{mapped}\nendbfchar endcmap end end"
    )
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        _stream(content),
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 800 700] /FontMatrix [0.001 0 0 0.001 0 0]"
        f" /CharProcs << {' '.join(f'/g{code} 6 0 R' for code in codes.values())} >>"
        f" /Encoding << /Type /Encoding /Differences [33 {names}] >>"
        f" /FirstChar 33 /LastChar {last} /Widths [{widths}] /Resources << >> /ToUnicode 7 0 R >>",
        box,
        _stream(unicode),
    ]
    data, starts = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        starts.append(len(data))
        data += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    end = f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode()


def _stream(content: str) -> str:
    return f"<< /Length {len(content.encode())} >>\nstream\n{content}\nendstream"

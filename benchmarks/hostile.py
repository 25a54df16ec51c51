"""Feeds hostile files to every reader and accounts for each of them.

    python benchmarks/hostile.py 5000 1

Makes that many files from a seed: cut off, overwritten, random, in wrong encodings, archives in
archives, of one endless line, full of control and right-to-left characters and NUL, nested deep,
renamed from another format. Exits 1 when a file is unaccounted for, a failure came through that no
reader foresaw, or hostile characters reached a document's text. Needs the development extras.
"""

import argparse
import gzip
import io
import json
import random
import re
import struct
import sys
import tempfile
import time
import unicodedata
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from PIL import Image

from rag.documents import READERS, Document, Skipped, read_folder

_TEXT = (
    "盘锦市2022年民生工作\n\n截至11月底，全市新增创业的有11331人，由此带动就业20352人。\n\n"
    "臨河區有社區養老服務站23個。The report was published in December 2022.\n\n二、医疗\n\n"
    "شُيّدت المدرسة عام 1950. 東京都は日本の首都です。\n"
)
_YAML = "title: 民生\nentries:\n  - {name: 就业, count: 12}\nnote: |\n" + "".join(
    f"  {line}\n" for line in _TEXT.splitlines()
)
_ENCODINGS = (
    *("utf-16", "utf-16-be", "utf-32", "gb18030", "big5", "shift_jis", "euc_kr", "koi8-r"),
    *("cp1252", "cp037", "utf-7", "utf-8-sig", "iso2022_jp"),
)
_CONTROLS = [chr(c) for c in (*range(32), *range(127, 160))]
_TURNING = list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")
_KEPT = frozenset("\n")


@dataclass
class Account:
    """The outcomes of the files of one kind."""

    files: int = 0
    read: int = 0
    documents: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class Survey:
    """The outcomes of all files; `faults` lists those that must never occur."""

    accounts: dict[str, Account]
    faults: list[str]
    slowest: tuple[float, str]
    seconds: float


def make_files(folder: Path, count: int, seed: int) -> None:
    """Writes `count` hostile files, the same ones for the same seed."""
    suffixes = sorted(READERS)
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")  # noqa: S311 - the same files each time
        suffix = suffixes[number % len(suffixes)]
        harm = rng.choice(_HARMS)
        data = harm(rng, suffix)
        (folder / f"{number:05d}-{harm.__name__.strip('_')}{suffix}").write_bytes(data)


def survey(folder: Path) -> Survey:
    """Reads a folder of hostile files and accounts for each."""
    found: dict[str, list[Document | Skipped]] = defaultdict(list)
    faults: list[str] = []
    slowest = (0.0, "")
    began = last = time.perf_counter()
    for item in read_folder(folder):
        now = time.perf_counter()
        slowest = max(slowest, (now - last, item.path))
        last = now
        found[item.path].append(item)
    accounts: dict[str, Account] = defaultdict(Account)
    ids: Counter[str] = Counter()
    for path in sorted(file.name for file in folder.iterdir()):
        account = accounts[PurePosixPath(path).suffix]
        account.files += 1
        account.read += any(isinstance(item, Document) for item in found[path])
        if not found[path]:
            faults.append(f"{path}: unaccounted for")
        for item in found[path]:
            if isinstance(item, Document):
                account.documents += 1
                ids[item.id] += 1
                faults += [f"{path}: {fault}" for fault in _faults(item)]
            else:
                account.reasons[_kind(item.reason)] += 1
                faults += [f"{path}: {fault}" for fault in _faults_of(item)]
    faults += [f"{identity}: {times} documents have this id" for identity, times in ids.items()
               if times > 1]  # fmt: skip
    return Survey(dict(accounts), faults, slowest, time.perf_counter() - began)


def _faults(document: Document) -> list[str]:
    faults = [f"{name} holds {bad!r}" for name in ("text", "title", "source", "path")
              if (bad := _hostile(getattr(document, name) or ""))]  # fmt: skip
    last = 0
    for paragraph in document.paragraphs:
        if not last <= paragraph.start < paragraph.end <= len(document.text):
            faults.append(f"paragraph {paragraph.ordinal} is no slice of the text")
        if not 1 <= paragraph.lines[0] <= paragraph.lines[1]:
            faults.append(f"paragraph {paragraph.ordinal} has the lines {paragraph.lines}")
        last = paragraph.end
    return faults


def _faults_of(skipped: Skipped) -> list[str]:
    faults = []
    if bad := _hostile(skipped.reason):
        faults.append(f"its reason holds {bad!r}")
    if "unexpectedly" in skipped.reason:
        faults.append(skipped.reason)
    if skipped.reason.count(".") < 2:
        faults.append(f"no next step: {skipped.reason}")
    return faults


def _hostile(text: str) -> str:
    return "".join(c for c in text if c not in _KEPT and (
        unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or c in _TURNING))[:5]  # fmt: skip


def _kind(reason: str) -> str:
    if reason.startswith("It was read only in part."):
        return "(read in part)"
    first = re.split(r"(?<=[.)]) (?=[A-Z])", reason)[0]
    return re.sub(r"\d[\d,]*", "N", re.sub(r"\(.*?\)?\.$", "(…)", first))[:76]


#: Kinds that are archives of XML, and the part with the text.
_PACKED = {
    ".docm": "word/document.xml", ".docx": "word/document.xml",
    ".epub": "a.xhtml",
    ".odp": "content.xml", ".ods": "content.xml", ".odt": "content.xml",
    ".pptm": "ppt/slides/slide1.xml", ".pptx": "ppt/slides/slide1.xml",
    ".xlsm": "xl/sharedStrings.xml", ".xlsx": "xl/sharedStrings.xml",
}  # fmt: skip


#: Kinds that are no text, as Pillow names those that are pictures.
_PICTURES = {
    ".jpeg": "JPEG", ".jpg": "JPEG", ".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF",
    ".webp": "WEBP",
}  # fmt: skip
_BYTES = frozenset({".pdf", ".xls", *_PICTURES})


@cache
def _sound(suffix: str) -> bytes:
    """A sound file of this kind."""
    record = {"text": _TEXT, "title": "民生", "date": "2022-12-08"}
    if suffix == ".pdf":
        return _pdf()
    if suffix in _PICTURES:
        return _picture(_PICTURES[suffix])
    if suffix in _OFFICE:
        return _OFFICE[suffix]()
    text = {
        ".rtf": "{\\rtf1\\ansi " + "".join(_rtf(c) for c in _TEXT) + "\\par}",
        ".eml": _mail(),
        ".mbox": f"From a@b.example Mon May  6 09:00:00 2024\n{_mail()}",
        ".tex": f"\\section{{民生}}\n{_TEXT}\n\\begin{{tabular}}a&b\\\\1&2\\end{{tabular}}\n",
        ".adoc": f"= 民生\n\n{_TEXT}\n\n|===\n|a |b\n|===\n",
        ".rst": f"民生\n====\n\n{_TEXT}\n\n.. note:: 注意\n\n=== ===\na   b\n=== ===\n",
        ".xml": f"<book><title>民生</title><p>{_TEXT}</p></book>",
        ".tsv": "县区\t新增就业\n双台子区\t5012人\n兴隆台区\t8120人\n" * 20,
        ".ndjson": "\n".join([json.dumps(record)] * 3),
        ".csv": "县区,新增就业,完成率\n双台子区,5012人,102%\n兴隆台区,8120人,110%\n" * 20,
        ".htm": f"<html><title>民生</title><body><h1>民生</h1><p>{_TEXT}</p></body></html>",
        ".html": f"<nav><a>首页</a></nav><article><h2>一</h2><p>{_TEXT}</p></article>",
        ".json": json.dumps([record] * 3, ensure_ascii=False),
        ".jsonl": "\n".join([json.dumps(record)] * 3),
        ".ipynb": json.dumps({"cells": [{"cell_type": "markdown", "source": _TEXT}] * 3}),
        ".yaml": _YAML,
        ".yml": _YAML,
    }
    return text.get(suffix, _TEXT).encode()


def _picture(kind: str, width: int = 90, height: int = 70) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((width, height), 60).save(target, kind)
    return target.getvalue()


def _huge_picture(kind: str) -> bytes:
    """A small file that says it has far more pixels than it has."""
    if kind != "PNG":
        return (
            _picture(kind)
            .replace(b"\x46\x00\x5a", b"\xff\xff\xff")
            .replace(b"\x00\x5a", b"\xff\xff")
        )
    head = b"IHDR" + struct.pack(">IIBBBBB", 200_000, 200_000, 8, 0, 0, 0, 0)
    size = struct.pack(">I", 13)
    return b"\x89PNG\r\n\x1a\n" + size + head + struct.pack(">I", zlib.crc32(head))


def _mail() -> str:
    headers = "From: a@b.example\nSubject: 2022\nMIME-Version: 1.0\n"
    kind = 'Content-Type: multipart/mixed; boundary="b"\n\n'
    part = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    name = 'Content-Disposition: attachment; filename="a.txt"\n'
    return f"{headers}{kind}--b\n{part}\n{_TEXT}\n--b\n{part}{name}\n{_TEXT}\n--b--\n"


def _pdf() -> bytes:
    # None of them ships annotations.
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=0)
    for page in range(3):
        canvas.setFont("STSong-Light", 12)
        for number, line in enumerate(_TEXT.split("\n")):
            canvas.drawString(70, 760 - 20 * number, f"{page} {line}")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("民生", 1)
    for line in _TEXT.split("\n"):
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["县区", "新增就业"], ["双台子区", "2022"], [_TEXT, 5012]):
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _xls() -> bytes:
    import xlwt  # type: ignore[import-untyped]  # it ships no annotations

    book = xlwt.Workbook()
    sheet = book.add_sheet("民生")
    for number, line in enumerate(_TEXT.split("\n")):
        sheet.write(number, 0, line)
        sheet.write(number, 1, number)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _pptx() -> bytes:
    import pptx

    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "民生"
    slide.placeholders[1].text_frame.text = _TEXT
    target = io.BytesIO()
    presentation.save(target)
    return target.getvalue()


def _open(kind: str) -> bytes:
    """An OpenDocument file with a paragraph or a cell."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
        for name, uri in (("office", "office"), ("text", "text"), ("table", "table"),
                          ("draw", "drawing"))
    )  # fmt: skip
    lines = "".join(f"<text:p>{line}</text:p>" for line in _TEXT.split("\n"))
    inner = {
        "text": f'<text:h text:outline-level="1">民生</text:h>{lines}',
        "spreadsheet": f"<table:table><table:table-row><table:table-cell>{lines}"
                       "</table:table-cell></table:table-row></table:table>",
        "presentation": f"<draw:page><draw:frame><draw:text-box>{lines}"
                        "</draw:text-box></draw:frame></draw:page>",
    }[kind]  # fmt: skip
    body = f"<office:body><office:{kind}>{inner}</office:{kind}></office:body>"
    return _zipped(
        {
            "content.xml": f"<office:document-content{names}>{body}</office:document-content>",
        }
    )


def _epub() -> bytes:
    return _zipped(
        {
            "META-INF/container.xml": '<c><rootfile full-path="b.opf"/></c>',
            "b.opf": '<package><item id="a" href="a.xhtml"/><itemref idref="a"/></package>',
            "a.xhtml": f"<html><body><h1>民生</h1><p>{_TEXT}</p></body></html>",
        }
    )


def _zipped(parts: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in parts.items():
            archive.writestr(name, inner)
    return target.getvalue()


def _rtf(char: str) -> str:
    return char if char < "\x7f" else f"\\u{ord(char)}?"


_OFFICE: dict[str, Callable[[], bytes]] = {
    ".docm": _docx, ".docx": _docx, ".epub": _epub,
    ".odp": lambda: _open("presentation"), ".ods": lambda: _open("spreadsheet"),
    ".odt": lambda: _open("text"), ".pptm": _pptx, ".pptx": _pptx,
    ".xls": _xls, ".xlsm": _xlsx, ".xlsx": _xlsx,
}  # fmt: skip


def _edited(rng: random.Random, suffix: str, edit: Callable[[str], str]) -> bytes:
    """A sound file with its text edited; in a .docx the XML in the archive."""
    if suffix in _PACKED:
        return _repacked(suffix, lambda name, data: edit(data.decode()).encode("utf-8", "replace")
                         if name == _PACKED[suffix] else data)  # fmt: skip
    if suffix in _BYTES:
        return edit(_sound(suffix).decode("latin-1")).encode("latin-1", "replace")
    del rng
    return edit(_sound(suffix).decode()).encode("utf-8", "surrogatepass")


def _repacked(suffix: str, change: Callable[[str, bytes], bytes]) -> bytes:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_sound(suffix))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            archive.writestr(name, change(name, source.read(name)))
    return target.getvalue()


def _cut_off(rng: random.Random, suffix: str) -> bytes:
    data = _sound(suffix)
    return data[: rng.randrange(len(data))]


def _overwritten(rng: random.Random, suffix: str) -> bytes:
    data = bytearray(_sound(suffix))
    for _ in range(rng.choice([1, 5, 50, 500])):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def _random_bytes(rng: random.Random, suffix: str) -> bytes:
    return _sound(suffix)[: rng.choice([0, 4, 100])] + rng.randbytes(rng.choice([1, 100, 50_000]))


def _wrong_encoding(rng: random.Random, suffix: str) -> bytes:
    encoding = rng.choice(_ENCODINGS)
    if suffix in {*_BYTES, *_PACKED}:
        return _sound(suffix).decode("latin-1").encode(encoding, "replace")
    return _sound(suffix).decode().encode(encoding, "replace")


def _archives(rng: random.Random, suffix: str) -> bytes:
    inner = rng.choice([_sound(suffix), b"\0" * 30_000_000, b"A" * 5_000_000])
    for _ in range(rng.randrange(1, 5)):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in rng.choice(
                [["[Content_Types].xml"], ["a", "word/document.xml"], ["a.zip"]]
            ):
                archive.writestr(name, inner)
        inner = target.getvalue()
    return rng.choice([inner, gzip.compress(inner)])


def _bomb(rng: random.Random, suffix: str) -> bytes:
    """Bombs: nested entities, compressed zeros, page trees that contain themselves."""
    laughs = '<!DOCTYPE w [<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    if suffix in _PACKED:
        return _packed_bomb(rng, suffix, laughs)
    if suffix == ".pdf":
        text = _sound(suffix).decode("latin-1")
        kids = re.search(r"/Kids \[ (\d+ 0 R)", text)
        pages = re.search(r"(\d+) 0 obj\s*<<\s*/Count", text)
        if kids and pages:
            many = f"{kids[1]} " * rng.choice([10, 20_000]) + f"{pages[1]} 0 R "
            text = text.replace("/Kids [ ", f"/Kids [ {many}", 1)
        return re.sub(r"/Count \d+", "/Count 99999999", text).encode("latin-1")
    if suffix in _PICTURES:
        return _huge_picture(_PICTURES[suffix])
    depth = rng.choice([200, 5_000, 300_000])
    deep = {
        ".json": "[" * depth, ".jsonl": '{"text":' * depth, ".ndjson": '{"a":' * depth,
        ".csv": '"' * depth,
        ".html": "<div>" * depth + "x。", ".htm": "<table><tr><td>" * depth + "x。",
    }.get(suffix, "> " * min(depth, 5_000) + "x。")  # fmt: skip
    return deep.encode()


def _packed_bomb(rng: random.Random, suffix: str, laughs: str) -> bytes:
    main = _PACKED[suffix]

    def laughing(xml: str) -> str:
        root = re.search(r"<([a-zA-Z][\w:]*)[ >]", xml)
        name = root[1] if root else "w"
        doctype = laughs.replace("<!DOCTYPE w ", f"<!DOCTYPE {name} ")
        at = xml.index(f"<{name}")
        return xml[:at] + doctype + "]>" + xml[at:].replace("2022", "&a11;")

    def repeating(xml: bytes) -> bytes:
        return re.sub(rb"(</[\w:]+>\s*)$", lambda end: b"<p/>" * 2_000_000 + end[1], xml)

    bombs: list[Callable[[], bytes]] = [
        lambda: _edited(rng, suffix, laughing),
        lambda: _repacked(suffix, lambda name, data: b"\0" * 250_000_000 if name == main else data),
        lambda: _repacked(suffix, lambda name, data: repeating(data) if name == main else data),
    ]
    return rng.choice(bombs)()


def _endless_line(rng: random.Random, suffix: str) -> bytes:
    much = rng.choice(["民生", "word ", "a", "，", "(", "* ", "1,"]) * rng.choice([10_000, 150_000])
    return _edited(rng, suffix, lambda text: text.replace("2022", much, 1))


def _sprinkled(rng: random.Random, suffix: str, characters: list[str]) -> bytes:
    def edit(text: str) -> str:
        parts = list(text)
        for _ in range(rng.choice([2, 30, 300])):
            parts.insert(rng.randrange(len(parts)), rng.choice(characters))
        return "".join(parts)

    return _edited(rng, suffix, edit)


def _controls(rng: random.Random, suffix: str) -> bytes:
    return _sprinkled(rng, suffix, _CONTROLS)


def _right_to_left(rng: random.Random, suffix: str) -> bytes:
    return _sprinkled(rng, suffix, _TURNING)


def _nul(rng: random.Random, suffix: str) -> bytes:
    return _sprinkled(rng, suffix, ["\0"])


def _escapes(rng: random.Random, suffix: str) -> bytes:
    """Hostile characters, escaped as the format requires."""
    codes = [rng.choice([0, 7, 27, 0x202E, 0xD800, 0xDFFF, 0xFFFE, 0x85, 0x2028]) for _ in range(9)]
    if suffix in {".json", ".jsonl", ".ndjson"}:
        escaped = "".join(f"\\u{code:04x}" for code in codes)
        return _edited(rng, suffix, lambda text: text.replace("2022", f"{escaped}2022"))
    escaped = "".join(f"&#{code};" for code in codes)
    return _edited(rng, suffix, lambda text: text.replace("2022", f"{escaped}2022"))


def _renamed(rng: random.Random, suffix: str) -> bytes:  # noqa: ARG001 - as the others
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(5_000)
    return rng.choice([_sound(rng.choice(sorted(READERS))), ole, b"{\\rtf1 words}", b"\x89PNG\r\n"])


def _spliced(rng: random.Random, suffix: str) -> bytes:
    data = _sound(suffix)
    other = _sound(rng.choice(sorted(READERS)))
    at = rng.randrange(len(data))
    return data[:at] + other[rng.randrange(len(other)) :] + data[at:]


def _nearly_empty(rng: random.Random, suffix: str) -> bytes:
    return rng.choice(
        [b"", b" \n", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"[]", b"{}", b"<html>", b"%PDF-1.7\n",
         b"PK\x03\x04", b",,,\n,,,", b"---\n---", b"null", b'{"text": ""}', suffix.encode()]
    )  # fmt: skip


_HARMS = (
    *(_cut_off, _overwritten, _random_bytes, _wrong_encoding, _archives, _bomb, _endless_line),
    *(_controls, _right_to_left, _nul, _escapes, _renamed, _spliced, _nearly_empty),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Feeds hostile files to every reader.")
    parser.add_argument("count", type=int, nargs="?", default=5000, help="files to make (5000)")
    parser.add_argument("seed", type=int, nargs="?", default=1, help="makes the same files (1)")
    parser.add_argument("--keep", type=Path, help="an empty folder for the files")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        make_files(folder, chosen.count, chosen.seed)
        result = survey(folder)
    for suffix, account in sorted(result.accounts.items()):
        print(f"{suffix:10} {account.files:5} files, {account.read:5} read "
              f"({account.documents} documents)")  # fmt: skip
        for reason, times in account.reasons.most_common():
            print(f"{'':10} {times:5} {reason}")
    seconds, path = result.slowest
    print(f"{result.seconds:.0f} s in all; the slowest {seconds:.1f} s: {path}")
    for fault in result.faults[:40]:
        print(f"FAULT {fault}")
    print(f"{len(result.faults)} faults")
    return 1 if result.faults else 0


if __name__ == "__main__":
    sys.exit(main())

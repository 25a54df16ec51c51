"""Word files with what python-docx cannot make: their XML is put in."""

import io
import zipfile

from rag.documents import Document, Limits
from rag.documents.assembling import assemble
from rag.documents.formats.word import read_word
from tests.rag.documents.files import word

_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_TYPE}" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def filled(body: str, /, **parts: str) -> bytes:
    """A file with that body; `parts` are what stands in footnotes, comments, header and so on."""
    data = word(lambda _: None)
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            inner = source.read(name).decode() if name.endswith((".xml", ".rels")) else ""
            if name == "word/document.xml":
                inner = f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>"
            elif name == "word/_rels/document.xml.rels":
                more = "".join(
                    f'<Relationship Id="{kind}" Type="{_TYPE}/{kind}" Target="{kind}.xml"/>'
                    for kind in parts
                )
                inner = inner.replace("</Relationships>", f"{more}</Relationships>")
            elif name == "word/numbering.xml" and "numbering" in parts:
                continue
            archive.writestr(name, inner or source.read(name))
        for kind, inner in parts.items():
            root = "c:chartSpace" if kind == "chart" else f"w:{_ROOTS.get(kind, kind)}"
            archive.writestr(f"word/{kind}.xml", f"<{root} {_NAMES}>{inner}</{root}>")
    return target.getvalue()


_ROOTS = {"header": "hdr", "footer": "ftr"}


def said(text: str, looks: str = "", paragraph: str = "") -> str:
    """A paragraph with one run."""
    return f"<w:p><w:pPr>{paragraph}</w:pPr>{run(text, looks)}</w:p>"


def run(text: str, looks: str = "") -> str:
    """A run with the properties `looks`."""
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def read(data: bytes) -> Document:
    """The document in the file."""
    return assemble(read_word(data), path="a.docx", digest="", limits=Limits())


def texts(body: str, /, **parts: str) -> list[str]:
    """The paragraphs that a file with that body makes."""
    document = read(filled(body, **parts))
    return [document.text[p.start : p.end] for p in document.paragraphs]

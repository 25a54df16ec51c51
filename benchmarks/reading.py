"""How much of what people see in files is read, in which order, beside other readers.

    python -m benchmarks.reading docling=DIR scrapinghub=DIR trafilatura=DIR readability=DIR \
        csv=DIR sentences=FILE.conllu

Each corpus is a copy of the public repository of that name (`sentences`: a file of Universal
Dependencies). Of words, counted as often as they stand: precision, recall, and F of the two; order:
the share of the expected runs of four words that stand so in what was read. Other readers are
compared where they are installed: pdftotext, pandoc, trafilatura, markitdown.
"""

import argparse
import csv
import gzip
import html
import json
import logging
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path

from rag.documents import split_sentences
from rag.documents.block import Content, read_all
from rag.documents.formats.pdf import read_pdf
from rag.documents.reading import READERS
from rag.errors import DocumentError

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")
#: Marks that are in Markdown and not on the page.
_MARKS = re.compile(
    r"<!--.*?-->|!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|</?[a-z]+>|\|[-:| ]+\|", re.DOTALL
)
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)
#: A sentence with a mark at its end.
_ENDED = re.compile(r"[.!?…。！？][\"'”’」)\]]*$")
_RUN = 4


@dataclass(frozen=True, slots=True)
class Case:
    """A file and the text that is expected; or snippets that must be in it, and must not."""

    path: Path
    expected: str = ""
    within: Sequence[str] = ()
    without: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """Of one file; `found` and `wanted` are its weights in precision and recall of all."""

    precision: float
    recall: float
    order: float
    found: int = 1
    wanted: int = 1


def averaged(scores: Sequence[Score]) -> tuple[float, float, float, float]:
    """Precision, recall, F and order of all files."""
    found = max(1, sum(score.found for score in scores))
    wanted = max(1, sum(score.wanted for score in scores))
    precision = sum(score.precision * score.found for score in scores) / found
    recall = sum(score.recall * score.wanted for score in scores) / wanted
    order = sum(score.order * score.wanted for score in scores) / wanted
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall), order


def words(text: str) -> list[str]:
    return _TOKEN.findall(text.casefold())


def compared(text: str, expected: str) -> Score:
    """Of words, each as often as it stands, and of runs of words."""
    found, wanted = words(text), words(expected)
    shared = (Counter(found) & Counter(wanted)).total()
    runs = [{*zip(*(each[at:] for at in range(_RUN)), strict=False)} for each in (found, wanted)]
    order = len(runs[0] & runs[1]) / len(runs[1]) if runs[1] else 1.0
    return Score(shared / max(1, len(found)), shared / max(1, len(wanted)), order)


def snippets(text: str, case: Case) -> Score:
    """Of snippets: which of those that are there are wanted, and which of the wanted are there."""
    flat = " ".join(text.split())
    right, wrong = (
        sum(" ".join(s.split()) in flat for s in given) for given in (case.within, case.without)
    )
    recall = right / max(1, len(case.within))
    found = right + wrong
    return Score(right / max(1, found), recall, recall, found, len(case.within))


def of_wenda(path: Path) -> str:
    """What Wenda reads of a file."""
    reader = partial(read_pdf, recognized={}) if path.suffix == ".pdf" else READERS[path.suffix]
    found = (item for item in read_all(reader, path.read_bytes()) if isinstance(item, Content))
    return "\n\n".join(block.text for content in found for block in content.blocks)


def of_pdftotext(path: Path) -> str:
    return _output("pdftotext", str(path), "-")


def of_pandoc(path: Path) -> str:
    return _output("pandoc", "--to=plain", "--wrap=none", str(path))


def of_trafilatura(path: Path) -> str:
    import trafilatura

    return str(trafilatura.extract(path.read_bytes(), include_comments=False) or "")


def of_markitdown(path: Path) -> str:
    return _MARKS.sub(" ", str(_markitdown().convert(path).text_content))


@cache
def _markitdown():  # type: ignore[no-untyped-def]
    from markitdown import MarkItDown

    return MarkItDown()


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)  # noqa: S603
    return done.stdout.decode("utf-8", "replace")


#: The readers, the endings that each is compared for, and whether it is there.
PEERS: dict[str, tuple[Callable[[Path], str], frozenset[str], Callable[[], object]]] = {
    "wenda": (of_wenda, frozenset(READERS), lambda: True),
    "pdftotext": (of_pdftotext, frozenset({".pdf"}), lambda: shutil.which("pdftotext")),
    "pandoc": (
        of_pandoc,
        frozenset({".docx", ".odt", ".epub", ".tex", ".rst", ".rtf", ".html", ".md"}),
        lambda: shutil.which("pandoc"),
    ),
    "trafilatura": (of_trafilatura, frozenset({".html"}), lambda: find_spec("trafilatura")),
    "markitdown": (
        of_markitdown,
        frozenset({".pdf", ".docx", ".pptx", ".xlsx", ".html", ".epub", ".csv"}),
        lambda: find_spec("markitdown"),
    ),
}


def docling(folder: Path) -> Iterator[tuple[str, Case]]:
    """Its test files with the Markdown that it expects, by ending."""
    for expected in sorted(folder.rglob("groundtruth/*.md")):
        for source in (expected.parent.parent / "sources", expected.parent.parent):
            found = [source / expected.stem, *sorted(source.glob(f"{expected.stem}.*"))]
            path = next((p for p in found if p.is_file() and p.suffix in READERS), None)
            if path is not None:
                text = html.unescape(_MARKS.sub(" ", expected.read_text(encoding="utf-8")))
                yield path.suffix, Case(path, text.replace("\\_", "_"))
                break


def scrapinghub(folder: Path) -> Iterator[tuple[str, Case]]:
    """Articles of 181 pages."""
    truth = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    kept = Path(tempfile.mkdtemp())
    for name, article in truth.items():
        page = kept / f"{name}.html"
        page.write_bytes(gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()))
        yield "", Case(page, article["articleBody"])


def trafilatura(folder: Path) -> Iterator[tuple[str, Case]]:
    """Snippets that belong to pages, and that do not."""
    pages = json.loads(next(folder.rglob("evaldata.json")).read_text(encoding="utf-8"))
    places = {path.name: path for path in folder.rglob("*.html")}
    for page in pages.values() if isinstance(pages, dict) else pages:
        path = places.get(page["file"])
        if path is not None:
            yield "", Case(path, within=page["with"], without=page["without"])


def readability(folder: Path) -> Iterator[tuple[str, Case]]:
    """Pages with the part that a browser's reading view shows."""
    for expected in sorted(folder.rglob("expected.html")):
        text = html.unescape(_TAGS.sub(" ", expected.read_text(encoding="utf-8")))
        yield "", Case(expected.with_name("source.html"), text)


def csv_spectrum(folder: Path) -> Iterator[tuple[str, Case]]:
    """Tables with all that CSV files do; the cells in the order of the file."""
    for path in sorted(folder.rglob("csvs/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = [*csv.reader(file)]
        names, *body = rows
        told = (f"{name} {cell}" for row in body for name, cell in zip(names, row, strict=False))
        yield "", Case(path, " ".join(told))


CORPORA = {
    "docling": docling,
    "scrapinghub": scrapinghub,
    "trafilatura": trafilatura,
    "readability": readability,
    "csv": csv_spectrum,
}


def sentence_ends(path: Path) -> tuple[float, float]:
    """Precision and recall of the ends of sentences, on the paragraphs of a treebank's texts.

    Headings and the like, which end with no mark, need not be found.
    """
    right = found = ended = wanted = 0
    for sentences in _paragraphs(path):
        text = " ".join(sentences)
        ends = [*accumulate((len(sentence) + 1 for sentence in sentences), initial=-1)][1:-1]
        marked = {end for end, said in zip(ends, sentences, strict=False) if _ENDED.search(said)}
        told = {sentence.end for sentence in split_sentences(text)} - {len(text)}
        right += len(told & {*ends})
        found += len(told)
        ended += len(told & marked)
        wanted += len(marked)
    return right / max(1, found), ended / max(1, wanted)


def _paragraphs(path: Path) -> Iterator[list[str]]:
    sentences: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("# newpar", "# newdoc")) and sentences:
            yield sentences
            sentences = []
        elif line.startswith("# text = "):
            sentences.append(line.removeprefix("# text = "))
    if sentences:
        yield sentences


def measured(cases: Sequence[Case], read: Callable[[Path], str]) -> tuple[list[Score], list[str]]:
    """The score of each file that the reader reads, and what it refuses or fails on."""
    scores, failed = [], []
    for case in cases:
        try:
            text = read(case.path)
        except DocumentError as error:
            failed.append(f"{case.path.name}: {error}")
            text = ""
        except Exception as error:  # noqa: BLE001 - readers of others fail in many ways
            failed.append(f"{case.path.name}: {type(error).__name__}: {error}")
            text = ""
        scores.append(compared(text, case.expected) if case.expected else snippets(text, case))
    return scores, failed


def main() -> None:
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("corpora", nargs="+", metavar="CORPUS=PATH")
    parser.add_argument("--worst", type=int, default=0, help="also name so many files of ours")
    chosen = parser.parse_args()
    print("| corpus | reader | files | precision | recall | F | order | failed |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for named in chosen.corpora:
        name, _, path = named.partition("=")
        if name == "sentences":
            score = Score(*sentence_ends(Path(path)), order=1.0)
            figures = " | ".join(f"{each:.3f}" for each in averaged([score])[:3])
            print(f"| {Path(path).stem} | wenda | 1 | {figures} | | 0 |")
            continue
        _report(name, [*CORPORA[name](Path(path))], chosen.worst)


def _report(name: str, cases: Sequence[tuple[str, Case]], worst: int) -> None:
    for part in sorted({part for part, _ in cases}):
        group = [case for kind, case in cases if kind == part]
        for reader, (read, endings, there) in PEERS.items():
            if group[0].path.suffix not in endings or not there():
                continue
            scores, failed = measured(group, read)
            figures = " | ".join(f"{each:.3f}" for each in averaged(scores))
            line = f"| {name} {part} | {reader} | {len(group)} | {figures} | {len(failed)} |"
            print(line, flush=True)
            if reader == "wenda":
                _name_worst(group, scores, failed, worst)


def _name_worst(
    group: Sequence[Case], scores: Sequence[Score], failed: Sequence[str], worst: int
) -> None:
    by_score = sorted(
        zip(scores, group, strict=True), key=lambda pair: pair[0].precision + pair[0].recall
    )
    for score, case in by_score[:worst]:
        print(f"  {score.precision:.2f} {score.recall:.2f} {score.order:.2f} {case.path}")
    for reason in failed[:worst]:
        print(f"  {reason[:200]}")


if __name__ == "__main__":
    main()

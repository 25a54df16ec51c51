"""The report is one page that needs nothing else, and what it shows stays text."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rag.evaluation.evaluate import Outcome
from rag.evaluation.question_sets import Question
from rag.evaluation.summary import summarize
from rag.index.manifest import Manifest
from tests.rag.evaluation.test_evaluate import KNOWN, UNKNOWN, citation, outcome
from wenda.eval_report.evaluation import Evaluation, Inputs
from wenda.eval_report.report import ReportError, check_writable, write_report

pytestmark = pytest.mark.slow

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;{{ 7 * 7 }}{% raw %}\x00\ud800"
)


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        self.text += "" if tag == "bdi" else " "

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


def run(outcomes: Sequence[Outcome], name: str = "q.jsonl", model: str = "bundled") -> Evaluation:
    figures = summarize(outcomes) | {"threshold": 0.2, "unverified": []}
    counts = {"documents": 5, "paragraphs": 113}
    manifest = Manifest("20261121T-0b05", "", "seeds", model, "f", {}, counts, [])
    inputs = Inputs(Path(name), unrelated=Path("off.jsonl"))
    times = tuple(o.ms for o in outcomes)
    return Evaluation(figures, times, inputs, manifest, datetime(2026, 11, 21, 20, 15, tzinfo=UTC))


def written(folder: Path, made: Evaluation) -> str:
    write_report(folder / "report.html", made)
    return (folder / "report.html").read_bytes().decode("utf-8")


OUTCOMES = [
    outcome(KNOWN, 1, right=True, confidence=0.9, near=0.2),
    outcome(replace(KNOWN, text="second?"), 2, confidence=0.9, near=0.2),
    outcome(replace(KNOWN, text="quoted?"), 1, confidence=0.8, citations=(citation(),)),
    outcome(replace(KNOWN, text="silent?"), None, confidence=0.1),
    outcome(replace(UNKNOWN, text="invented?"), None, confidence=0.7),
]


def test_a_report_tells_what_was_measured_and_of_what(tmp_path: Path) -> None:
    text = Page(written(tmp_path, run(OUTCOMES))).words
    for fact in ("q.jsonl, off.jsonl", "20261121T-0b05", "bundled", "2026-11-21 20:15 UTC"):
        assert fact in text
    assert "recall@1 50.0% answerable questions whose right passage came first" in text
    assert "auroc 0.75 " in text
    assert "5 documents, 113 paragraphs" in text


def test_figures_of_groups_are_tables_of_what_was_measured(tmp_path: Path) -> None:
    chinese = replace(KNOWN, language="zh")
    outcomes = [
        outcome(chinese, 1, right=True, confidence=0.9, languages=("zh",)),
        outcome(chinese, 2, confidence=0.9, languages=("en",)),
    ]
    text = Page(written(tmp_path, run(outcomes))).words
    assert "By language of question → right passage 按问题与正确段落的语言 count recall@1" in text
    assert "zh→zh 1 100.0% 1 100.0% 0.0% 0.1 zh→en 1 0.0% 0.6309 0.0% 0.0% 0.9" in text
    assert "By kind" not in text


def test_misses_are_grouped_by_what_went_wrong(tmp_path: Path) -> None:
    text = Page(written(tmp_path, run(OUTCOMES))).words
    order = [
        *("1 × wrong passage first", "second?", "right passage at rank 2"),
        *("1 × right passage, but the quote lacks the fact", "quoted?", "seeds/jobs.md ¶0, line 1"),
        *("1 × refused though answerable", "silent?", "3960人 in jobs.md", "0.10"),
        *("1 × answered though unanswerable", "invented?", "no answer", "0.70"),
    ]
    for words in order:
        assert words in text
        text = text[text.index(words) + len(words) :]


def test_a_page_without_misses_says_so(tmp_path: Path) -> None:
    assert "None. 没有。" in Page(written(tmp_path, run(OUTCOMES[:1]))).words


def test_nothing_is_asked_of_the_network(tmp_path: Path) -> None:
    content = written(tmp_path, run(OUTCOMES))
    page = Page(content)
    sources = [value for name, value in page.attributes if name in ("src", "srcset", "href")]
    assert len(sources) == 8
    assert all(value.startswith("data:image/png;base64,iVBOR") for value in sources)
    assert "//" not in re.sub(r"data:image/png;base64,[\w+/=]+", "", content)
    assert "@import" not in content
    assert "default-src 'none'" in dict(page.attributes)["content"] + content


def test_both_themes_and_narrow_screens_are_served(tmp_path: Path) -> None:
    content = written(tmp_path, run(OUTCOMES))
    assert content.count('media="(prefers-color-scheme: dark)"') == 4
    assert "@media (prefers-color-scheme: dark)" in content
    assert 'name="viewport" content="width=device-width' in content


def test_a_hostile_question_stays_text(tmp_path: Path) -> None:
    plain = Page(written(tmp_path, run(OUTCOMES, model="m")))
    question = Question(HOSTILE, (HOSTILE,), document=HOSTILE, kind=HOSTILE)
    place = citation()
    quotes = (replace(place, path=HOSTILE, quote=HOSTILE),)
    hostile = outcome(question, 2, confidence=0.9, near=0.2, citations=quotes)
    hostile = replace(hostile, answer=replace(hostile.answer, answer=HOSTILE))
    timed = outcome(replace(KNOWN, kind="time"), 1, right=True, confidence=0.9)
    made = run([*OUTCOMES, timed, hostile], name=HOSTILE.replace("/", ""), model=HOSTILE)
    content = written(tmp_path, replace(made, manifest=replace(made.manifest, folder=HOSTILE)))
    page = Page(content)
    assert page.tags == plain.tags
    assert "script" not in page.tags
    assert {name for name, _ in page.attributes} == {name for name, _ in plain.attributes}
    shown = HOSTILE.replace("\x00", " ").replace("\ud800", "?")
    # Question, fact, document, answer, place and kind; then the folder and the model.
    assert page.text.count(shown) == 8
    assert "\x00" not in content


def test_the_diagram_lies_beside_the_report(tmp_path: Path) -> None:
    written(tmp_path, run(OUTCOMES))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "report.html",
        "report.reliability.png",
    ]
    assert (tmp_path / "report.reliability.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_in_which_nothing_could_be_asked_has_a_report_without_plots(tmp_path: Path) -> None:
    page = Page(written(tmp_path, run([])))
    assert "img" not in page.tags
    assert not (tmp_path / "report.reliability.png").exists()


def test_trying_the_place_out_changes_nothing(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    check_writable(report)
    assert list(tmp_path.iterdir()) == []
    report.write_text("before")
    check_writable(report)
    assert report.read_text() == "before"


@pytest.mark.parametrize("name", ["", "nowhere/report.html", "file/report.html", "taken.html"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "taken.reliability.png").mkdir()
    for attempt in (check_writable, lambda path: write_report(path, run(OUTCOMES))):
        with pytest.raises(ReportError, match=r"cannot be written \(.*Name a file"):
            attempt(tmp_path / name)

"""A PDF file's page beside the answer, with the quoted sentence marked where it stands."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # it ships no annotations

from rag.progress import silent
from tests.api.live import Server
from tests.api.page.conftest import Visit, ask, serve
from tests.rag.documents.files import drawn_pdf
from wenda.composition.building import make_indexer
from wenda.settings import read_settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.model, pytest.mark.browser]

QUESTION = "When does the ferry to Stone Island leave?"
ANSWER = "The ferry to Stone Island leaves at seven in the morning from the old pier."
KEY = "a key for the test"


def _title(canvas: Canvas) -> None:
    canvas.setFont("Times-Bold", 20)
    canvas.drawString(60, 760, "Handbook of the island")
    canvas.setFont("Times-Roman", 12)
    canvas.drawString(60, 720, "Nobody lives on the island in winter, and the lamp is lit at dusk.")


def _ferry(canvas: Canvas) -> None:
    canvas.setFont("Times-Roman", 12)
    for row in range(30):
        canvas.drawString(
            60, 780 - 16 * row, f"Rule {row + 1}: nobody takes shells of kind {row + 40} away."
        )
    canvas.drawString(60, 250, ANSWER)
    canvas.drawString(60, 234, "A ticket costs nine crowns, and children ride free of charge.")


@pytest.fixture(scope="module")
def island(tmp_path_factory: pytest.TempPathFactory, browser: "Browser") -> Path:
    """The index of a PDF file of three pages."""
    assert browser
    folder = tmp_path_factory.mktemp("island")
    seeds, home = folder / "seeds", folder / "home"
    seeds.mkdir()
    home.mkdir()
    (seeds / "handbook.pdf").write_bytes(drawn_pdf(_title, _ferry, _title))
    settings = read_settings(seeds=seeds, home=home)
    make_indexer(settings, silent).index_folder(seeds)
    return folder


@pytest.fixture(scope="module")
def pages(island: Path) -> Iterator[Server]:
    with serve(island) as server:
        yield server


def marked(page: "Page") -> dict[str, float]:
    """The place of the mark on its page, once both are in sight, as shares of the page."""
    page.wait_for_selector("#panel .leaf.cited img[src^='data:image/png']")
    page.wait_for_function(
        "() => { const image = document.querySelector('.leaf.cited img');"
        " const at = document.querySelector('.leaf.cited mark').getBoundingClientRect();"
        " const seen = at.top > 0 && at.bottom < innerHeight;"
        " return image.complete && image.naturalWidth === 1240 && seen; }"
    )
    box = page.evaluate(
        "() => { const leaf = document.querySelector('.leaf.cited').getBoundingClientRect();"
        " const at = document.querySelector('.leaf.cited mark').getBoundingClientRect();"
        " const across = (at.left - leaf.left) / leaf.width;"
        " const down = (at.top - leaf.top) / leaf.height;"
        " return {left: across, top: down, width: at.width / leaf.width}; }"
    )
    assert isinstance(box, dict)
    return box


@pytest.mark.parametrize("phone", [False, True])
def test_the_page_is_shown_with_the_sentence_marked(
    visit: Visit, pages: Server, phone: bool
) -> None:
    page = visit(url=pages.url, phone=phone, reduced_motion="reduce")
    citation = ask(page, QUESTION)["citations"][0]
    assert (citation["page"], citation["quote"]) == (2, ANSWER)
    page.locator(".origin a").first.click()
    box = marked(page)
    assert box["left"] == pytest.approx(60 / 595, abs=0.01)
    assert box["top"] == pytest.approx((842 - 262) / 842, abs=0.01)
    assert 0.5 < box["width"] < 0.8
    assert page.locator("#panel img").get_attribute("alt") == "第2页，共3页"
    assert page.locator("#panel .pages > .unseen").inner_text() == ANSWER
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_text_is_one_tap_away_and_what_was_chosen_is_kept(visit: Visit, pages: Server) -> None:
    page = visit(url=pages.url)
    ask(page, QUESTION)
    page.locator(".origin a").first.click()
    marked(page)
    page.locator("#panel button", has_text="看文字").click()
    page.wait_for_selector("#panel .text p.cited mark")
    assert page.locator("#panel .cited mark").inner_text() == ANSWER
    page.reload()
    page.wait_for_selector("#panel .text p.cited mark")
    page.locator("#panel button", has_text="看原页").click()
    marked(page)


def test_the_pages_before_and_after_are_a_button_away(visit: Visit, pages: Server) -> None:
    page = visit(url=pages.url)
    ask(page, QUESTION)
    page.locator(".origin a").first.click()
    marked(page)
    page.locator("#panel .turning", has_text="上一页").click()
    page.wait_for_selector("#panel img[alt='第1页，共3页'][src^='data:']")
    page.locator("#panel .turning", has_text="下一页").click()
    page.wait_for_selector("#panel img[alt='第3页，共3页'][src^='data:']")
    assert page.locator("#panel .turning").count() == 0
    shown = page.locator("#panel img").evaluate_all("all => all.map(each => each.alt)")
    assert shown == ["第1页，共3页", "第2页，共3页", "第3页，共3页"]


def test_a_file_that_has_changed_is_shown_as_text(
    visit: Visit, pages: Server, island: Path
) -> None:
    file = island / "seeds" / "handbook.pdf"
    content = file.read_bytes()
    page = visit(url=pages.url, tolerated="409")
    ask(page, QUESTION)
    try:
        file.write_bytes(content + b"\n")
        page.locator(".origin a").first.click()
        page.wait_for_selector("#panel .text p.cited mark")
        assert page.locator("#panel img").count() == 0
    finally:
        file.write_bytes(content)


def test_with_a_key_the_pictures_are_asked_for_with_it(visit: Visit, island: Path) -> None:
    with serve(island, API_KEYS=KEY) as server:
        page = visit(url=server.url, tolerated="401")
        page.locator("#key-value").fill(KEY)
        page.locator("#key-value").press("Enter")
        ask(page, QUESTION)
        page.locator(".origin a").first.click()
        marked(page)


def test_it_can_be_read_and_reached_in_dark_and_light(visit: Visit, pages: Server) -> None:
    from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]
        Axe,  # it ships no annotations
    )

    for scheme in ("light", "dark"):
        page = visit(url=pages.url, color_scheme=scheme)
        ask(page, QUESTION)
        page.locator(".origin a").first.click()
        marked(page)
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found] == []
        assert page.evaluate("document.activeElement.className") == "text pages"
        page.keyboard.press("Escape")
        page.wait_for_selector("#panel", state="hidden")

"""What a language model writes, on the page: above the quotations, as it comes, and labelled."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.live import Server
from tests.api.page.conftest import Visit, serve
from tests.api.page.test_wording import violations
from tests.openai_server import KEY, MODEL, OpenAIServer, openai_server
from words import words_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.model, pytest.mark.browser]

QUESTION = "盘锦市新增创业多少人？"
FIRST = "新增创业的有11331人，由此带动就业20352人。"
SECOND = "得到扶持的创业带头人有402人。"
WORDS = words_in("zh-Hans").answers


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with openai_server() as server:
        yield server


@pytest.fixture(scope="module")
def writing(
    folder: Path, model: OpenAIServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    own = tmp_path_factory.mktemp("writing")
    for name in ("seeds", "home"):
        shutil.copytree(folder / name, own / name)
    with serve(
        own, WRITER_URL=model.url, WRITER_MODEL=MODEL, WRITER_KEY=KEY, WRITER_SECONDS="20"
    ) as server:
        yield server


def asked(page: "Page") -> None:
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.wait_for_selector(".turn.is-answered")


def test_sentences_come_above_the_quotations_and_lead_to_their_sources(
    visit: Visit, writing: Server, model: OpenAIServer
) -> None:
    model.fault, model.pause = "", 0.2
    model.writes = lambda _question, _quotations: f"{FIRST[:-1]}[1]。{SECOND[:-1]}[1]。"
    page = visit(url=writing.url)
    asked(page)
    box = page.locator(".written")
    assert box.inner_text() == WORDS.writing  # the quotations are there already
    assert page.locator(".sources .source").count() >= 1
    page.wait_for_selector(f".written:has-text('{FIRST}')")
    page.wait_for_selector(".written:not([aria-busy])")
    assert box.inner_text().split() == [WORDS.written, FIRST, "[1]", SECOND, "[1]"]
    order = "(box) => box.compareDocumentPosition(document.querySelector('.sources'))"
    assert box.evaluate(order) & 4  # the quotations follow
    assert FIRST in page.locator("#live").inner_text()
    assert violations(page) == []
    box.get_by_role("link", name="[1]").first.click()
    page.wait_for_selector("#panel mark")
    page.reload()
    page.wait_for_selector(f".written:has-text('{SECOND}')")


@pytest.mark.parametrize("fault", ["broken", "500", ""])
def test_what_is_not_finished_is_taken_back(
    visit: Visit, writing: Server, model: OpenAIServer, fault: str
) -> None:
    model.fault, model.pause = fault, 0.0
    model.writes = lambda _question, _quotations: "盘锦很好[1]。<b>Free</b> money [1]."
    page = visit(url=writing.url, phone=True)
    asked(page)
    page.wait_for_selector(".written", state="detached")
    assert page.locator(".sources .source").count() >= 1

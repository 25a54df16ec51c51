"""The chat on other sites, whose strict policy allows nothing but Wenda's server."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.api.live import Server
from tests.api.page.conftest import OpenSite, serve
from tests.api.page.other_site import Site, ask_widget

pytestmark = [pytest.mark.model, pytest.mark.browser]

QUESTION = "盘锦市新增创业多少人？"
FACT = "新增创业的有11331人"


@pytest.fixture(scope="module")
def allowing(folder: Path, site: Site) -> Iterator[Server]:
    with serve(folder, CORS_ORIGINS=site.origin) as server:
        yield server


@pytest.mark.parametrize("phone", [False, True])
def test_a_site_that_is_allowed_gets_the_quotation_marked(
    opened: OpenSite, allowing: Server, phone: bool
) -> None:
    small = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    page = opened(allowing, **(small if phone else {}))
    ask_widget(page, QUESTION)
    mark = page.locator("wenda-widget >> mark")
    mark.wait_for()
    assert FACT in mark.inner_text()
    link = page.locator("wenda-widget >> .turns a").get_attribute("href")
    assert link is not None
    assert link.startswith(f"{allowing.url}documents/")
    box = page.locator("wenda-widget >> .box").bounding_box()
    assert box is not None
    if phone:
        assert (box["x"], box["y"], box["width"]) == (0, 0, 390)
    else:
        assert box["x"] + box["width"] <= 1280
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    source = page.context.new_page()
    source.goto(link)
    source.wait_for_selector("#panel .cited mark")


def test_what_the_documents_do_not_say_and_follow_ups(opened: OpenSite, allowing: Server) -> None:
    page = opened(allowing, "data-lang='zh-CN' data-title='问文档'")
    assert page.locator("wenda-widget >> .launch").inner_text() == "问文档"
    ask_widget(page, "今天天气怎么样？")
    page.locator("wenda-widget >> text=文档里没有答案").first.wait_for()
    asked = ("How many job fairs did Linhe hold by the end of October?", "And in Taobei?")
    for number, question in enumerate(asked):
        page.locator("wenda-widget >> input").fill(question)
        page.keyboard.press("Enter")
        page.locator("wenda-widget >> mark").nth(number).wait_for()
    assert "590场" in page.locator("wenda-widget >> mark").last.inner_text()


def test_a_site_that_is_not_allowed_gets_no_answer(opened: OpenSite, server: Server) -> None:
    page = opened(server, quiet=True)
    ask_widget(page, QUESTION)
    page.locator("wenda-widget >> [role=alert]").wait_for()
    assert page.locator("wenda-widget >> mark").count() == 0


def test_it_can_be_used_with_the_keyboard_and_read_by_all(
    opened: OpenSite, allowing: Server
) -> None:
    from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]
        Axe,  # it ships no annotations
    )

    for scheme in ("light", "dark"):
        page = opened(allowing, color_scheme=scheme)
        ask_widget(page, QUESTION)
        page.locator("wenda-widget >> mark").wait_for()
        found = Axe().run(page, context="wenda-widget").response["violations"]
        assert [each["id"] for each in found] == []
        page.keyboard.press("Escape")
        focused = "document.querySelector('wenda-widget').shadowRoot.activeElement.className"
        assert page.evaluate(focused) == "launch"
        page.keyboard.press("Enter")
        page.locator("wenda-widget >> .box").wait_for()


def test_it_is_small_and_says_nothing_of_its_own(allowing: Server) -> None:
    got = allowing.get("widget.js")
    assert got.headers["content-type"].startswith("text/javascript")
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    assert len(got.content) < 30_000
    assert '"WORDS"' not in got.text
    assert "eval" not in got.text
    assert "innerHTML" not in got.text
    assert "document.cookie" not in got.text
    again = httpx.get(f"{allowing.url}widget.js", headers={"If-None-Match": got.headers["etag"]})
    assert again.status_code == 304

"""The page while its server is away, is rebuilt, wants a key, or stands behind a proxy."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.live import Server, serving
from tests.api.page.conftest import ADMIN, Visit, ask, serve

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = [pytest.mark.model, pytest.mark.browser]

QUESTION = "盘锦市新增创业多少人？"
FAILED = "Failed to load resource"


def test_a_question_waits_for_a_server_that_is_away(visit: Visit) -> None:
    page = visit(tolerated=FAILED)
    page.wait_for_selector(".example")
    page.context.set_offline(True)
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.wait_for_selector("#notice:not([hidden])")
    assert "正在自动重试" in page.locator("#notice").inner_text()
    assert "问题已留着" in page.locator(".turn").inner_text()
    page.context.set_offline(False)
    page.wait_for_selector(".turn.is-answered mark")
    assert page.locator("#notice").is_hidden()


def test_it_can_be_told_to_try_now(visit: Visit) -> None:
    page = visit(tolerated=FAILED)
    page.wait_for_selector(".example")
    page.route("**/ask", lambda route: route.abort())
    page.route("**/index", lambda route: route.abort())
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.wait_for_selector("#notice button")
    page.unroute_all()
    page.click("#notice button")
    page.wait_for_selector(".turn.is-answered mark")


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(visit: Visit, status: int) -> None:
    page = visit(tolerated=FAILED)
    refused: list[str] = []

    def refuse_once(route: "Route") -> None:
        if refused:
            route.continue_()
            return
        refused.append(route.request.url)
        route.fulfill(status=status, headers={"Retry-After": "1"}, json={"detail": "busy"})

    page.route("**/ask", refuse_once)
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.wait_for_selector(".turn.is-answered mark")
    assert len(refused) == 1


def test_a_rebuild_shows_how_far_it_is_and_what_it_found(
    visit: Visit, server: Server, folder: Path
) -> None:
    new = folder / "seeds" / "observatory.md"
    new.write_text("# 天文台\n\n白云山天文台有45架望远镜。\n", encoding="utf-8")
    page = visit(tolerated=FAILED)
    page.click("#library")
    page.click(".corner summary")
    page.fill("#token", "wrong")
    page.click(".admin button")
    page.wait_for_selector(".admin .problem")
    page.fill("#token", ADMIN)
    page.click(".admin button")
    page.wait_for_selector(".job progress")
    assert page.locator(".admin button").is_disabled()
    page.wait_for_selector(".job:has-text('新增 1')", timeout=180_000)
    page.wait_for_selector(".titles .title:has-text('天文台')")
    ask(page, "白云山天文台有多少架望远镜？")
    assert "45架" in page.locator(".turn mark").first.inner_text()
    new.unlink()
    assert server.lives()


def test_the_first_index_is_waited_for(visit: Visit, tmp_path: Path) -> None:
    slow, patient = ("tests.api.fake_server", "6"), {"TIMEOUT": "60"}
    with serving(tmp_path, *slow, settings=patient, ready=False) as building:
        page = visit(url=building.url, tolerated=FAILED)
        page.wait_for_selector("#glance:has-text('正在建立索引')")
        page.fill("#question", "城镇新增就业多少人？")
        page.press("#question", "Enter")
        page.wait_for_selector(".pending:has-text('索引正在建立')")
        page.wait_for_selector(".turn.is-answered", timeout=60_000)
        page.click("#fresh")
        page.wait_for_selector("#glance:has-text('2 篇文档')")


def test_a_key_is_asked_for_once(visit: Visit, folder: Path) -> None:
    with serve(folder, API_KEYS="correct horse") as closed:
        page = visit(url=closed.url, tolerated="401")
        page.wait_for_selector("#key[open]")
        page.fill("#key-value", "wrong")
        page.press("#key-value", "Enter")
        page.wait_for_selector("#key[open]")
        page.fill("#key-value", "correct horse")
        page.press("#key-value", "Enter")
        page.wait_for_selector(".example")
        ask(page, QUESTION)
        assert page.evaluate("Object.values(localStorage).join().includes('horse')") is False
        page.reload()
        page.locator(".example").first.wait_for(state="attached")
        assert page.locator("#key").is_hidden()


def test_it_works_below_a_path_of_a_proxy(visit: Visit, folder: Path) -> None:
    with serve(folder, ROOT_PATH="/papers") as inner:
        page = visit("healthz", url=inner.url, tolerated=FAILED)

        def forward(route: "Route") -> None:
            url = route.request.url.replace("/papers/", "/", 1)
            route.fulfill(response=route.fetch(url=url))

        page.route("**/papers/**", forward)
        page.goto(inner.url + "papers/")
        citation = ask(page, QUESTION)["citations"][0]
        page.locator(".deeds button").first.click()
        page.wait_for_selector("#panel .cited mark")
        assert page.url.startswith(f"{inner.url}papers/documents/{citation['document_id']}#p")
        page.goto(page.url)
        page.reload()
        page.wait_for_selector("#panel .cited mark")
        page.wait_for_load_state("networkidle")
        page.unroute_all(behavior="wait")

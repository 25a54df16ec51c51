"""Sources opened beside the answer, and links to them."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.live import Server
from tests.api.page.conftest import Visit, ask

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = [pytest.mark.model, pytest.mark.browser]

FACTS = {
    "path": "x.md",
    "date": None,
    "source": None,
    "language": "de",
    "script": "Latn",
    "paragraphs": 1,
}
QUESTION = "臨河區有幾個社區養老服務站？"


def opened(page: "Page") -> str:
    """The marked sentence of the opened document, once it is in sight."""
    page.wait_for_selector("#panel .cited mark")
    page.wait_for_function(
        "() => { const at = document.querySelector('.cited mark').getBoundingClientRect();"
        " return at.top > 0 && at.bottom < innerHeight; }"
    )
    return page.locator("#panel .cited mark").inner_text()


def test_a_source_opens_at_its_sentence_beside_the_answer(visit: Visit, server: Server) -> None:
    page = visit()
    citation = ask(page, QUESTION)["citations"][0]
    page.locator(".deeds button").first.click()
    assert opened(page) == citation["quote"]
    place = f"#p{citation['paragraph']}:{citation['start']}-{citation['end']}"
    assert page.url == f"{server.url}documents/{citation['document_id']}{place}"
    panel, answer = page.locator("#panel").bounding_box(), page.locator(".turn").bounding_box()
    assert panel is not None
    assert answer is not None
    assert answer["x"] + answer["width"] <= panel["x"]
    paragraphs = server.get(f"documents/{citation['document_id']}").json()["paragraphs"]
    assert page.locator("#panel .text > p").count() == len(paragraphs)


def test_on_a_phone_a_source_covers_the_page(visit: Visit) -> None:
    page = visit(phone=True, reduced_motion="reduce")
    citation = ask(page, QUESTION)["citations"][0]
    page.locator(".origin a").tap()
    assert opened(page) == citation["quote"]
    panel = page.locator("#panel")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert (panel.get_attribute("role"), panel.get_attribute("aria-modal")) == ("dialog", "true")
    assert page.evaluate("document.getElementById('room').inert") is True
    page.locator(".panel-close").tap()
    page.wait_for_selector("#panel", state="hidden")
    assert page.evaluate("document.getElementById('room').inert") is False
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_escape_and_back_close_it_where_it_was_opened(visit: Visit, server: Server) -> None:
    page = visit()
    ask(page, QUESTION)
    page.locator(".deeds button").first.click()
    opened(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel", state="hidden")
    assert page.url == server.url
    assert page.evaluate("document.activeElement.textContent") == "打开原文"
    page.go_forward()
    opened(page)
    page.go_back()
    page.wait_for_selector("#panel", state="hidden")
    assert page.locator(".turn").count() == 1


def test_a_shared_link_leads_to_the_sentence(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    citation = ask(page, QUESTION)["citations"][0]
    page.locator(".deeds button").first.click()
    opened(page)
    page.locator("#panel .panel-tools button").first.click()
    page.wait_for_selector("#panel .is-done")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url

    other = visit(url=link, locale="en-GB")
    assert opened(other) == citation["quote"]
    other.locator(".panel-close").click()
    other.wait_for_selector("#panel", state="hidden")
    assert other.locator("h1").inner_text() == "Quoted, not made up"


def test_a_link_to_a_paragraph_marks_the_paragraph(visit: Visit, server: Server) -> None:
    url = server.get("ask", q=QUESTION).json()["citations"][0]["url"]
    page = visit(url.removeprefix("/"))
    page.wait_for_selector("#panel .cited")
    assert page.locator("#panel .cited").get_attribute("id") == url.partition("#")[2]
    assert page.locator("#panel mark").count() == 0


@pytest.mark.parametrize("path", ["documents/none", "documents/none#p7:1-2"])
def test_a_document_that_is_gone_is_said_to_be(visit: Visit, path: str) -> None:
    page = visit(path, tolerated="404")
    page.wait_for_selector("#panel [role=alert]")
    assert "没有这篇文档" in page.locator("#panel").inner_text()


def test_places_that_cannot_be_do_no_harm(visit: Visit, server: Server) -> None:
    identity = server.get("documents").json()["documents"][0]["id"]
    for place in ("#p999999", "#p0:5-3", "#p1:0-999999999", "#<script>", "#p1:a-b"):
        page = visit(f"documents/{identity}{place}")
        page.wait_for_selector("#panel .text > p")
        assert page.locator("#panel mark").count() == 0


def test_a_quote_over_paragraphs_is_marked_in_each(visit: Visit, server: Server) -> None:
    identity = server.get("documents").json()["documents"][0]["id"]
    first, second, *_ = server.get(f"documents/{identity}").json()["paragraphs"]
    page = visit(f"documents/{identity}#p{first['ordinal']}:{first['start']}-{second['end']}")
    page.wait_for_selector("#panel .cited mark")
    assert page.locator("#panel .cited").count() == page.locator("#panel mark").count() == 2


def test_all_documents_are_listed_with_what_is_known_of_them(visit: Visit, server: Server) -> None:
    page = visit()
    page.click("#library")
    page.wait_for_selector(".titles .title")
    documents = server.get("documents").json()["documents"]
    assert page.locator(".titles .title").all_inner_texts() == [each["title"] for each in documents]
    assert "2021-04-19" in page.locator(".titles").inner_text()
    assert f"{len(documents)} 篇文档" in page.locator(".index-facts").inner_text()
    page.locator(".titles a", has_text="聊城").click()
    page.wait_for_selector("#panel .text-title")
    assert "聊城开发区" in page.locator(".text-title").inner_text()
    page.click("#library")
    page.click("#library")
    page.wait_for_selector("#panel", state="hidden")


def many(page: "Page", count: int) -> list[str]:
    """Has the page believe in a long list of documents; the queries with which it asks for it."""
    asked: list[str] = []

    def listed(route: "Route") -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        asked.append(urlsplit(route.request.url).query)
        names = [f"d{at}" for at in range(count) if query.get("q", [""])[0] in f"Bericht {at}."]
        begin = names.index(query["after"][0]) + 1 if "after" in query else 0
        end = begin + int(query["limit"][0])
        documents = [{**FACTS, "id": name, "title": f"Bericht {name}"} for name in names[begin:end]]
        following = names[end - 1] if end < len(names) else None
        route.fulfill(json={"documents": documents, "total": len(names), "next": following})

    def counted(route: "Route") -> None:
        index = route.fetch().json()
        route.fulfill(json={**index, "counts": {**index["counts"], "documents": count}})

    page.route("**/documents?*", listed)
    page.route("**/index", counted)
    page.reload()
    page.wait_for_selector(f"#glance:has-text('{count}')")
    return asked


def test_a_long_list_is_loaded_as_far_as_one_scrolls(visit: Visit) -> None:
    page = visit()
    asked = many(page, 250)
    assert asked == []  # at first no document is needed
    page.click("#library")
    titles = page.locator(".titles .title")
    titles.nth(99).wait_for(state="attached")
    assert titles.count() == 100
    for loaded in (200, 250):
        page.locator(".titles").evaluate("box => box.scrollTo(0, box.scrollHeight)")
        titles.nth(loaded - 1).wait_for(state="attached")
    assert titles.count() == 250
    assert asked == ["limit=100", "limit=100&after=d99", "limit=100&after=d199"]
    assert page.locator(".titles button").count() == 0


def test_a_long_list_is_searched_by_the_server(visit: Visit) -> None:
    page = visit()
    asked = many(page, 250)
    page.click("#library")
    page.wait_for_selector(".titles .title")
    page.fill(".filter", "t 24")
    page.wait_for_function("() => document.querySelectorAll('.titles .title').length === 11")
    assert asked[-1] == "limit=100&q=t+24"
    page.fill(".filter", "nowhere")
    page.wait_for_selector(".titles:has-text('没有符合的文档')")

"""The page where there are several collections: a choice among those that one may see."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from rag.documents.assembling import document_id
from tests.api.live import Server
from tests.api.page.conftest import Visit, ask
from tests.api.page.office import PARKS, serving_office
from tests.api.page.test_wording import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = [pytest.mark.slow, pytest.mark.browser]


# Of the package, as the fixtures that it takes the place of.
@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory, browser: "Browser") -> Iterator[Server]:
    assert browser
    with serving_office(tmp_path_factory.mktemp("office")) as server:
        yield server


@pytest.fixture(scope="package")
def server(office: Server) -> Server:
    """The server that `visit` opens."""
    return office


def test_a_question_is_asked_of_the_chosen_collection(visit: Visit) -> None:
    page = visit(locale="en-GB")
    choice = page.locator("#collection")
    choice.wait_for()
    assert choice.locator("option").all_inner_texts() == [
        "All collections",
        "工作",
        "City <b>news</b>",
    ]
    assert "Geheim" not in page.content()
    assert ask(page, PARKS)["collection"] == "city"
    origin = page.locator(".turn:last-child .origin").first.inner_text()
    assert "City <b>news</b>" in origin
    choice.select_option("work")
    assert ask(page, PARKS)["answered"] is False
    choice.select_option("city")
    assert ask(page, PARKS)["answered"] is True
    page.reload()
    choice.locator("option:checked[value=city]").wait_for(state="attached")


def test_no_part_of_the_page_tells_of_what_is_not_seen(visit: Visit) -> None:
    page = visit(locale="en-GB", tolerated="40")
    foreign = document_id("closed.md")

    def look() -> None:
        for told in ("Geheim", "vault", "nine keys", '"closed"', foreign):
            assert told not in page.content().replace("How many keys has the vault?", "")

    page.locator("#collection").wait_for()
    page.wait_for_selector(".example")
    look()
    assert ask(page, "How many keys has the vault?")["answered"] is False
    look()
    assert ask(page, "Which documents do you have?")["kind"] == "documents"
    look()
    page.click("#library")
    page.locator(".titles li").nth(1).wait_for()
    assert page.locator(".titles li").count() == 2
    page.locator("#corner > summary").click()
    look()
    for address in (f"documents/{foreign}", f"documents/{foreign}?collection=closed"):
        page = visit(address, locale="en-GB", tolerated="404")
        page.wait_for_selector("#panel [role=alert], #panel .panel-note, #panel .problem")
        assert "vault" not in page.content()
        assert "Geheim" not in page.content()


def test_a_collection_that_is_being_indexed_is_named_as_such(visit: Visit, office: Server) -> None:
    """What the server says of it is changed on its way, since an index is soon built."""
    page = visit("", locale="en-GB")

    def without_city(route: "Route") -> None:
        response = route.fetch()
        state = response.json()
        for each in state["collections"]:
            if each["name"] == "city":
                each.update(generation=None, building=True)
        route.fulfill(response=response, json=state)

    def unsearched(route: "Route") -> None:
        response = route.fetch()
        missing = [{"name": "city", "title": "City <b>news</b>"}]
        route.fulfill(response=response, json=response.json() | {"unsearched": missing})

    page.route("**/index", without_city)
    page.route("**/ask", unsearched)
    page.goto(office.url)
    page.locator("#collection").wait_for()
    options = page.locator("#collection option").all_inner_texts()
    assert options[2] == "City <b>news</b> (being indexed)"
    ask(page, "城镇新增就业多少人？")
    said = page.locator(".turn:last-child .understood").inner_text()
    assert said == "Not looked through, for there is no index of it yet: City <b>news</b>"
    assert violations(page) == []


def test_the_same_file_of_two_is_shown_from_its_own(visit: Visit) -> None:
    page = visit(locale="en-GB")
    page.click("#library")
    titles = page.locator(".titles li")
    titles.nth(1).wait_for()
    assert [text.split("\n")[-1].split(" · ")[0] for text in titles.all_inner_texts()] == [
        "工作",
        "City <b>news</b>",
    ]
    titles.nth(1).locator("a").click()
    page.locator(".text", has_text="seven new parks").wait_for()
    assert "?collection=city" in page.url
    page.reload()
    page.locator(".text", has_text="seven new parks").wait_for()


def test_a_choice_that_is_not_to_be_seen_any_more_is_dropped(visit: Visit) -> None:
    page = visit(locale="en-GB", tolerated="404")
    page.evaluate("sessionStorage.setItem('wenda-collection', 'closed')")
    page.reload()
    page.locator("#collection").wait_for()
    assert page.locator("#collection").input_value() == ""
    assert ask(page, PARKS)["answered"] is True

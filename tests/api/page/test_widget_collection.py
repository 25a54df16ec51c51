"""The widget with a collection: what everybody may see of a server that has keys, and no more."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.api.live import Server
from tests.api.page.conftest import OpenSite
from tests.api.page.office import FILE, PARKS, serving_office
from tests.api.page.other_site import Site, ask_widget
from tests.api.page.test_wording import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LIMITED = FILE.replace('folder = "city"\nwho', 'folder = "city"\nrate_limit = "3/hour"\nwho')
FACT = "seven new parks"


@pytest.fixture(scope="module")
def allowing(
    tmp_path_factory: pytest.TempPathFactory, site: Site, browser: "Browser"
) -> Iterator[Server]:
    """A server with keys, on which the site is allowed."""
    assert browser
    folder = tmp_path_factory.mktemp("widget")
    given = {"CORS_ORIGINS": site.origin, "API_KEYS": "a key that is in no browser"}
    with serving_office(folder, LIMITED, **given) as server:
        yield server


@pytest.fixture(scope="module")
def foreign() -> Iterator[Site]:
    """A site that is not allowed: another port makes another origin."""
    site = Site()
    yield site
    site.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_asks_the_collection_that_it_names_without_a_key(
    opened: OpenSite, allowing: Server, scheme: str
) -> None:
    page = opened(allowing, "data-collection='work'", color_scheme=scheme)
    ask_widget(page, PARKS)
    page.locator("wenda-widget >> text=Not in the documents").first.wait_for()
    page.locator("wenda-widget >> input").fill("城镇新增就业多少人？")
    page.keyboard.press("Enter")
    mark = page.locator("wenda-widget >> mark")
    mark.wait_for()
    assert "3960人" in mark.inner_text()
    assert violations(page) == []
    link = page.locator("wenda-widget >> .turns a").get_attribute("href")
    assert link is not None
    assert "?collection=work#" in link
    source = page.context.new_page()
    source.goto(link)
    source.wait_for_selector("#panel .cited mark")


def test_one_that_is_not_for_everybody_gives_nothing(opened: OpenSite, allowing: Server) -> None:
    page = opened(allowing, "data-collection='closed'", quiet=True)
    ask_widget(page, "How many keys has the vault?")
    page.locator("wenda-widget >> [role=alert]").wait_for()
    assert "nine" not in page.locator("wenda-widget >> .turns").inner_text()
    assert page.locator("wenda-widget >> mark").count() == 0


def test_its_limit_is_that_of_the_collection(opened: OpenSite, allowing: Server) -> None:
    page = opened(allowing, "data-collection='city'", quiet=True)
    ask_widget(page, PARKS)
    for number in range(3):
        page.locator("wenda-widget >> mark").nth(number).wait_for()
        assert FACT in page.locator("wenda-widget >> mark").nth(number).inner_text()
        page.locator("wenda-widget >> input").fill(PARKS)
        page.keyboard.press("Enter")
    refused = page.locator("wenda-widget >> [role=alert]")
    refused.wait_for()
    assert "too fast" in refused.inner_text().lower()
    other = opened(allowing, "data-collection='work'")
    ask_widget(other, "城镇新增就业多少人？")
    other.locator("wenda-widget >> mark").wait_for()


def test_a_site_that_is_not_allowed_gets_nothing_of_it(
    opened: OpenSite, allowing: Server, foreign: Site
) -> None:
    page = opened(allowing, "data-collection='work'", quiet=True, at=foreign)
    ask_widget(page, "城镇新增就业多少人？")
    page.locator("wenda-widget >> [role=alert]").wait_for()
    assert page.locator("wenda-widget >> mark").count() == 0


@pytest.mark.parametrize("language", ["en-GB", "zh-CN", "zh-TW"])
def test_the_demo_page_has_the_chat_and_the_line_for_it(
    browser: "Browser", allowing: Server, language: str
) -> None:
    context = browser.new_context(locale=language)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{allowing.url}page/demo.html?collection=work&title=Ask")
    page.wait_for_selector("wenda-widget >> .launch")
    line = f'<script src="{allowing.url}widget.js" data-title="Ask" data-collection="work" defer>'
    assert line in page.locator("#line").inner_text()
    ask_widget(page, "城镇新增就业多少人？")
    page.locator("wenda-widget >> mark").wait_for()
    assert violations(page) == []
    assert complaints == []
    context.close()

"""The page's own words, colours, and who can read them."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.page.conftest import Visit, ask

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.model, pytest.mark.browser]

QUESTION = "盘锦市新增创业多少人？"
FOREIGN = "今天天气怎么样？"
SERIOUS = ("serious", "critical")


@pytest.mark.parametrize(
    ("locale", "language", "placeholder"),
    [
        ("zh-CN", "zh-Hans", "想知道什么？"),
        ("zh-TW", "zh-Hant", "想知道什麼？"),
        ("zh-HK", "zh-Hant", "想知道什麼？"),
        ("en-GB", "en", "What would you like to know?"),
        ("de-DE", "en", "What would you like to know?"),
    ],
)
def test_it_speaks_the_browsers_language(
    visit: Visit, locale: str, language: str, placeholder: str
) -> None:
    page = visit(locale=locale)
    assert page.get_attribute("html", "lang") == language
    assert page.get_attribute("#question", "placeholder") == placeholder


def test_another_language_can_be_chosen_and_stays(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    page.select_option("#language", "en")
    assert page.locator(".deeds button").first.inner_text() == "Open the source"
    example = page.locator(".example", has_text="?").first
    example.wait_for(state="attached")
    page.reload()
    assert page.get_attribute("html", "lang") == "en"


def test_dark_follows_the_system_until_it_is_chosen(visit: Visit) -> None:
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light, dark = visit(), visit(color_scheme="dark")
    assert light.evaluate(background) != dark.evaluate(background)
    light.click("#theme")
    light.click("#theme")
    assert light.evaluate(background) == dark.evaluate(background)
    light.reload()
    assert light.evaluate(background) == dark.evaluate(background)


def violations(page: "Page") -> list[Any]:
    from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]
        Axe,  # it ships no annotations
    )

    found = Axe().run(page).response["violations"]
    return [
        (each["id"], [node["target"] for node in each["nodes"]])
        for each in found
        if each["impact"] in SERIOUS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("phone", [False, True])
def test_everybody_can_use_it(visit: Visit, scheme: str, phone: bool) -> None:
    pytest.importorskip("axe_playwright_python")
    page = visit(color_scheme=scheme, phone=phone, reduced_motion="reduce")
    page.wait_for_selector(".example")
    assert violations(page) == []
    ask(page, FOREIGN)
    assert violations(page) == []
    page.click("#fresh")
    ask(page, QUESTION)
    page.click(".thumb-down")
    page.click(".more summary")
    assert violations(page) == []
    page.locator(".origin a").first.click()
    page.wait_for_selector("#panel .cited mark")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel", state="hidden")
    page.click("#library")
    page.click(".corner summary")
    assert violations(page) == []


def test_the_whole_way_by_keyboard(visit: Visit) -> None:
    page = visit()
    page.wait_for_selector(".example")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn.is-answered")
    page.keyboard.press("Shift+Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement.textContent") == "打开原文":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel .cited mark")
    assert page.evaluate("document.getElementById('panel').contains(document.activeElement)")
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel", state="hidden")
    assert page.evaluate("document.activeElement.textContent") == "打开原文"

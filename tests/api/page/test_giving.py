"""Documents that an administrator drops on the page."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.api.live import Server
from tests.api.page.conftest import ADMIN, Visit, ask, serve
from tests.api.page.test_wording import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.model, pytest.mark.browser]

#: Drops a file on the page, as a person does with a mouse.
DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name));
  const event = { bubbles: true, cancelable: true, dataTransfer: files };
  document.body.dispatchEvent(new DragEvent("dragover", event));
  return !document.body.dispatchEvent(new DragEvent("drop", event));
}"""
CRANES = "# Cranes\n\nOspia has 4321 cranes.\n"


@pytest.fixture(scope="module")
def taking(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server of one's own that takes documents in, and the folder for them."""
    own = tmp_path_factory.mktemp("giving")
    for name in ("seeds", "home"):
        shutil.copytree(folder / name, own / name)
    with serve(own, ADMIN_TOKEN=ADMIN, UPLOADS="given") as server:
        yield server, own / "seeds" / "given"


def opened(visit: Visit, server: Server, **options: object) -> "Page":
    """The page with the administrator's corner open."""
    options = {"locale": "en-GB", "tolerated": "status of", **options}
    page = visit(url=server.url, **options)
    page.click("#library")
    page.locator("#corner > summary").click()
    return page


def gift(page: "Page", says: str) -> None:
    page.wait_for_selector(f".gift:has-text('{says}')", timeout=90_000)


def test_a_file_dropped_is_sent_indexed_replaced_and_taken_back(
    visit: Visit, taking: tuple[Server, Path]
) -> None:
    server, folder = taking
    page = opened(visit, server)
    assert page.evaluate(DROP, ["cranes.md", CRANES])
    gift(page, "Type the admin token")
    assert not folder.exists()
    page.fill("#token", "wrong")
    page.press("#token", "Tab")
    gift(page, "Type the admin token")
    page.fill("#token", ADMIN)
    page.press("#token", "Tab")
    gift(page, "In the index.")
    page.keyboard.press("Escape")
    assert "4321" in ask(page, "How many cranes does Ospia have?")["answer"]
    # Now it is dropped anywhere, and the documents open by themselves.
    assert page.evaluate(DROP, ["cranes.md", CRANES.replace("4321", "5432")])
    gift(page, "There is a document of this name already")
    assert "4321" in (folder / "cranes.md").read_text(encoding="utf-8")
    page.get_by_role("button", name="Replace it").click()
    gift(page, "In the index.")
    assert "5432" in (folder / "cranes.md").read_text(encoding="utf-8")
    with page.expect_response(lambda response: response.url.endswith("/undo")):
        page.get_by_role("button", name="Undo").click()
    gift(page, "In the index.")
    assert "4321" in (folder / "cranes.md").read_text(encoding="utf-8")
    assert page.evaluate("document.activeElement.closest('.gift') !== null")
    page.locator(".given summary").click()
    page.get_by_role("button", name="Remove cranes.md").click()
    gift(page, "No longer in the index.")
    assert not (folder / "cranes.md").exists()


def test_what_is_refused_says_why_and_everybody_can_use_it(
    visit: Visit, taking: tuple[Server, Path]
) -> None:
    from playwright.sync_api import FilePayload

    server, _ = taking
    page = opened(visit, server, phone=True, reduced_motion="reduce", locale="zh-CN")
    page.fill("#token", ADMIN)
    page.set_input_files(
        "#giving",
        [
            FilePayload(name=name, mimeType="", buffer=content)
            for name, content in (
                ("run.exe", b"MZ"),
                ("CON.md", b"# Con"),
                ("broken.docx", b"no archive"),
                ("empty.md", b""),
            )
        ],
    )
    for said in ("这种文件读不了", "Windows会把这个名字当作设备", "没有收入索引", "文件是空的"):
        gift(page, said)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#giving").focus()
    assert page.evaluate("document.activeElement.id") == "giving"


def test_nobody_else_sees_where_documents_are_given(visit: Visit, server: Server) -> None:
    page = opened(visit, server)
    assert page.locator(".giving").count() == 0
    assert not page.evaluate(DROP, ["cranes.md", CRANES])

"""What administrators see of questions without an answer."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.live import Server, until
from tests.api.page.conftest import ADMIN, Visit, ask, serve
from tests.api.page.test_wording import violations

pytestmark = [pytest.mark.model, pytest.mark.browser]

CRANES = "How many cranes does Ospia have?"


@pytest.fixture(scope="module")
def keeping(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one's own that follows its folder."""
    own = tmp_path_factory.mktemp("review")
    for name in ("seeds", "home"):
        shutil.copytree(folder / name, own / name)
    with serve(own, ADMIN_TOKEN=ADMIN, UPLOADS="given") as server:
        yield server


def test_what_was_asked_in_vain_is_tried_again_and_done(visit: Visit, keeping: Server) -> None:
    page = visit(url=keeping.url, locale="en-GB", tolerated="status of")
    ask(page, "What number of cranes are there in Ospia?")
    page.click("#fresh")
    ask(page, CRANES)
    ask(page, "盘锦市新增创业多少人？")
    page.locator(".turn:last-child .thumb-down").click()
    page.click("#library")
    page.locator("#corner > summary").click()
    page.click("#asked")
    page.wait_for_selector(".review .problem")  # without the token
    page.get_by_role("button", name="Documents", exact=True).last.click()
    page.fill("#token", ADMIN)
    page.click("#asked")
    page.wait_for_selector(".reviewed b")
    groups = page.locator(".reviewed").first.locator("> li")
    said = page.locator(".review").inner_text()
    assert f"{CRANES}\n2×, last " in said
    assert "Other wordings: 1" in said
    assert "盘锦市新增创业多少人？" in page.locator(".reviewed").last.inner_text()
    page.get_by_role("button", name=f"Try again: {CRANES}").click()
    page.wait_for_selector(".outcome:has-text('Still no answer.')")
    assert violations(page) == []
    (keeping.seeds / "cranes.md").write_text("# Cranes\n\nOspia has 4321 cranes.\n", "utf-8")
    until(lambda: keeping.get("documents", q="Cranes").json()["total"] == 1, 120)
    page.get_by_role("button", name="Try all again").click()
    page.wait_for_selector(".outcome:has-text('Answered now: Ospia has 4321 cranes.')")
    count = groups.count()
    page.get_by_role("button", name=f"Done: {CRANES}").click()
    page.wait_for_function(
        f"() => document.querySelectorAll('.reviewed')[0].children.length < {count}"
    )
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel", state="hidden")


def test_it_fits_on_a_phone(visit: Visit, keeping: Server) -> None:
    page = visit(url=keeping.url, phone=True, color_scheme="dark", reduced_motion="reduce")
    ask(page, "恐龙是什么时候灭绝的？")
    page.click("#library")
    page.locator("#corner > summary").click()
    page.fill("#token", ADMIN)
    page.click("#asked")
    page.wait_for_selector(".reviewed b")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_sentence_is_named_given_and_expires(visit: Visit, keeping: Server) -> None:
    page = visit(url=keeping.url, locale="en-GB", tolerated="status of")
    path = keeping.seeds / "mill.md"
    path.write_text("# Mill\n\nThe mill grinds rye. Visitors wear boots.\n", "utf-8")
    until(lambda: keeping.get("documents", q="Mill").json()["total"] == 1, 120)
    question = "What ought I put on my feet in Blimbingford?"
    ask(page, question)
    page.click("#library")
    page.locator("#corner > summary").click()
    page.fill("#token", ADMIN)
    page.click("#asked")
    page.get_by_role("button", name=f"Answer with a sentence: {question}").click()
    page.locator(".curating input[type=search]").fill("Visitors wear boots")
    page.keyboard.press("Enter")
    page.locator(".choice", has_text="Visitors wear boots.").first.click()
    assert violations(page) == []
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_selector(".review section a")
    page.keyboard.press("Escape")
    page.click("#fresh")
    answer = ask(page, question)
    assert (answer["answer"], answer["curated"] is None) == ("Visitors wear boots.", False)
    assert "Chosen by whoever keeps these documents" in page.locator(".turn").inner_text()
    path.write_text("# Mill\n\nThe mill grinds rye. Visitors wear shoes.\n", "utf-8")
    until(lambda: keeping.get("ask", q=question).json()["curated"] is None, 120)
    page.click("#library")
    page.click("#asked")
    page.wait_for_selector(".review section .problem:has-text('Expired')")
    page.locator(".review section .deeds-row button").click()
    page.wait_for_function("() => !document.querySelector('.review section .reviewed li')")

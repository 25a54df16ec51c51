"""The page where there are several collections: a choice among those that one may see."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.api.live import FILES, Server, serving, until
from tests.api.page.conftest import Visit, ask
from tests.fakes import CALIBRATION, HASHING_SCALE, write_files

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]

FILE = """
[[collection]]
name = "work"
title = "工作"
folder = "work"
who = "everybody"

[[collection]]
name = "city"
title = "City <b>news</b>"
folder = "city"
who = "everybody"

[[collection]]
name = "closed"
title = "Geheim"
folder = "closed"
who = "key:the-key"
"""
PARKS = "How many new parks has the city opened?"


# Of the package, as the fixtures that it takes the place of.
@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory, browser: "Browser") -> Iterator[Server]:
    assert browser
    folder = tmp_path_factory.mktemp("office")
    write_files(folder / "work", {"same.md": FILES["jobs.md"]})
    write_files(folder / "city", {"same.md": FILES["parks.md"]})
    write_files(folder / "closed", {"closed.md": "# Geheim\n\nThe vault has nine keys.\n"})
    (folder / "collections.toml").write_text(FILE, encoding="utf-8")
    for name in ("work", "city", "closed"):
        home = folder / "home" / "collections" / name
        home.mkdir(parents=True)
        CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
    given = {"COLLECTIONS": str(folder / "collections.toml"), "RATE_LIMIT": "off"}
    with serving(folder, settings=given, building=300) as server:

        def built() -> bool:
            state = server.get("index").json()
            return all(each["generation"] for each in state["collections"])

        until(built, 300)
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

"""The page is there for browsers, and out of the way of programs."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from api.options import PAGE
from api.schemas.fields import Language
from tests.api.conftest import BuildSite, Client, Site, problem
from words import LANGUAGES, AnswerWords, CuratingWords, PageWords, ReviewWords, UploadWords

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
INDEX = '<!doctype html><link href="page/a.css"><script src="page/app.js"></script>'


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small page."""
    folder = tmp_path_factory.mktemp("website") / "page"
    folder.mkdir()
    (folder / "index.html").write_text(INDEX, encoding="utf-8")
    (folder / "app.js").write_text("1;", encoding="utf-8")
    secret = folder.parent / "secret.txt"
    secret.write_text("TREASURE", encoding="utf-8")
    (folder / "out.txt").symlink_to(secret)
    return folder


@pytest.fixture(scope="module")
def paged(indexed: Path, build_shared: BuildSite, page: Path) -> Site:
    """An application with a page, and a key for all else."""
    return build_shared(indexed, page=page, api_keys=("key",))


@pytest.mark.parametrize("path", ["/", "/documents/anything"])
def test_a_browser_gets_the_page_without_a_key(paged: Site, path: str) -> None:
    response = paged.client.get(path, headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert '"/page/a.css"' in response.text
    assert response.headers["vary"] == "Accept"
    assert response.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in response.headers["content-security-policy"]


def test_the_page_finds_its_files_behind_a_prefix(paged: Site) -> None:
    behind = Client(paged.app, root_path="/a&b")
    assert 'src="/a&amp;b/page/app.js"' in behind.get("/a&b/").text


@pytest.mark.parametrize(
    "accept",
    [
        *("*/*", "application/json", "", "application/json, text/html", "text/html;q=0"),
        *("text/html;q=0.5, application/json", "text/*", "text/html;q=nonsense, */*"),
    ],
)
def test_a_program_gets_the_document(paged: Site, accept: str) -> None:
    headers = {"Accept": accept, "Authorization": "Bearer key"}
    problem(paged.client.get("/documents/x", headers=headers), 404, "unknown_document")


def test_files_of_the_page_can_be_kept_and_asked_after(paged: Site) -> None:
    response = paged.client.get("/page/app.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cache-control"] == "no-cache"
    again = paged.client.get("/page/app.js", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


def test_the_page_gets_the_words_of_every_language(paged: Site) -> None:
    response = paged.client.get("/page/words.js")
    assert response.headers["content-type"].startswith("text/javascript")
    words = json.loads(response.text.removeprefix("export default ").rstrip(";\n"))
    assert {language: each["page"]["ask"] for language, each in words.items()} == {
        "zh-Hans": "提问",
        "zh-Hant": "提問",
        "en": "Ask",
    }
    assert "{question}" in words["en"]["answers"]["understood_as"]
    headers = {"If-None-Match": response.headers["etag"]}
    assert paged.client.get("/page/words.js", headers=headers).status_code == 304


def test_the_page_says_all_the_words_there_are_and_no_others() -> None:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.js")))
    html = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.html")))
    said = set(re.findall(r'\bsay(?:Of)?\("(\w+)"', scripts))
    said |= set(re.findall(r'data-(?:text|label)="(\w+)"', html))
    # Chosen by a condition, or by a variable.
    for choice in re.findall(r"\bsay\([^()]*\?[^()]*\)", scripts):
        said |= set(re.findall(r'"(\w+)"', choice))
    said |= {"away_kept", "building", "busy", "up", "down"}
    ours = {field.name for field in fields(PageWords)}
    shared = {field.name for field in fields(AnswerWords)}
    assert said - shared == ours - {"problems"}
    assert said <= ours | shared


def test_the_page_says_all_the_words_about_giving_but_the_bots() -> None:
    script = (PAGE / "uploads.js").read_text(encoding="utf-8")
    said = set(re.findall(r'\b(?:speak|deed)\("(\w+)"', script)) | {"sent"}
    bots = {"receiving", "received", "not_received", "no_download", "admins_only", "help"}
    assert said == {field.name for field in fields(UploadWords)} - bots


def test_the_page_says_all_the_words_about_questions_but_the_bots() -> None:
    script = (PAGE / "review.js").read_text(encoding="utf-8") + (PAGE / "admin.js").read_text()
    said = set(re.findall(r'\b(?:tell|this\.deed)\("(\w+)"', script)) | {"open"}
    assert said == {field.name for field in fields(ReviewWords)} - {"clear", "cleared"}


def test_the_page_says_all_the_words_about_curated_answers() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in PAGE.glob("*.js"))
    said = set(re.findall(r'(?:\butter\(|fillFrom\("curating", )"(\w+)"', scripts))
    assert said == {field.name for field in fields(CuratingWords)}


@pytest.mark.parametrize(
    "path",
    [
        *("/page/../secret.txt", "/page/%2e%2e/secret.txt", "/page/..%2fsecret.txt"),
        *("/page//etc/passwd", "/page/%2fetc%2fpasswd", "/page/out.txt", "/page/", "/page/a%00b"),
        *("/page/..%5csecret.txt", "/page/none.js", "/page/" + "a" * 5000),
    ],
)
def test_nothing_outside_the_page_is_given_out(paged: Site, path: str) -> None:
    response = paged.client.get(path)
    assert response.status_code in (404, 405)
    assert "TREASURE" not in response.text


def test_without_a_page_the_api_is_still_there(site: Site) -> None:
    problem(site.client.get("/"), 404, "not_found")
    assert site.client.get("/healthz").status_code == 200


def test_every_language_can_be_chosen_on_the_page_and_for_examples() -> None:
    html = (PAGE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<option value="([^"]+)" lang="\1"', html) == list(LANGUAGES)
    assert get_args(Language) == LANGUAGES

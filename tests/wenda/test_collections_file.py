"""The file of collections: what it may say, and what is refused with which words."""

import hashlib
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.serving.collections import Caller
from wenda.collections_file import (
    MOST,
    chosen_settings,
    read_entries,
    settings_of_one,
)
from wenda.settings import Settings, read_settings

pytestmark = pytest.mark.usefixtures("clean")

DIGEST = hashlib.sha256(b"a key").hexdigest()
GOOD = f"""
[[collection]]
name = "handbook"
title = "  Handbook   2024 "
folder = "docs/handbook"
who = "everybody"
rate_limit = "20/minute"

[[collection]]
name = "hr"
title = "Personalakten"
folder = "/srv/hr"
who = ["key: plain", "sha256:{DIGEST}", "user:alice@example.org", "telegram:11", "telegram:-100"]
"""


def written(folder: Path, content: str) -> Path:
    path = folder / "collections.toml"
    path.write_text(content, encoding="utf-8")
    return path


def table(name: str, folder: str, more: str = "") -> str:
    title = "" if "title" in more else f'title = "{name}"\n'
    who = "" if "who" in more else 'who = "everybody"\n'
    return f'[[collection]]\nname = "{name}"\nfolder = "{folder}"\n{title}{who}{more}\n'


def test_a_file_says_who_may_see_which_folder(clean: Path) -> None:
    handbook, hr = read_entries(written(clean, GOOD))
    assert (handbook.name, handbook.title) == ("handbook", "Handbook 2024")
    assert handbook.folder == clean / "docs" / "handbook"
    assert (handbook.rate_limit, hr.rate_limit) == ("20/minute", "")
    assert handbook.rights.let_in(Caller())
    for caller in (
        Caller(hashlib.sha256(b"plain").digest()),
        Caller(bytes.fromhex(DIGEST)),
        Caller(user="alice@example.org"),
        Caller(telegram=11),
        Caller(telegram=-100),
        Caller(owner=True),
    ):
        assert hr.rights.let_in(caller), caller
    for stranger in (Caller(), Caller(b"x"), Caller(user="alice"), Caller(telegram=100)):
        assert not hr.rights.let_in(stranger), stranger


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "names no collection"),
        ("# nothing\n", "names no collection"),
        ("collection = []\n", "names no collection"),
        ("collection = [1]\n", "collection 1 is no table"),
        ("[collection]\nname = 'a'\n", "names no collection"),
        ("[[collections]]\nname = 'a'\n", "has collections"),
        ("[[collection]\n", "cannot be read"),
        (table("Big Name", "x"), "Use up to 40 small letters"),
        (table("../up", "x"), "Use up to 40 small letters"),
        (table("", "x"), "Use up to 40 small letters"),
        (table("a" * 41, "x"), "Use up to 40 small letters"),
        ('[[collection]]\nfolder = "x"\n', "collection 1 has the name None"),
        (table("a", "x", "titel = 'x'\n"), "titel is not known. There are name, title"),
        (table("a", "x", "title = ''\n"), "title must be"),
        (table("a", ""), "folder is missing"),
        (table("a", "x", "who = []\n"), "who is missing"),
        (table("a", "x", "who = [5]\n"), "who is missing"),
        (table("a", "x", "who = 'secret'\n"), "none of everybody, key:KEY"),
        (table("a", "x", "who = ['everybody', 'telegram:me']\n"), "none of everybody, key:KEY"),
        (table("a", "x", "who = 'sha256:12'\n"), "none of everybody, key:KEY"),
        (table("a", "x", "rate_limit = 5\n"), "rate_limit must be"),
        (table("a", "x") + table("a", "y"), "collection a: it is there twice"),
        (table("a", "x") + table("b", "y", "title = 'A'\n"), "a has the same title"),
        (table("a", "x") + table("b", "x"), "its folder .* is that of"),
        (table("a", "x") + table("b", "x/y"), "collection b: its folder .*/x/y is .* inside it"),
        (table("a", "x/y/z") + table("b", "x"), "collection a: its folder .*/x/y/z is .* inside"),
        (table("a", ".") + table("b", "x"), "collection b: .* inside it"),
        (table("a", "x/../y") + table("b", "y"), "is that of"),
    ],
)
def test_what_cannot_be_used_is_refused_whole_and_named(
    clean: Path, content: str, said: str
) -> None:
    path = written(clean, content)
    with pytest.raises(SettingsError, match=said) as caught:
        read_entries(path)
    assert str(path) in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_link_into_another_is_inside_it(clean: Path) -> None:
    (clean / "x" / "y").mkdir(parents=True)
    (clean / "link").symlink_to(clean / "x" / "y")
    with pytest.raises(SettingsError, match="inside it"):
        read_entries(written(clean, table("a", "x") + table("b", "link")))


def test_ten_thousand_are_too_many(clean: Path) -> None:
    content = "".join(table(f"c{number}", f"f{number}") for number in range(10_000))
    with pytest.raises(SettingsError, match=f"10000 collections; one server takes {MOST}"):
        read_entries(written(clean, content))
    some = "".join(table(f"c{number}", f"f{number}") for number in range(MOST))
    assert len(read_entries(written(clean, some))) == MOST


def test_a_file_that_is_not_there_or_not_utf8_is_said(clean: Path) -> None:
    for path in (clean / "gone.toml", clean):
        with pytest.raises(SettingsError, match="cannot be read"):
            read_entries(path)
    (clean / "latin.toml").write_bytes(b"# \xe4\n")
    with pytest.raises(SettingsError, match="Save it as TOML in UTF-8"):
        read_entries(clean / "latin.toml")


@pytest.fixture
def settings(clean: Path) -> Settings:
    return read_settings(collections=written(clean, GOOD), home=Path("home"))


def test_each_has_a_home_of_its_own(settings: Settings) -> None:
    of_one = settings_of_one(settings, "hr")
    assert (of_one.seeds, of_one.home) == (Path("/srv/hr"), Path("home/collections/hr"))
    assert of_one.collections is None
    assert [each.home.name for _, each in chosen_settings(settings, None)] == ["handbook", "hr"]
    ((_, named),) = chosen_settings(settings, "hr")
    assert named.home == of_one.home
    ((entry, folder),) = chosen_settings(settings, None, Path("home"))
    assert (entry, folder.collections) == (None, None)


def test_one_must_be_named_and_known(settings: Settings) -> None:
    with pytest.raises(SettingsError, match=r"Which collection\? Name one of handbook, hr"):
        settings_of_one(settings, None)
    with pytest.raises(SettingsError, match=r"no collection board\. Name one of handbook, hr"):
        settings_of_one(settings, "board")
    alone = read_settings()
    assert settings_of_one(alone, None) is alone
    with pytest.raises(SettingsError, match="WENDA_COLLECTIONS is not set"):
        settings_of_one(alone, "hr")


def test_the_file_of_the_documentation_can_be_used(clean: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "collections.md").read_text(encoding="utf-8")
    content = page.split("```toml\n")[1].split("```")[0]
    handbook, personnel = read_entries(written(clean, content))
    assert handbook.rights.everybody
    assert len(personnel.rights.keys) == 1
    assert personnel.rights.telegram == frozenset({123456789})

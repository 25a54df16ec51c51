"""Rights are those of the file as it is now, without a new start."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest

from api.access.rate_limits import public_limits
from rag.serving.collections import ANYBODY, OWNER, Caller, Collections
from wenda.composition.serving import open_collections
from wenda.runtime.rights import RightsFile, follow_rights
from wenda.settings import Settings, read_settings

FILE = """
[[collection]]
name = "open"
title = "Open"
folder = "open"
who = "everybody"

[[collection]]
name = "closed"
title = "Closed"
folder = "closed"
who = "user:alice"
"""
ALICE, BOB = Caller(user="alice"), Caller(user="bob")


@pytest.fixture
def file(clean: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("open", "closed", "elsewhere"):
        (clean / name).mkdir()
    monkeypatch.setenv("WENDA_COLLECTIONS", "collections.toml")
    path = clean / "collections.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def settings(file: Path) -> Settings:
    assert file
    return read_settings()


def rewrite(file: Path, content: str) -> None:
    """In place of the file, as editors do."""
    new = file.with_suffix(".new")
    new.write_text(content, encoding="utf-8")
    new.replace(file)


def seen(collections: Collections, caller: Caller) -> list[str]:
    return [each.title for each in collections.seen_by(caller).collections]


def test_rights_titles_and_limits_change_with_the_file(file: Path, settings: Settings) -> None:
    with open_collections(settings) as collections:
        rights = RightsFile(file, collections)
        backends = collections.everything.backends
        assert rights.refresh() is False
        rewrite(
            file,
            FILE.replace('who = "everybody"', 'who = "user:bob"\nrate_limit = "1/hour"')
            .replace('who = "user:alice"', 'who = ["user:alice", "user:bob"]')
            .replace('title = "Closed"', 'title = "Not open"'),
        )
        assert rights.refresh() is True
        assert seen(collections, ANYBODY) == []
        assert seen(collections, ALICE) == ["Not open"]
        assert seen(collections, BOB) == ["Open", "Not open"]
        assert collections.everything.collections[0].rate_limit == "1/hour"
        assert collections.everything.backends == backends
        assert rights.refresh() is False


def test_what_is_taken_out_or_has_another_folder_is_seen_by_nobody(
    file: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with open_collections(settings) as collections:
        rights = RightsFile(file, collections)
        new = '\n[[collection]]\nname = "new"\nfolder = "elsewhere"\nwho = "everybody"\n'
        rewrite(file, FILE[FILE.rindex("[[collection]]") :] + new)
        with caplog.at_level(logging.WARNING):
            rights.refresh()
        assert "Start the server again to serve: new" in caplog.text
        assert seen(collections, ANYBODY) == []
        assert seen(collections, ALICE) == ["Closed"]
        assert seen(collections, OWNER) == ["Open", "Closed"]
        rewrite(file, FILE.replace('folder = "closed"', 'folder = "elsewhere"'))
        rights.refresh()
        assert seen(collections, ALICE) == ["Open"]
        rewrite(file, FILE)
        rights.refresh()
        assert seen(collections, ALICE) == ["Open", "Closed"]


@pytest.mark.parametrize(
    "content",
    [
        "not TOML [",
        "",
        FILE.replace("user:alice", "alice"),
        FILE.replace('folder = "closed"', 'folder = "open/in"'),
        FILE + 'rate_limit = "often"\n',
        None,
    ],
)
def test_a_file_that_cannot_be_used_changes_nothing_and_is_said(
    file: Path, settings: Settings, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with open_collections(settings) as collections:
        rights = RightsFile(file, collections, public_limits)
        if content is None:
            file.unlink()
        else:
            rewrite(file, content)
        with caplog.at_level(logging.WARNING):
            assert rights.refresh() is False
        assert "The rights stay as they were" in caplog.text
        assert seen(collections, ALICE) == ["Open", "Closed"]
        assert seen(collections, ANYBODY) == ["Open"]


def test_the_file_is_followed_while_a_server_runs(file: Path, settings: Settings) -> None:
    async def until_changed(collections: Collections) -> None:
        following = asyncio.create_task(follow_rights(settings, collections))
        await asyncio.sleep(0)
        rewrite(file, FILE.replace("user:alice", "user:bob"))
        try:
            for _ in range(300):
                if seen(collections, BOB) == ["Open", "Closed"]:
                    return
                await asyncio.sleep(0.1)
            pytest.fail("the rights did not change")
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    with open_collections(settings) as collections:
        asyncio.run(until_changed(collections))


def test_without_collections_there_is_nothing_to_follow(clean: Path) -> None:
    assert clean
    asyncio.run(follow_rights(read_settings(), Collections([])))

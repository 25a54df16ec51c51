"""What `wenda serve` makes of its settings."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from api.options import ApiOptions
from rag.errors import SettingsError
from rag.serving.collections import Collections
from tests.fakes import write_files
from tests.wenda.conftest import Shell
from wenda import console
from wenda.commands import serve
from wenda.settings import read_settings

pytestmark = pytest.mark.usefixtures("clean")


def options(**given: object) -> ApiOptions:
    return serve.options(read_settings(**given))


def test_lists_are_parted_at_commas() -> None:
    made = options(api_keys=" a , b,,", cors_origins="https://x.example", trusted_hosts="h, *.i")
    assert made.api_keys == ("a", "b")
    assert made.cors_origins == ("https://x.example",)
    assert made.trusted_hosts == ("h", "*.i")
    assert made.admin_token is None
    assert options(admin_token="t").admin_token == "t"  # noqa: S105, S106 - of no server


def test_without_keys_everybody_may_ask() -> None:
    assert options().api_keys == ()
    assert options(api_keys=" , ").api_keys == ()


@pytest.mark.parametrize(
    ("host", "named"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("192.0.2.1", False)],
)
def test_on_loopback_only_its_names_are_answered_to(host: str, *, named: bool) -> None:
    assert ("localhost" in options(host=host).trusted_hosts) is named


def test_as_many_threads_as_usable_processors_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "usable_processors", lambda: 3)
    assert options().threads == 3
    assert options(threads=7).threads == 7


@pytest.mark.parametrize("path", ["wenda", "/wenda", "/wenda/", " wenda/ "])
def test_a_prefix_may_be_written_in_any_way(path: str) -> None:
    assert read_settings(root_path=path).root_path == "/wenda"
    assert read_settings(root_path="/").root_path == ""


def test_what_is_written_to_a_connection_is_sent_at_once() -> None:
    async def option() -> int:
        seen = asyncio.get_running_loop().create_future()

        def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found = writer.get_extra_info("socket")
            seen.set_result(found.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        bound = serve.listening("127.0.0.1", 0)
        async with await asyncio.start_server(connected, sock=bound):
            _, writer = await asyncio.open_connection(*bound.getsockname())
            given = await asyncio.wait_for(seen, 30)
            writer.close()
        return int(given)

    assert asyncio.run(option()) != 0


def test_an_address_that_cannot_be_had_is_said_in_words(clean: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port}, cannot be served"):
            serve.serve(read_settings(host="127.0.0.1", port=port, home=clean))
    with pytest.raises(SettingsError, match="WENDA_HOST"):
        serve.serve(read_settings(host="no.such.host.invalid", home=clean))


def test_what_runs_beside_the_server_may_fail_and_is_ended_with_it(
    shell: Shell, clean: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_files(clean / "seeds", {"jobs.md": "城镇新增就业3960人。"})
    assert shell("index").code == console.DONE
    told: list[str] = []

    async def fail(_collections: Collections) -> None:
        raise RuntimeError

    async def stay(collections: Collections) -> None:
        told.append(collections.everything.only.backend.live.service.generation.name)
        try:
            await asyncio.sleep(60)
        finally:
            told.append("ended")

    async def end(_collections: Collections) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    settings = read_settings(port=0)
    serve.serve(settings, companions=[fail, stay, end], announce=told.append)
    assert [told[0].startswith("http://127.0.0.1:"), told[-1]] == [True, "ended"]
    assert "What runs beside the server has failed" in caplog.text


@pytest.mark.parametrize("proxies", ["", " ", "*", "10.0.0.1, *"])
def test_users_are_not_believed_from_anywhere(clean: Path, proxies: str) -> None:
    settings = read_settings(port=0, home=clean, user_header="X-User", trusted_proxies=proxies)
    with pytest.raises(SettingsError, match="WENDA_USER_HEADER=X-User is believed only from"):
        serve.serve(settings)

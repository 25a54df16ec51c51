"""Servers as processes of their own, on free ports of this machine."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.fakes import CALIBRATION, HASHING_SCALE, write_files

FILES: dict[str, str | bytes] = {
    "jobs.md": "# 就业\n\n城镇新增就业3960人。居民很满意。\n",
    "parks.md": "# Parks\n\nThe city opened seven new parks. People are content.\n",
}
_STARTING = 60.0


@dataclass
class Server:
    """A running server. `log` is what it said, in full once it has ended."""

    url: str
    process: subprocess.Popen[str]
    log_file: Path
    seeds: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8")

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rpartition(":")[2])

    def get(self, path: str, **params: str | int) -> httpx.Response:
        return httpx.get(self.url + path, params=params, timeout=30)

    def lives(self) -> bool:
        return self.process.poll() is None and self.get("healthz").status_code == 200

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def talk(self, *parts: bytes, seconds: float = 10, pause: float = 0) -> bytes:
        """What the server says to these bytes, until it closes or falls silent."""
        said = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            try:
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause)
                while piece := connection.recv(65536):
                    said += piece
            except (TimeoutError, ConnectionError):
                pass
        return said


@contextmanager
def serving(
    folder: Path,
    *arguments: str,
    settings: Mapping[str, str] | None = None,
    ready: bool = True,
    building: float = _STARTING,
) -> Iterator[Server]:
    """A server of a folder's seeds; `settings` are environment variables without WENDA_."""
    home, seeds, log = folder / "home", folder / "seeds", folder / "server.log"
    if not seeds.exists():
        write_files(seeds, FILES)
        home.mkdir(exist_ok=True)
        CALIBRATION.save(home / "calibration.json", HASHING_SCALE)
    given = {"HOST": "127.0.0.1", "PORT": "0", "HOME": str(home), "SEEDS": str(seeds)}
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("WENDA_", "TELEGRAM"))}
    environment = clean | {
        f"WENDA_{name}": value for name, value in (given | dict(settings or {})).items()
    }
    program = arguments or ("tests.api.fake_server", "0")
    with log.open("w", encoding="utf-8") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", *program],
            stdout=written,
            stderr=subprocess.STDOUT,
            env=environment,
            text=True,
        )
    try:
        server = Server(_url(process, log), process, log, seeds)
        if ready:
            until(lambda: server.get("readyz").status_code == 200, building)
        yield server
    finally:
        process.kill()
        process.wait(timeout=60)


def until(holds: Callable[[], bool], seconds: float = _STARTING) -> None:
    """Waits for what must come true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def _url(process: subprocess.Popen[str], log: Path) -> str:
    """The address that the server prints when it listens."""
    found: list[str] = []

    def listens() -> bool:
        said = log.read_text(encoding="utf-8")
        assert process.poll() is None, said
        found.extend(re.findall(r"Wenda is at (\S+)", said))
        return bool(found)

    until(listens)
    return found[0]

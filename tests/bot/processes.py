"""The real bot in a process of its own, talking to the fake Telegram."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.bot.telegram_server import TOKEN, TelegramServer

_HELD_SECONDS = 3
_ROOT = Path(__file__).parents[2]


class BotProcess:
    """`wenda bot`, started, ended and killed as an operator would."""

    program: tuple[str, ...] = ("wenda", "--verbose", "bot")

    def __init__(self, server: TelegramServer, home: Path, **settings: str) -> None:
        self.server = server
        self.home = home
        self._log = home / "bot.log"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> "BotProcess":
        """Starts it; waits until it polls."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("WENDA_", "TELEGRAM"))}
        kept |= {k: v for k, v in os.environ.items() if k == "WENDA_MODELS"}
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "WENDA_TELEGRAM_API": self.server.url,
            "WENDA_TELEGRAM_POLL": str(_HELD_SECONDS),
            "WENDA_TELEGRAM_TIMEOUT": "2",
            "WENDA_TELEGRAM_RATE_LIMIT": "1000/minute",
            "WENDA_TELEGRAM_GROUP_LIMIT": "1000/minute",
            "WENDA_HOME": str(self.home),
            "PYTHONPATH": str(_ROOT),
            **self._settings,
        }
        polls = self.server.polls
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self.program],
                env={**kept, **settings},
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if wait:
            self.server.wait(lambda: self.server.polls > polls or self._ended(), 60)
            assert not self._ended(), self.log
        return self

    def terminate(self) -> int:
        """Ends it with SIGTERM; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it with SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends it if it runs."""
        if self._process is not None and self._process.poll() is None:
            self.terminate()

    def wait(self, seconds: float = 60) -> int:
        """The exit code of a process that ends by itself."""
        assert self._process is not None
        return self._process.wait(seconds)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def _end(self, number: int) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        began = time.monotonic()
        code = self._process.wait(40)
        self.seconds = time.monotonic() - began
        return code


class FakeBotProcess(BotProcess):
    """The same with the hashing encoder in place of the model."""

    program = ("tests.api.fake_server", "0", "bot")


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

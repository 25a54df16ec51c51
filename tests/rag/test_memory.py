"""Free memory goes back to the system, where the C library knows how."""

import platform
import subprocess
import sys

import pytest

from rag.memory import give_back

_HELD = """
import os
from rag.memory import give_back

def held():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

blocks = [bytearray(10_000) for _ in range(10_000)]
last = blocks.pop()  # in use at the end of the heap: what is free before it is kept
del blocks
before = held()
give_back()
print(before - held())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="needs glibc, on Linux"
)
def test_free_memory_between_what_is_in_use_is_given_back() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _HELD], capture_output=True, text=True, timeout=60, check=True
    )
    assert int(ran.stdout) > 50_000_000


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def library(name: object) -> object:
        asked.append(name)
        return object()  # without malloc_trim

    monkeypatch.setattr("ctypes.CDLL", library)
    give_back()
    assert asked == [None]

"""A container that may use two processors of a large machine gets two threads, not sixty-four."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from rag import processors
from rag.processors import usable_processors
from tests.fakes import write_files

V2 = "0::/kubepods/pod7/container\n"
V1 = "12:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n"


@pytest.mark.parametrize(
    ("groups", "limits", "expected"),
    [
        ("", {}, 64),
        (V2, {}, 64),
        (V2, {"kubepods/pod7/container/cpu.max": "200000 100000\n"}, 2),
        (V2, {"kubepods/pod7/container/cpu.max": "max 100000\n"}, 64),
        (V2, {"kubepods/pod7/container/cpu.max": "max 100000", "kubepods/cpu.max": "150000 1"}, 64),
        (V2, {"kubepods/pod7/cpu.max": "150000 100000"}, 2),
        (V2, {"cpu.max": "50000 100000"}, 1),
        (V2, {"cpu.max": "garbage"}, 64),
        (V2, {"cpu.max": "1 0"}, 64),
        (V1, {"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, 3),
        (V1, {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 64),
        (
            V1,
            {"cpu/docker/abc/cpu.cfs_quota_us": "1000", "cpu/docker/abc/cpu.cfs_period_us": "500"},
            2,
        ),
    ],
)
def test_control_groups_bound_the_threads(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    groups: str,
    limits: Mapping[str, str],
    expected: int,
) -> None:
    monkeypatch.setattr(processors, "_allowed", lambda: 64)
    write_files(tmp_path / "proc/self", {"cgroup": groups})
    write_files(tmp_path / "sys/fs/cgroup", limits)
    assert usable_processors(tmp_path) == expected


def test_without_control_groups_it_is_what_the_process_is_bound_to(tmp_path: Path) -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert usable_processors(tmp_path) == 1
    finally:
        os.sched_setaffinity(0, before)

import os
import sys

import pytest

from backtrader_walkforward.system.cores import usable_cores


def cores_with(text, tmp_path):
    """Return the cores that a container with this quota may use."""
    quota = tmp_path / "cpu.max"
    quota.write_text(text)
    return usable_cores(quota)


def test_a_container_has_the_cores_that_it_is_granted(tmp_path, monkeypatch):
    """At most those of the machine, and one for a part of one."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)), raising=False)
    assert cores_with("200000 100000\n", tmp_path) == 2
    assert cores_with("150000 100000\n", tmp_path) == 2
    assert cores_with("20000 100000\n", tmp_path) == 1
    assert cores_with("12800000 100000\n", tmp_path) == 64


@pytest.mark.parametrize("text", ["max 100000\n", "", "no quota"])
def test_without_a_quota_all_are_usable(text, tmp_path):
    assert cores_with(text, tmp_path) == usable_cores(tmp_path / "missing")


@pytest.mark.skipif(sys.platform != "linux", reason="binds a process to a core")
def test_a_process_bound_to_one_core_has_one(tmp_path):
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert usable_cores(tmp_path / "missing") == 1
    finally:
        os.sched_setaffinity(0, before)

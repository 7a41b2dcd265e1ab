"""The number of cores that a process may use."""

import os
from contextlib import suppress
from math import ceil
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""File in which Linux tells a container its share of processor time: microseconds of a period, or `max`."""


def usable_cores(quota: Path = QUOTA) -> int:
    """Return the number of cores of this process, limited to the share of its container.

    `os.cpu_count()` counts the cores of the whole machine. In a container with two of 64 cores, 64 processes would take
    32 times the memory and be slower.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):  # there is no such file, or it holds "max"
        granted, period = map(int, quota.read_text().split())
        cores = min(cores, ceil(granted / period))
    return cores

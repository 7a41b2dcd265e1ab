"""How many cores there are to use."""

import os
from contextlib import suppress
from math import ceil
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")
"""Where Linux tells a container its share of processor time: microseconds out of so many, or `max`."""


def usable_cores(quota: Path = QUOTA) -> int:
    """Return the number of cores that this process may run on, at most what its container is granted.

    `os.cpu_count()` counts all of the machine: in a container with two of its cores, one process for each of 64 would
    take 32 times the memory and be slower.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):  # there is no such file, or it says "max", which is no number
        granted, period = map(int, quota.read_text().split())
        cores = min(cores, ceil(granted / period))
    return cores

"""The rows of a benchmark and their table."""

import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

from backtrader_walkforward.system.cores import usable_cores

LIBRARIES = ("numpy", "tensorflow", "keras", "torch", "backtrader", "backtesting", "quantstats")


class Row(NamedTuple):
    """One comparison. `reached` is None where nothing could be measured."""

    what: str
    target: str
    measured: str
    reached: bool | None


def printed(rows: Iterable[Row]) -> Iterator[Row]:
    """Print each row as it comes: the last one may take hours."""
    for row in rows:
        print(row.what, row.measured, sep="; ", flush=True)
        yield row


def show(rows: Iterable[Row]) -> None:
    """Print the rows with machine and versions."""
    table = Table(box=box.ASCII2)
    for heading in ("what", "target", "measured", "reached"):
        table.add_column(heading)
    for row in rows:
        table.add_row(row.what, row.target, row.measured, {None: "-", True: "yes", False: "NO"}[row.reached])
    console = Console(width=140)
    console.print(table)
    console.print(machine())


def machine() -> str:
    """Return processor, cores, Python and library versions in a line."""
    found = ", ".join(f"{name} {installed(name)}" for name in LIBRARIES)
    return f"{processor()}, {usable_cores()} cores, Python {platform.python_version()}, {found}"


def processor() -> str:
    """Return the name of the processor, where the system has it."""
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123 - not a regular file
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def installed(name: str) -> str:
    """Return the version of a library, or that it is absent."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"

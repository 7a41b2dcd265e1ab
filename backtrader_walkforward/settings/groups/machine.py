"""Settings of the machine."""

from dataclasses import dataclass
from pathlib import Path

from backtrader_walkforward.settings.field import STUDY_COMMANDS
from backtrader_walkforward.settings.groups.base import Group, machine

MOST_WORKERS = 256


@dataclass(frozen=True, kw_only=True)
class MachineSettings(Group):
    """The machine: processes and folders."""

    workers: int = machine(
        1,
        "Number of worker processes.",
        "In Python the default is 1.",
        metavar="N",
        usual="one for each core",
        low=1,
        high=MOST_WORKERS,
    )
    cache_dir: Path | None = machine(
        None,
        "Folder for stored prices, forecasts and trials.",
        metavar="DIR",
        usual="the user's own",
        commands=(*STUDY_COMMANDS, "trials", "cache"),
    )
    use_cache: bool = machine(True, "Train everything again and store no forecast.", flag="--no-cache")

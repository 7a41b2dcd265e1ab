"""Settings of the machine: processes and folders."""

from dataclasses import dataclass
from pathlib import Path

from backtrader_walkforward.settings.field import STUDY_COMMANDS, Group, machine

MOST_WORKERS = 256


@dataclass(frozen=True, kw_only=True)
class MachineSettings(Group):
    """The machine: processes and folders."""

    workers: int = machine(
        1,
        "Worker processes.",
        "In Python the default is 1.",
        metavar="N",
        usual="one for each core",
        low=1,
        high=MOST_WORKERS,
    )
    cache_dir: Path | None = machine(
        None,
        "Folder of all that is stored.",
        "It holds prices, forecasts, null models, tear sheets, trials and paper ledgers.",
        metavar="DIR",
        usual="the user's own",
        commands=(*STUDY_COMMANDS, "trials", "cache"),
    )
    use_cache: bool = machine(True, "Train everything again and store no forecast.", flag="--no-cache")

"""Settings of the report."""

from dataclasses import dataclass
from pathlib import Path

from backtrader_walkforward.settings.choices import TEARSHEETS
from backtrader_walkforward.settings.field import setting
from backtrader_walkforward.settings.groups.base import Group, machine, view


@dataclass(frozen=True, kw_only=True)
class ReportSettings(Group):
    """The report: what is compared, drawn and written."""

    null_models: int = setting(
        20,
        "Random accounts to compare every strategy with.",
        "There are as many of each kind of null model.",
        metavar="N",
        low=0,
        high=10_000,
        commands=("run", "audit"),
        trial=False,
        ledger=False,
    )
    tearsheets: str = view(
        "all",
        "Tear sheets to draw: all, best or none.",
        metavar="NAME",
        choices=TEARSHEETS,
        commands=("run", "paper-report"),
    )
    out: Path = machine(
        Path(),
        "Folder for charts/ and runs/.",
        metavar="DIR",
        usual="the working folder",
        commands=("run", "audit", "signal", "paper-report"),
    )
    quiet: bool = machine(False, "Print the result only.", flag="--quiet")

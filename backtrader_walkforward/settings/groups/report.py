"""Settings of the report: what is compared, drawn and written."""

from dataclasses import dataclass
from pathlib import Path

from backtrader_walkforward.settings.choices import TEARSHEETS
from backtrader_walkforward.settings.field import Group, machine, setting, view


@dataclass(frozen=True, kw_only=True)
class ReportSettings(Group):
    """The report: what is compared, drawn and written."""

    null_models: int = setting(
        20,
        "Random accounts to compare with.",
        "Every strategy is compared with as many of each kind of null model.",
        metavar="N",
        low=0,
        high=10_000,
        commands=("run", "audit"),
        trial=False,
        ledger=False,
    )
    importance: bool = view(
        False,
        "Measure which features the forecast uses.",
        "One feature at a time gets its values of random training days, five times. The report says how much worse the"
        " forecast is then. Every fit is made once more, unless an earlier run stored the result.",
        flag="--importance",
        commands=("run",),
    )
    tearsheets: str = view(
        "all",
        "Tear sheets to draw: all, best or none.",
        metavar="NAME",
        choices=TEARSHEETS,
        commands=("run", "paper-report"),
    )
    practice: bool = view(
        False,
        "Practise: the run decides nothing and counts nowhere.",
        "It is for trying the tool out. No later test counts it, and `trials` shows it as practice.",
        flag="--practice",
        commands=("run", "signal", "panel"),
    )
    out: Path = machine(
        Path(),
        "Folder for charts/ and runs/.",
        "`signal` writes into `signals/` there.",
        metavar="DIR",
        usual="the working folder",
        section="output",
        commands=("run", "audit", "signal", "paper-report", "panel", "runs", "compare"),
    )
    quiet: bool = machine(False, "Print the result only.", flag="--quiet", section="output")

"""The commands, and which settings each of them uses."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from backtrader_walkforward.settings.settings import FIELDS

STORED = ("cache_dir",)
LIVE = tuple(name for name in FIELDS if name not in ("seeds", "tearsheets"))


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command.

    Attributes
    ----------
    help : str
        One sentence.
    function : str
        `module:name` of what runs it, inside the package. It takes the settings, and `own` options by their names.
    settings : tuple of str
        Names of the settings that are its options.
    """

    help: str
    function: str
    settings: tuple[str, ...]

    def load(self) -> Callable[..., Any]:
        """Import the function. Only here is anything heavy imported."""
        module, name = self.function.split(":")
        function: Callable[..., Any] = getattr(import_module(f"backtrader_walkforward.{module}"), name)
        return function


COMMANDS = {
    "run": Command(
        help="Forecast a ticker, trade the forecast in sub-accounts, and report. This is the default command.",
        function="cli.run:run",
        settings=tuple(FIELDS),
    ),
    "audit": Command(
        help="Prove that a run knows no future and that its accounts add up.",
        function="audit.command:run_audit",
        settings=tuple(name for name in FIELDS if name != "tearsheets"),
    ),
    "signal": Command(
        help="Print the orders for the next session. Use it after the close.",
        function="live.ticket.command:run_signal",
        settings=tuple(name for name in LIVE if name != "fill"),
    ),
    "paper": Command(
        help="Trade on paper, in a ledger that is kept from session to session. Use it after the close.",
        function="live.paper.command:run_paper",
        settings=LIVE,
    ),
    "paper-report": Command(
        help="Compare the paper accounts with a backtest of the same days.",
        function="live.paper.live_report:run_paper_report",
        settings=(*LIVE, "tearsheets"),
    ),
    "trials": Command(
        help="Show everything that was ever tried, by ticker.",
        function="cli.stored:show_trials",
        settings=STORED,
    ),
    "cache": Command(
        help="Show what the caches hold, or delete old entries.",
        function="cli.stored:manage_cache",
        settings=STORED,
    ),
}

OLD_SPELLINGS = {
    "--audit": "audit",
    "--signal": "signal",
    "--paper": "paper",
    "--paper-report": "paper-report",
    "--trials": "trials",
    "--store": "cache",
}
"""Options of the first version, and the commands that they have become."""

RENAMED = {"--no-store": "--no-cache", "--nulls": "--null-models", "--restart-every": "--cold-start-every"}
"""Options of the first version, and what they are called now."""

"""The commands, each with its options."""

from collections.abc import Callable
from dataclasses import Field, dataclass, fields
from pkgutil import resolve_name
from typing import Any

from backtrader_walkforward.cli.own_options import (
    CacheOptions,
    CompareOptions,
    CompletionOptions,
    NewOptions,
    PaperOptions,
    ResultOptions,
    RunOptions,
    RunsOptions,
    SignalOptions,
)
from backtrader_walkforward.settings.field import Group, option_of, rule_of
from backtrader_walkforward.settings.settings import FIELDS

COMMON = {
    "--help": "Show one screen.",
    "--help-all": "Explain every option.",
    "--version": "Show the version.",
    "--debug": "Show the traceback of an error.",
}
"""Options of every command."""


@dataclass(frozen=True)
class Command:
    """A command."""

    name: str
    """Name, as it is typed."""
    help: str
    """One sentence."""
    function: str
    """`module:name` of the function in the package that runs it with the settings and the command's own options."""
    own: type[Group] = Group
    """The command's own options, which are no settings."""

    def load(self) -> Callable[..., Any]:
        """Import the function. Only here is anything heavy imported."""
        function: Callable[..., Any] = resolve_name(f"backtrader_walkforward.{self.function}")
        return function

    @property
    def settings(self) -> dict[str, Field[Any]]:
        """Its settings by their names."""
        return {name: one for name, one in FIELDS.items() if self.name in rule_of(one).commands}

    @property
    def takes_file(self) -> bool:
        """Whether a settings file can give its settings."""
        return "period" in self.settings

    @property
    def options(self) -> tuple[str, ...]:
        """All its options, as they are typed."""
        own = map(option_of, (*self.settings.values(), *fields(self.own)))
        return (*own, *(["--settings"] if self.takes_file else []), *COMMON)

    @property
    def offered(self) -> list[str]:
        """Those that its help lists: the others stand in files of settings alone."""
        hidden = {option_of(one) for one in self.settings.values() if rule_of(one).hidden}
        return [option for option in self.options if option not in hidden]


COMMANDS = {
    command.name: command
    for command in (
        Command("run", "Forecast a ticker, trade the forecast in sub-accounts, and report.", "cli.run:run", RunOptions),
        Command(
            "audit", "Prove that a run uses no later prices and that its accounts add up.", "audit.command:run_audit"
        ),
        Command(
            "signal",
            "Print the orders for the next session. Use it after the close.",
            "live.ticket.command:run_signal",
            SignalOptions,
        ),
        Command(
            "paper",
            "Trade on paper, in a ledger that grows by each session. Use it after the close.",
            "live.paper.command:run_paper",
            PaperOptions,
        ),
        Command(
            "paper-report",
            "Compare the paper accounts with a backtest of the same days.",
            "live.paper.command:run_paper_report",
        ),
        Command(
            "panel",
            "Study many tickers, trade books of them, and judge all by one verdict.",
            "cli.panel:run_panel",
            ResultOptions,
        ),
        Command(
            "runs", "List the runs with their headlines, the newest first.", "saved_runs.listing:show_runs", RunsOptions
        ),
        Command("compare", "Compare runs: settings, headlines and curves.", "cli.compare:compare", CompareOptions),
        Command("trials", "Show what was tried, by ticker and over all.", "cli.trials:show_trials"),
        Command("cache", "Show what the caches hold, or delete old entries.", "cli.cache:manage_cache", CacheOptions),
        Command(
            "new", "Write a strategy, predictor or analyzer to begin with, and its test.", "cli.new:new", NewOptions
        ),
        Command(
            "completion", "Print what lets a shell complete the options.", "cli.completion:complete", CompletionOptions
        ),
    )
}

"""The commands, each with its options."""

from collections.abc import Callable
from dataclasses import Field, dataclass, fields
from importlib import import_module
from typing import Any

from backtrader_walkforward.settings.field import Group, option_of, rule_of, setting
from backtrader_walkforward.settings.settings import FIELDS


@dataclass(frozen=True, kw_only=True)
class SignalOptions(Group):
    """Options of `signal` alone."""

    position: float | None = setting(
        None, "Number of shares held now.", metavar="SHARES", usual="0", low=-1e12, high=1e12
    )


@dataclass(frozen=True, kw_only=True)
class CacheOptions(Group):
    """Options of `cache` alone."""

    action: str = setting(
        "show", "Show the entries, or delete unused ones.", choices=("show", "prune"), positional=True
    )


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command.

    Attributes
    ----------
    name : str
        Name, as it is typed.
    help : str
        One sentence.
    function : str
        `module:name` of the function that runs it, inside the package. It takes the settings, and the command's own
        options by their names.
    own : type of Group
        The command's own options, which are no settings.
    """

    name: str
    help: str
    function: str
    own: type[Group] = Group

    def load(self) -> Callable[..., Any]:
        """Import the function. Only here is anything heavy imported."""
        module, name = self.function.split(":")
        function: Callable[..., Any] = getattr(import_module(f"backtrader_walkforward.{module}"), name)
        return function

    @property
    def settings(self) -> dict[str, Field[Any]]:
        """Its settings by their names."""
        return {name: one for name, one in FIELDS.items() if self.name in rule_of(one).commands}

    @property
    def takes_file(self) -> bool:
        """Whether a settings file can give its settings."""
        return "ticker" in self.settings

    @property
    def options(self) -> tuple[str, ...]:
        """All its options, as they are typed."""
        own = map(option_of, (*self.settings.values(), *fields(self.own)))
        return (*own, *(["--settings"] if self.takes_file else []), "--help", "--version", "--debug")


COMMANDS = {
    command.name: command
    for command in (
        Command(
            name="run",
            help="Forecast a ticker, trade the forecast in sub-accounts, and report.",
            function="cli.run:run",
        ),
        Command(
            name="audit",
            help="Prove that a run uses no later prices and that its accounts add up.",
            function="audit.command:run_audit",
        ),
        Command(
            name="signal",
            help="Print the orders for the next session. Use it after the close.",
            function="live.ticket.command:run_signal",
            own=SignalOptions,
        ),
        Command(
            name="paper",
            help="Trade on paper, in a ledger that grows by each session. Use it after the close.",
            function="live.paper.command:run_paper",
        ),
        Command(
            name="paper-report",
            help="Compare the paper accounts with a backtest of the same days.",
            function="live.paper.command:run_paper_report",
        ),
        Command(name="trials", help="Show everything that was ever tried, by ticker.", function="cli.run:show_trials"),
        Command(
            name="cache",
            help="Show what the caches hold, or delete old entries.",
            function="cli.run:manage_cache",
            own=CacheOptions,
        ),
    )
}

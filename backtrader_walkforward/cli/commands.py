"""The commands, each with its options."""

from collections.abc import Callable
from dataclasses import Field, dataclass, fields
from pkgutil import resolve_name
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
class PaperOptions(Group):
    """Options of `paper` alone."""

    confirm: tuple[str, ...] = setting(
        (),
        "Book a split or dividend, as DAY:split=2.",
        "It is for what the source of the prices does not know: `2018-10-05:split=2` is two new shares for one,"
        " `2018-10-05:split=3/2` three for two, `2018-10-05:split=1` none, `2018-10-05:dividend=1.25` cash per share.",
        metavar="ACTION,...",
        usual="",
    )


@dataclass(frozen=True, kw_only=True)
class CacheOptions(Group):
    """Options of `cache` alone."""

    action: str = setting(
        "show", "Show the entries, or delete unused ones.", choices=("show", "prune"), positional=True
    )


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
        return (*own, *(["--settings"] if self.takes_file else []), "--help", "--version", "--debug")


COMMANDS = {
    command.name: command
    for command in (
        Command("run", "Forecast a ticker, trade the forecast in sub-accounts, and report.", "cli.run:run"),
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
            "panel", "Study many tickers, trade them in one book, and judge all by one verdict.", "cli.panel:run_panel"
        ),
        Command("trials", "Show what was tried, by ticker and over all.", "cli.trials:show_trials"),
        Command("cache", "Show what the caches hold, or delete old entries.", "cli.run:manage_cache", CacheOptions),
    )
}

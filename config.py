"""Every setting of a run in one frozen dataclass, checked once, passed on whole or in parts."""

import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from errors import ArgumentError, did_you_mean

SOURCES = ("auto", "yahoo", "sample", "csv")
TARGETS = ("return", "price")
FILLS = ("next-open", "close")
TEARSHEETS = ("all", "best", "none")

TICKER_PATTERN = re.compile(r"[A-Z0-9^][A-Z0-9.^=\-]{0,14}")
ISIN_PATTERN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")

RANGES: dict[str, tuple[float, float]] = {
    "period": (1, 36_525),
    "lookback": (1, 1_000),
    "retrain_every": (1, 100_000),
    "train_window": (20, 100_000),
    "restart_every": (1, 100_000),
    "epochs": (1, 10_000),
    "seed": (0, 2**31 - 1),
    "seeds": (1, 100),
    "nulls": (0, 10_000),
    "capital": (0.01, 1e15),
    "threshold": (0, 1),
    "workers": (1, 256),
}
"""Smallest and largest value allowed for each number."""

STORE_ACTIONS = ("show", "prune")

SETTINGS_OF_THE_MACHINE = (
    "csv",
    "out",
    "tearsheets",
    "quiet",
    "workers",
    "cache_dir",
    "use_store",
    "store",
    "audit",
    "trials",
)
"""Settings that say where and how to run, not what: they leave the results as they are."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of.

    Raises
    ------
    ArgumentError
        If a value is out of its range, names nothing known, or contradicts another.
    """

    ticker: str = "SPY"
    period: int = 730
    source: str = "auto"
    csv: Path | None = None
    end: date | None = None

    predictor: str = "lstm"
    target: str = "return"
    lookback: int = 60
    retrain_every: int = 21
    train_window: int | None = None
    restart_every: int = 12
    epochs: int = 50
    seed: int = 7
    seeds: int = 1

    capital: float = 100_000.0
    allow_short: bool = True
    threshold: float = 0.001
    fill: str = "next-open"
    whole_shares: bool = False
    strategies: tuple[str, ...] = ()
    nulls: int = 20

    out: Path = Path()
    tearsheets: str = "all"
    quiet: bool = False

    workers: int = 1
    cache_dir: Path | None = None
    use_store: bool = True
    store: str | None = None
    audit: bool = False
    trials: bool = False

    def __post_init__(self) -> None:
        check_ticker(self.ticker)
        for name, (low, high) in RANGES.items():
            check_range(name, getattr(self, name), low, high)
        check_choice("source", self.source, SOURCES)
        check_choice("target", self.target, TARGETS)
        check_choice("fill", self.fill, FILLS)
        check_choice("tearsheets", self.tearsheets, TEARSHEETS)
        if self.store is not None:
            check_choice("store", self.store, STORE_ACTIONS)
        if self.store is not None and self.audit:
            raise ArgumentError("--store and --audit are two commands: leave one of them out")
        if self.source == "csv" and self.csv is None:
            raise ArgumentError("--source csv needs a file: add --csv FILE")
        if self.csv is not None and self.source not in ("auto", "csv"):
            raise ArgumentError(f"--csv and --source {self.source} contradict each other: leave one of them out")

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """The run's own seed, and those that it is repeated with."""
        return tuple(range(self.seed, self.seed + self.seeds))

    def of_the_result(self) -> dict[str, Any]:
        """Return the settings that decide the results, as plain JSON values."""
        settings = {name: value for name, value in asdict(self).items() if name not in SETTINGS_OF_THE_MACHINE}
        return settings | {
            "end": self.end.isoformat() if self.end else None,
            "strategies": list(self.strategies),
        }


def option(name: str) -> str:
    """Return the option that sets a field: `retrain_every` is `--retrain-every`."""
    return "--" + name.replace("_", "-")


def check_ticker(ticker: str) -> None:
    """Raise unless `ticker` is one symbol as Yahoo writes them: AAPL, BRK-B, ^GSPC, EURUSD=X, 7203.T."""
    shown = ticker if len(ticker) <= 30 else ticker[:27] + "..."
    if ISIN_PATTERN.fullmatch(ticker.upper()):
        raise ArgumentError(f"--ticker must be a symbol, not an ISIN: {shown!r} - look its symbol up, for example AAPL")
    if not TICKER_PATTERN.fullmatch(ticker):
        raise ArgumentError(
            f"--ticker must be one symbol of up to 15 capital letters, digits and .^=- : {shown!r} - for example AAPL"
        )


def check_range(name: str, value: float | None, low: float, high: float) -> None:
    """Raise unless `value` is None or lies in [low, high]; NaN lies nowhere."""
    if value is not None and not low <= value <= high:
        raise ArgumentError(f"{option(name)} must lie between {low:,.15g} and {high:,.15g}: {value}")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise unless `value` is one of `choices`."""
    if value not in choices:
        raise ArgumentError(
            f"{option(name)} must be one of {', '.join(choices)}: {value!r}{did_you_mean(value, choices)}"
        )

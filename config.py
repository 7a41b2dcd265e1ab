"""Every setting of a run in one frozen dataclass, checked once, passed on whole or in parts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from errors import ArgumentError, did_you_mean

SOURCES = ("auto", "yahoo", "sample", "csv")
TARGETS = ("return", "price")
FILLS = ("next-open", "close")
TEARSHEETS = ("all", "best", "none")
TIMEFRAMES = ("daily", "weekly", "monthly")

REGIMES = {
    "trend": ("uptrend", "downtrend"),
    "volatility": ("low_volatility", "mid_volatility", "high_volatility"),
    "markov": ("calm", "turbulent"),
}
"""Kinds of market regime, and the names of each kind's regimes."""

REGIME_CODES = {name: float(code) for names in REGIMES.values() for code, name in enumerate(names)}
"""What stands for each regime in the line of its kind (`regime_line`)."""

UNKNOWN_REGIME = "unknown"
"""Name of what has no code: the days whose regime was not known, NaN in the line."""

REGIME_ACTIONS = {"out": 0.0, "half": 0.5}
"""What a filter does in a regime: the factor of the target weight."""

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
    "ensemble": (1, 100),
    "nulls": (0, 10_000),
    "capital": (0.01, 1e15),
    "position": (-1e12, 1e12),
    "threshold": (0, 1),
    "stop_loss": (0.0001, 0.9999),
    "trailing_stop": (0.0001, 0.9999),
    "take_profit": (0.0001, 100),
    "commission_bps": (0, 1_000),
    "commission_min": (0, 1e6),
    "slippage_bps": (0, 1_000),
    "borrow_rate": (0, 10),
    "cash_rate": (0, 1),
    "workers": (1, 256),
}
"""Smallest and largest value allowed for each number."""

COSTS = ("commission_bps", "commission_min", "slippage_bps", "borrow_rate", "cash_rate")
"""Settings of what trading and holding cost, each of which is nothing at 0."""

BASIS_POINTS = 10_000
"""In a whole."""

STOPS = ("stop_loss", "trailing_stop", "take_profit")
"""Settings of where a position is closed early, each of which is off at None."""

STORE_ACTIONS = ("show", "prune")

COMMANDS = ("store", "audit", "trials", "signal", "paper", "paper_report")
"""Settings that ask for something else than a run; one at a time."""

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
    "signal",
    "position",
    "paper",
    "paper_report",
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
    ensemble: int = 1
    timeframes: tuple[str, ...] = ("daily",)
    target: str = "return"
    lookback: int = 60
    retrain_every: int = 21
    train_window: int | None = None
    restart_every: int = 1
    epochs: int = 50
    seed: int = 7
    seeds: int = 1

    capital: float = 100_000.0
    allow_short: bool = True
    threshold: float = 0.001
    fill: str = "next-open"
    whole_shares: bool = False
    commission_bps: float = 0.0
    commission_min: float = 0.0
    slippage_bps: float = 0.0
    borrow_rate: float = 0.0
    cash_rate: float = 0.0
    strategies: tuple[str, ...] = ()
    stop_loss: float | None = None
    trailing_stop: float | None = None
    take_profit: float | None = None
    regimes: tuple[str, ...] = ()
    regime_filter: tuple[tuple[str, str], ...] = ()
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
    signal: bool = False
    position: float | None = None
    paper: bool = False
    paper_report: bool = False

    def __post_init__(self) -> None:
        check_ticker(self.ticker)
        for name, (low, high) in RANGES.items():
            check_range(name, getattr(self, name), low, high)
        check_choice("source", self.source, SOURCES)
        check_choice("target", self.target, TARGETS)
        check_choices("timeframes", self.timeframes, TIMEFRAMES)
        if "daily" not in self.timeframes:
            raise ArgumentError(
                f"--timeframes must hold daily: {','.join(self.timeframes)!r} - put daily before the rest"
            )
        check_choices("regimes", self.regimes, tuple(REGIMES))
        check_regime_filter("--regime-filter", self.regime_filter)
        check_choice("fill", self.fill, FILLS)
        check_choice("tearsheets", self.tearsheets, TEARSHEETS)
        if self.store is not None:
            check_choice("store", self.store, STORE_ACTIONS)
        check_commands(self)
        check_signal(self)
        check_paper(self)
        if self.source == "csv" and self.csv is None:
            raise ArgumentError("--source csv needs a file: add --csv FILE")
        if self.csv is not None and self.source not in ("auto", "csv"):
            raise ArgumentError(f"--csv and --source {self.source} contradict each other: leave one of them out")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the predictors whose mean is traded, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.predictor.split(",")))

    @property
    def all_seeds(self) -> tuple[int, ...]:
        """The run's own seed, and those that it is repeated with."""
        return tuple(range(self.seed, self.seed + self.seeds))

    @property
    def has_costs(self) -> bool:
        """Whether anything costs something, or cash bears interest."""
        return any(getattr(self, name) for name in COSTS)

    def without_costs(self) -> "Config":
        """Return the same settings, with everything for free."""
        free: dict[str, Any] = dict.fromkeys(COSTS, 0.0)
        return replace(self, **free)

    def of_the_result(self) -> dict[str, Any]:
        """Return the settings that decide the results, as plain JSON values."""
        settings = {name: value for name, value in asdict(self).items() if name not in SETTINGS_OF_THE_MACHINE}
        return settings | {
            "end": self.end.isoformat() if self.end else None,
            "strategies": list(self.strategies),
            "timeframes": list(self.timeframes),
            "regimes": list(self.regimes),
            "regime_filter": dict(self.regime_filter),
        }


def check_commands(config: Config) -> None:
    """Raise when two commands are asked for at once."""
    asked = [option(name) for name in COMMANDS if getattr(config, name)]
    if len(asked) > 1:
        raise ArgumentError(f"{asked[0]} and {asked[1]} are two commands: leave one of them out")


def check_signal(config: Config) -> None:
    """Raise where a ticket is asked for with what it cannot have, or its position without it."""
    if config.position is not None and not config.signal:
        raise ArgumentError("--position needs --signal: add it, or leave --position out")
    if config.signal and config.seeds > 1:
        raise ArgumentError(
            f"--signal and --seeds {config.seeds} contradict each other: a ticket is of one seed, so leave --seeds out"
        )
    if config.signal and config.fill == "close":
        raise ArgumentError("--signal and --fill close contradict each other: that close is over, so leave --fill out")


def check_paper(config: Config) -> None:
    """Raise where the ledger is asked for with several seeds."""
    asked = [option(name) for name in ("paper", "paper_report") if getattr(config, name)]
    if asked and config.seeds > 1:
        raise ArgumentError(
            f"{asked[0]} and --seeds {config.seeds} contradict each other: a ledger is of one seed,"
            " so leave --seeds out"
        )


def option(name: str) -> str:
    """Return the option that sets a field: `retrain_every` is `--retrain-every`."""
    return "--" + name.replace("_", "-")


def regime_line(kind: str) -> str:
    """Return the line of the feed with the regimes of a kind: `trend_regime`."""
    return f"{kind}_regime"


def kind_of_regime(regime: str) -> str:
    """Return the kind of a regime: `uptrend` is one of the trend."""
    return next(kind for kind, names in REGIMES.items() if regime in names)


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


def check_choices(name: str, values: Iterable[str], choices: tuple[str, ...]) -> None:
    """Raise unless each of `values` is one of `choices`."""
    for value in values:
        check_choice(name, value, choices)


def check_regime_filter(told: str, rules: Sequence[tuple[str, str]]) -> None:
    """Raise unless each of `rules` is a regime and what to do in it, and none is named twice; `told` is its name."""
    named = [regime for regime, _ in rules]
    for regime, action in rules:
        if regime not in REGIME_CODES:
            raise ArgumentError(f"{told} knows no regime {regime!r}{did_you_mean(str(regime), REGIME_CODES)}")
        if action not in REGIME_ACTIONS:
            raise ArgumentError(
                f"{told} must say out or half of {regime}: {action!r}{did_you_mean(str(action), REGIME_ACTIONS)}"
            )
        if named.count(regime) > 1:
            raise ArgumentError(f"{told} names {regime} twice - leave one of them out")

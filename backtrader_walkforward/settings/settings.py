"""Every setting of a run in one frozen dataclass, checked once, passed on whole or in parts."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.choices import (
    COMMANDS,
    COSTS,
    FILLS,
    FIVE_YEARS,
    RANGES,
    REGIMES,
    SOURCES,
    STORE_ACTIONS,
    TARGETS,
    TEARSHEETS,
    TIMEFRAMES,
)
from backtrader_walkforward.settings.validation import (
    check_choice,
    check_choices,
    check_commands,
    check_paper,
    check_range,
    check_regime_filter,
    check_signal,
    check_ticker,
)

MACHINE_SETTINGS = (
    *COMMANDS,
    "csv",
    "out",
    "tearsheets",
    "quiet",
    "workers",
    "cache_dir",
    "use_store",
    "position",
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
    train_window: int | None = FIVE_YEARS
    cold_start_every: int = 1
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
    null_models: int = 20

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
    def predictor_names(self) -> tuple[str, ...]:
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
        settings = {name: value for name, value in asdict(self).items() if name not in MACHINE_SETTINGS}
        return settings | {
            "end": self.end.isoformat() if self.end else None,
            "strategies": list(self.strategies),
            "timeframes": list(self.timeframes),
            "regimes": list(self.regimes),
            "regime_filter": dict(self.regime_filter),
        }

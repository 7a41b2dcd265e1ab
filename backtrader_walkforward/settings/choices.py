"""What settings may be: names, ranges, and what stands for them."""

import re

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

FIVE_YEARS = 1260
"""Trading days in five years: the windows that a fit trains on unless it is told otherwise."""

TICKER_PATTERN = re.compile(r"[A-Z0-9^][A-Z0-9.^=\-]{0,14}")
ISIN_PATTERN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")

RANGES: dict[str, tuple[float, float]] = {
    "period": (1, 36_525),
    "lookback": (1, 1_000),
    "retrain_every": (1, 100_000),
    "train_window": (20, 100_000),
    "cold_start_every": (1, 100_000),
    "epochs": (1, 10_000),
    "seed": (0, 2**31 - 1),
    "seeds": (1, 100),
    "ensemble": (1, 100),
    "null_models": (0, 10_000),
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


def regime_line(kind: str) -> str:
    """Return the line of the feed with the regimes of a kind: `trend_regime`."""
    return f"{kind}_regime"


def kind_of_regime(regime: str) -> str:
    """Return the kind of a regime: `uptrend` is one of the trend."""
    return next(kind for kind, names in REGIMES.items() if regime in names)

"""Values that settings may have, the regimes with their codes and actions, and constants of several rooms."""

SOURCES = ("auto", "yahoo", "sample", "csv")
TARGETS = ("return", "price", "traded")
INPUTS = ("scale-free", "raw")
FILLS = ("next-open", "close")
TEARSHEETS = ("all", "best", "none")
TIMEFRAMES = ("daily", "weekly", "monthly")

CSV_COLUMNS = {
    "date": "Date",
    "open": "Open",
    "high": "High",
    "low": "Low",
    "close": "Close",
    "adjusted": "Adj Close",
    "volume": "Volume",
}
"""Keys of `--csv-columns`, and the columns of prices that they name."""

NO_COLUMN = "none"
"""Name of a column that is not to be read."""

DATE_ORDERS = ("day-month-year", "month-day-year", "year-month-day")
DECIMALS = ("point", "comma")

REGIMES = {
    "trend": ("uptrend", "downtrend"),
    "volatility": ("low_volatility", "mid_volatility", "high_volatility"),
    "markov": ("calm", "turbulent"),
}
"""Kinds of market regime, and the regimes of each kind."""

REGIME_CODES = {name: float(code) for names in REGIMES.values() for code, name in enumerate(names)}
"""Code of each regime in the line of its kind (`regime_line`)."""

UNKNOWN_REGIME = "unknown"
"""Name of the days whose regime is not known. They are NaN in the line."""

REGIME_ACTIONS = {"out": 0.0, "half": 0.5}
"""Actions of a regime filter, each with its factor of the target weight."""

BASIS_POINTS = 10_000
"""Number of basis points in 1."""

DAYS_A_YEAR = 365
"""Calendar days of a year of interest, as Backtrader counts them."""

FLAT = 1e-12
"""Standard deviation of daily returns below which they are only rounding."""


def regime_line(kind: str) -> str:
    """Return the line of the feed with the regimes of a kind: `trend_regime`."""
    return f"{kind}_regime"


def kind_of_regime(regime: str) -> str:
    """Return the kind of a regime: `uptrend` is one of the trend."""
    return next(kind for kind, names in REGIMES.items() if regime in names)

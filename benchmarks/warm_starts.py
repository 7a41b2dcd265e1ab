"""Whether fits that begin with earlier weights, or on fewer rows, forecast as well as fits from scratch on all rows.

Run as: python -m benchmarks.warm_starts [CACHE_FOLDER]
Every scheme forecasts the same days: the last 30 % of two years of the S&P 500 and the Nasdaq up to each of several
year ends, and of ten years of the S&P 500. Forecasts are stored as they are made: a second call goes on from there.

The difference of two schemes is judged day by day (Diebold, Mariano 1995): t = mean(d) / (sd(d) / sqrt(n)), d the
difference of their squared errors on one day, each in units of the naive forecast's mean squared error in its window.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from arch.data import nasdaq, sp500

from backtrader_walkforward.features import WARM_UP, compute_features
from backtrader_walkforward.forecasting import ForecastCache, Forecasts, WalkForward, forecast, make_predictor
from backtrader_walkforward.system.processes import process_pool
from backtrader_walkforward.system.sqlite_store import cache_folder
from benchmarks.table import Row, show

SCHEMES = {
    "every fit from scratch": WalkForward(),
    "every 12th": WalkForward(cold_start_every=12),
    "every 4th": WalkForward(cold_start_every=4),
    "every 2nd": WalkForward(cold_start_every=2),
    "all on the last 252 rows": WalkForward(train_window=252),
}
"""The first is what the others are compared with. Ten years are left to it and the second, both on all rows."""

MARKETS = {"S&P 500": sp500, "Nasdaq": nasdaq}
TWO_YEARS, TEN_YEARS = 502, 2512
YEAR_ENDS = ("2018", "2015", "2008", "2003")
HISTORIES = [(signals, end, TWO_YEARS) for end in YEAR_ENDS for signals in MARKETS] + [("S&P 500", "2018", TEN_YEARS)]
Schemes = dict[str, tuple[np.ndarray, int]]
"""By scheme: the errors of its forecasts, and the epochs trained."""

NO_WORSE = 2.0
"""A scheme counts as worse when t is above this."""


def rows(cache: str | None = None) -> list[Row]:
    """Forecast every window with every scheme; hours of processor time at first."""
    store = ForecastCache(cache_folder(Path(cache) if cache else None))
    made = {history: errors_of(prices_of(*history), store) for history in HISTORIES}
    found = []
    for (signals, end, n_rows), schemes in made.items():
        shown = ", ".join(f"{name} {told(*result)}" for name, result in schemes.items())
        found.append(Row(f"{signals}, {n_rows} days to the end of {end}", "-", shown, None))
    first, *others = SCHEMES
    return found + [compared(name, first, made.values()) for name in others]


def prices_of(signals: str, end: str, n_rows: int) -> pd.DataFrame:
    """Return `n_rows` days with features, and those before that they need."""
    prices = MARKETS[signals].load()[["Open", "High", "Low", "Close", "Volume"]].astype(float)
    return prices.loc[:end].iloc[-n_rows - WARM_UP :]


def errors_of(prices: pd.DataFrame, store: ForecastCache) -> Schemes:
    """Return, by scheme, the squared errors as multiples of the naive forecast's mean, and the epochs trained."""
    features, predictor, result = compute_features(prices), make_predictor("lstm"), {}
    for name, walk_forward in SCHEMES.items():
        if len(prices) > TEN_YEARS and name not in list(SCHEMES)[:2]:
            continue
        with process_pool(2) as pool:
            made = forecast(prices["Close"], features, predictor, walk_forward, pool, store=store)
        result[name] = (squared_errors(made, prices["Close"]), sum(made.epochs))
    return result


def squared_errors(made: Forecasts, close: pd.Series) -> np.ndarray:
    """Return the squared error of each forecast return, over the mean squared return."""
    actual = close.pct_change().shift(-1).reindex(made.table.index)[:-1]
    errors = made.table["predicted_return"][:-1] - actual
    return (errors**2 / (actual**2).mean()).to_numpy()


def told(errors: np.ndarray, epochs: int) -> str:
    """Return skill against the naive forecast and the work it took."""
    return f"{1 - errors.mean():+.2%} in {epochs} epochs"


def compared(name: str, first: str, windows: Iterable[Schemes]) -> Row:
    """Compare a scheme with the `first` over the days of all windows."""
    both = [schemes for schemes in windows if name in schemes]
    worse = np.concatenate([schemes[name][0] - schemes[first][0] for schemes in both])
    t = worse.mean() / (worse.std(ddof=1) / np.sqrt(len(worse)))
    epochs = [sum(schemes[scheme][1] for schemes in both) for scheme in (name, first)]
    text = f"error {worse.mean():+.2%}, t = {t:+.2f} over {len(worse)} days; epochs {epochs[0]} of {epochs[1]}"
    return Row(f"{name}, beside {first}", f"t <= {NO_WORSE:g}", text, t <= NO_WORSE)


if __name__ == "__main__":
    show(rows(*sys.argv[1:]))

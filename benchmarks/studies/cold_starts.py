"""Forecast error of warm starts, fewer training rows and fewer searches, compared with cold starts on all rows.

Run as: python -m benchmarks.studies.cold_starts [CACHE_FOLDER]
Every scheme forecasts the same days: the last 30 % of two years of the S&P 500 and the Nasdaq up to each of several
year ends, and of ten years of the S&P 500. Forecasts are cached: a second call continues where the first one stopped.

Two schemes are compared day by day (Diebold, Mariano 1995): t = mean(d) / (sd(d) / sqrt(n)), where d is the difference
of their squared errors on one day, in units of the mean squared error of the naive forecast in that window.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from arch.data import nasdaq, sp500

from backtrader_walkforward.features import WARM_UP, compute_features
from backtrader_walkforward.forecasting import Forecasts, WalkForward, forecast, make_predictor
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.system.cache import Cache
from benchmarks.table import Row, show

SCHEMES = {
    "every fit a cold start": WalkForward(),
    "a cold start every 12 fits": WalkForward(cold_start_every=12),
    "a cold start every 4 fits": WalkForward(cold_start_every=4),
    "a cold start every 2 fits": WalkForward(cold_start_every=2),
    "cold starts on the last 252 rows": WalkForward(train_window=252),
    "a search every 4 fits": WalkForward(search_every=4),
    "a search every 12 fits": WalkForward(search_every=12),
}
"""The others are compared with the first. Only the first two are run on ten years, both on all rows."""

INDICES = {"S&P 500": sp500, "Nasdaq": nasdaq}
TWO_YEARS, TEN_YEARS = 502, 2512
YEAR_ENDS = ("2018", "2015", "2008", "2003")
HISTORIES = [(index, end, TWO_YEARS) for end in YEAR_ENDS for index in INDICES] + [("S&P 500", "2018", TEN_YEARS)]
Schemes = dict[str, tuple[np.ndarray, int]]
"""Errors of the forecasts and number of epochs trained, by scheme."""

NO_WORSE = 2.0
"""A scheme counts as worse when t is above this."""


def rows(cache: str | None = None) -> list[Row]:
    """Forecast every window with every scheme. The first call takes hours of processor time."""
    store = Cache("forecasts", Path(cache) if cache else None)
    made = {history: errors_of(prices_of(*history), store) for history in HISTORIES}
    found = []
    for (index, end, n_rows), schemes in made.items():
        shown = ", ".join(f"{name} {format_skill(*result)}" for name, result in schemes.items())
        found.append(Row(f"{index}, {n_rows} days to the end of {end}", "-", shown, None))
    first, *others = SCHEMES
    return found + [compare(name, first, made.values()) for name in others]


def prices_of(index: str, end: str, n_rows: int) -> pd.DataFrame:
    """Return `n_rows` days, and the days before them that the indicators need."""
    prices = INDICES[index].load()[["Open", "High", "Low", "Close", "Volume"]].astype(float)
    return prices.loc[:end].iloc[-n_rows - WARM_UP :]


def errors_of(prices: pd.DataFrame, store: Cache) -> Schemes:
    """Return the squared errors over the mean error of the naive forecast, and the epochs trained, by scheme."""
    features, predictor, result = compute_features(prices), make_predictor("lstm"), {}
    for name, walk_forward in SCHEMES.items():
        if len(prices) > TEN_YEARS and name not in list(SCHEMES)[:2]:
            continue
        with process_pool(2) as pool:
            made = forecast(prices, features, predictor, walk_forward, pool, cache=store)
        result[name] = (squared_errors(made, prices["Close"]), sum(made.epochs))
    return result


def squared_errors(made: Forecasts, close: pd.Series) -> np.ndarray:
    """Return the squared error of each forecast return, over the mean squared return."""
    actual = close.pct_change().shift(-1).reindex(made.table.index)[:-1]
    errors = made.table["predicted_return"][:-1] - actual
    return (errors**2 / (actual**2).mean()).to_numpy()


def format_skill(errors: np.ndarray, epochs: int) -> str:
    """Return the skill against the naive forecast, and the epochs, as text."""
    return f"{1 - errors.mean():+.2%} in {epochs} epochs"


def compare(name: str, first: str, windows: Iterable[Schemes]) -> Row:
    """Compare a scheme with the `first` over the days of all windows."""
    both = [schemes for schemes in windows if name in schemes]
    worse = np.concatenate([schemes[name][0] - schemes[first][0] for schemes in both])
    t = worse.mean() / (worse.std(ddof=1) / np.sqrt(len(worse)))
    epochs = [sum(schemes[scheme][1] for schemes in both) for scheme in (name, first)]
    text = f"error {worse.mean():+.2%}, t = {t:+.2f} over {len(worse)} days; epochs {epochs[0]} of {epochs[1]}"
    return Row(f"{name}, beside {first}", f"t <= {NO_WORSE:g}", text, t <= NO_WORSE)


if __name__ == "__main__":
    show(rows(*sys.argv[1:]))

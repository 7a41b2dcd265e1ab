"""Rank correlation of pooled forecasts with the next return of 20 US stocks, 1995 to 2022.

Run as: python -m benchmarks.studies.stocks FOLDER [PREDICTOR ...]
Once before: pip install --no-deps skfolio
skfolio has adjusted closes of 20 members of the S&P 500 from 1990 on. They were chosen later, for they all live until
2022, and they are rounded to a tenth of a cent. Without opens, ranges and volumes 27 of the 31 indicators are left; the
other four are constants. Each predictor is fitted once a year on the windows of all stocks in the last five years, and
forecasts the next 252 days of each. FOLDER keeps the forecasts: a second call continues where the first one stopped.

On each day the stocks are ranked by their forecasts. The rank correlation (Spearman) with their next returns is
averaged over the days; t has errors that hold under autocorrelation (Newey, West 1987). A book holds the stocks in
proportion to their rank less the mean rank, half of the account long and half short, from close to close.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pandas as pd

from backtrader_walkforward.data.frequency import TRADING_DAYS
from backtrader_walkforward.evaluation.forecast.forecast_tests import mean_test
from backtrader_walkforward.evaluation.metrics import sharpe
from backtrader_walkforward.evaluation.ranking_skill import rank_correlations
from backtrader_walkforward.features import complete_days, compute_features
from backtrader_walkforward.forecasting import History, WalkForward, forecast_pooled, make_predictor
from backtrader_walkforward.settings.groups import FIVE_YEARS
from backtrader_walkforward.system.cache import Cache
from benchmarks.table import Row, printed, show

CLOSES = "skfolio/datasets/data/sp500_dataset.csv.gz"
COST = 0.0005
"""Cost of a trade, as a share of its value."""

SMALL = {"units": (32, 16), "batch_size": 256, "epochs": 3, "min_epochs": 1}
LOOKBACK = 10
"""A small network, large batches, short windows: the full ones would take days on two cores."""

SEED = 7
SEEDS = {"lstm": (SEED, 8, 9)}
"""Seeds of a random predictor; the mean of their forecasts is ranked, too."""

ALL = ("mean", "ridge", "boosting", "lstm")
WHOLE = ("1995", "2022")
PERIODS = (("1995", "1999"), ("2000", "2009"), ("2010", "2019"), ("2020", "2022"), WHOLE)
BEFORE = {"2003": "2008", "2013": "2019"}
"""Test periods, by their first year, for which one fit is made on all days before them."""


def rows(folder: str, *names: str) -> Iterator[Row]:
    """Yield the rows of each predictor as soon as it has been measured. The networks take hours of processor time."""
    store, closes = Cache("forecasts", Path(folder)), load_closes()
    for name in names or ALL:
        made = {seed: forecasts_of(closes, name, seed, every_year(closes), store) for seed in SEEDS.get(name, (SEED,))}
        if len(made) > 1:
            yield from (measured(f"{name}, seed {seed}", table, closes, WHOLE) for seed, table in made.items())
        table = sum(made.values()) / len(made)
        yield from (measured(name, table, closes, period) for period in PERIODS)
        if len(made) == 1:
            yield from (one_fit(closes, name, *period, store) for period in BEFORE.items())


def load_closes() -> pd.DataFrame:
    """Return the closes, a column a stock. skfolio's own loader would import a solver."""
    return pd.read_csv(distribution("skfolio").locate_file(CLOSES), index_col=0, parse_dates=True)


def every_year(closes: pd.DataFrame) -> WalkForward:
    """Return the walk-forward with a fit on five years every 252 days."""
    first_test = rows_before(closes, WHOLE[0])
    return WalkForward(first_test, LOOKBACK, retrain_every=TRADING_DAYS, train_window=FIVE_YEARS)


def one_fit(closes: pd.DataFrame, name: str, first: str, last: str, store: Cache) -> Row:
    """Measure one fit on all days before `first`."""
    known = closes[:last]
    walk_forward = WalkForward(rows_before(closes, first), LOOKBACK, retrain_every=len(known))
    return measured(f"{name}, one fit", forecasts_of(known, name, SEED, walk_forward, store), known, (first, last))


def rows_before(closes: pd.DataFrame, year: str) -> int:
    """Return the number of days before a year that have all indicators."""
    return int((complete_days(features_of(closes.iloc[:, 0])) < pd.Timestamp(year)).sum())


def features_of(close: pd.Series) -> pd.DataFrame:
    """Return the indicators of a stock."""
    return compute_features(prices_of(close))


def prices_of(close: pd.Series) -> pd.DataFrame:
    """Return bars that have nothing but a close."""
    return pd.DataFrame(dict.fromkeys(("Open", "High", "Low", "Close"), close)).assign(Volume=1.0)


def forecasts_of(closes: pd.DataFrame, name: str, seed: int, walk_forward: WalkForward, store: Cache) -> pd.DataFrame:
    """Return the predicted next returns, a row a day and a column a stock."""
    predictor = make_predictor(name, target="return", seed=seed, **SMALL)
    histories = [History(prices_of(closes[stock]), features_of(closes[stock]), stock) for stock in closes]
    made = forecast_pooled(histories, predictor, walk_forward, cache=store)
    return pd.DataFrame({stock: made[stock].table["predicted_return"] for stock in closes})


def measured(name: str, forecasts: pd.DataFrame, closes: pd.DataFrame, period: tuple[str, str]) -> Row:
    """Return rank correlation, t, rank correlation a day late, and the book before and after costs."""
    returns = (closes.shift(-1) / closes - 1).loc[forecasts.index]
    days = slice(*period)
    correlations = rank_correlations(forecasts, returns)[days]
    late = rank_correlations(forecasts.shift(1), returns)[days]
    before, after = (book(forecasts, returns, cost)[days] for cost in (0.0, COST))
    figures = [
        f"IC {correlations.mean():+.4f} (t = {mean_test(correlations).statistic or 0:+.1f})",
        f"a day late {late.mean():+.4f} ({mean_test(late).statistic or 0:+.1f})",
        f"book {format_book(before)}, after costs {format_book(after)}",
    ]
    return Row(f"{name}, {period[0]}-{period[1]}", "-", ", ".join(figures), None)


def book(forecasts: pd.DataFrame, returns: pd.DataFrame, cost: float) -> pd.Series:
    """Return what the book earns each day. Each change of the weights that prices have moved costs."""
    ranks = forecasts[returns.notna().all(axis=1)].rank(axis=1)
    weights = ranks.sub(ranks.mean(axis=1), axis=0)
    weights = weights.div(weights.abs().sum(axis=1), axis=0).fillna(0.0)
    moved = weights * (1 + returns.loc[weights.index])
    earned = moved.sum(axis=1) - weights.sum(axis=1)
    held = moved.div(1 + earned, axis=0).shift(1).fillna(0.0)
    return earned - cost * (weights - held).abs().sum(axis=1)


def format_book(earned: pd.Series) -> str:
    """Return mean yearly return and Sharpe ratio as text."""
    return f"{earned.mean() * TRADING_DAYS:+.1%} (Sharpe {sharpe(earned, TRADING_DAYS) or 0:+.2f})"


if __name__ == "__main__":
    show(printed(rows(*sys.argv[1:])))

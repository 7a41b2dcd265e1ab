"""Panels of drawn returns and forecasts of a known quality, traded by formula: what the tests of the verdict share."""

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Metrics, measure_performance
from backtrader_walkforward.panel.portfolios import pooled_portfolios
from backtrader_walkforward.panel.ranking_skill import measure_ranking

MOVE = 0.01


def draw(days=500, tickers=20, correlation=0.0, common=0.3, seed=0):
    """Return forecasts and the returns that they are of, (days, tickers); `common` is the share of a common factor."""
    random = np.random.default_rng(seed)
    index = pd.bdate_range("2015-01-01", periods=days)

    def moves():
        factor, own = random.standard_normal((days, 1)), random.standard_normal((days, tickers))
        return np.sqrt(common) * factor + np.sqrt(1 - common) * own

    actual = moves()
    predicted = correlation * actual + np.sqrt(1 - correlation**2) * moves()
    names = [f"T{number:03}" for number in range(tickers)]
    return (pd.DataFrame(MOVE * one, index, names) for one in (predicted, 0.03 + actual))


def equities(forecasts, returns):
    """Yield the equity of two strategies and of buy & hold of each ticker, traded without a delay."""
    first = forecasts.index[0] - pd.offsets.BDay()
    for name in forecasts:
        weights = {"binary": np.sign(forecasts[name]), "proportional": 20 * forecasts[name], "buy_and_hold": 1.0}
        earned = pd.DataFrame({variant: weight * returns[name] for variant, weight in weights.items()})
        equity = 100 * (1 + earned.dropna()).cumprod()
        yield pd.concat([pd.DataFrame(100.0, [first], equity.columns), equity])


def book(name, returns, kind="Pure"):
    """Return the result of an account with these returns."""
    first = returns.index[0] - pd.offsets.BDay()
    equity = 100 * pd.concat([pd.Series([1.0], [first]), (1 + returns).cumprod()])
    return BacktestResult(
        name=name,
        kind=kind,
        equity=equity,
        accounts=pd.DataFrame({"active": equity}),
        returns=returns,
        weights=pd.DataFrame(),
        exposure=pd.Series(dtype=float),
        fills=pd.DataFrame(),
        trades=pd.DataFrame(),
        metrics=Metrics({**measure_performance(equity), "turnover": 250.0}),
    )


def ranking_books(forecasts, returns, share=0.2):
    """Return a long-short book of the highest and lowest fifth, and the benchmark."""
    place = forecasts.rank(axis=1, pct=True)
    sides = (place > 1 - share).astype(float) - (place <= share).astype(float)
    weights = sides.div(sides.abs().sum(axis=1), axis=0)
    return [book("long_short", (weights * returns).sum(axis=1)), book("equal_weight", returns.mean(axis=1))]


def traded(forecasts, returns):
    """Return the portfolios, the books and the skill of the ranking of a panel."""
    portfolios = pooled_portfolios(equities(forecasts, returns), 252)
    return portfolios, ranking_books(forecasts, returns), measure_ranking(forecasts, returns)

"""Panels of drawn returns and forecasts of a known quality, traded by formula: what the tests of the verdict share."""

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, CostTotals, Metrics, measure_performance
from backtrader_walkforward.evaluation.portfolios import pooled_portfolios
from backtrader_walkforward.evaluation.ranking_skill import measure_ranking

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
    return pd.DataFrame(MOVE * predicted, index, names), pd.DataFrame(0.0003 + MOVE * actual, index, names)


def autoregressive(days=1260, tickers=20, memory=0.1, seed=0):
    """Return the forecast of a panel whose returns keep a part of the day before, and these returns."""
    shocks = np.random.default_rng(seed).standard_normal((days + 1, tickers + 1))
    moves = np.sqrt(0.3) * shocks[:, :1] + np.sqrt(0.7) * shocks[:, 1:]
    for day in range(1, days + 1):
        moves[day] += memory * moves[day - 1]
    index = pd.bdate_range("2015-01-01", periods=days)
    return pd.DataFrame(MOVE * memory * moves[:-1], index), pd.DataFrame(MOVE * moves[1:], index)


def shuffled(forecasts, seed):
    """Return the forecasts of other days, those of one day together."""
    order = np.random.default_rng(seed).permutation(len(forecasts))
    return pd.DataFrame(forecasts.to_numpy()[order], forecasts.index, forecasts.columns)


def weights_of(forecasts, share=0.2):
    """Return the weights of three strategies, (days, tickers), as arrays: shares of a ticker's account or of a book."""
    values, tickers = forecasts.to_numpy(), forecasts.shape[1]
    place = (values.argsort(axis=1).argsort(axis=1) + 0.5) / tickers
    sides = 1.0 * (place > 1 - share) - 1.0 * (place < share)
    held = np.abs(sides).sum(axis=1, keepdims=True)
    return {"binary": np.sign(values), "proportional": 20 * values, "long_short": sides / np.maximum(held, 1)}


def equities(forecasts, returns):
    """Yield the equity of two strategies and of buy & hold of each ticker; each trades until its returns end."""
    first = forecasts.index[0] - pd.offsets.BDay()
    weights = weights_of(forecasts)
    for place, name in enumerate(forecasts):
        held = {variant: weights[variant][:, place] for variant in ("binary", "proportional")} | {"buy_and_hold": 1.0}
        earned = pd.DataFrame({variant: weight * returns[name] for variant, weight in held.items()}).dropna()
        yield pd.concat([pd.DataFrame(100.0, [first], earned.columns), 100 * (1 + earned).cumprod()])


def book(name, returns, kind="Pure", **more):
    """Return the result of an account with these returns."""
    first = returns.index[0] - pd.offsets.BDay()
    equity = 100 * pd.concat([pd.Series([1.0], [first]), (1 + returns).cumprod()])
    nothing = pd.DataFrame()
    return BacktestResult(
        name=name,
        kind=kind,
        equity=equity,
        accounts=pd.DataFrame({"active": equity}),
        returns=returns,
        weights=nothing,
        exposure=pd.Series(dtype=float),
        fills=nothing,
        trades=nothing,
        metrics=Metrics({**measure_performance(equity), "turnover": more.get("turnover", 50.0)}),
        costs=CostTotals(commission=more.get("paid", 0.0)),
    )


def ranking_books(forecasts, returns):
    """Return a long-short book of the highest and lowest fifth, and the benchmark."""
    earned = (weights_of(forecasts)["long_short"] * returns.fillna(0.0)).sum(axis=1)
    return [book("long_short", earned), book("equal_weight", returns.mean(axis=1))]


def traded(forecasts, returns):
    """Return the portfolios, the books and the skill of the ranking of a panel."""
    portfolios = pooled_portfolios(equities(forecasts, returns))
    return portfolios, ranking_books(forecasts, returns), measure_ranking(forecasts, returns)

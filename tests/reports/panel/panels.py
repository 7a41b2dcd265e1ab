"""Panels of made-up tickers: a weak common signal, traded without a broker."""

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
import pandas as pd

from backtrader_walkforward.data.frequency import bars_a_year
from backtrader_walkforward.evaluation import BacktestResult, CostTotals, Metrics, measure_performance
from backtrader_walkforward.evaluation.metrics import daily_returns, mean_exposure, turnover
from backtrader_walkforward.evaluation.portfolios import pooled_portfolios
from backtrader_walkforward.evaluation.ranking_skill import measure_ranking
from backtrader_walkforward.panels.assemble import correlations_by_year
from backtrader_walkforward.panels.book.run import with_gross_exposure
from backtrader_walkforward.panels.result import PanelResult
from backtrader_walkforward.panels.significance.result_warnings import SURVIVORSHIP
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.trading.analyzers import declared_metrics, find_analyzers

CAPITAL = 100_000.0
DECLARED = with_gross_exposure(declared_metrics(find_analyzers()))
NOTE = "No ticker has prices between 2012-12-21 and 2013-01-07: the curves run straight from one day to the other"
SIZING = ("binary", "fixed", "kelly", "proportional", "volatility_adjusted")


class Studies(Mapping):
    """A page for each ticker; keeps which were asked for."""

    def __init__(self, tickers):
        self.tickers, self.asked = tickers, []

    def __getitem__(self, ticker):
        self.asked.append(ticker)
        return SimpleNamespace(page=f"<!DOCTYPE html><title>page of {ticker!r:.4}</title>")

    def __iter__(self):
        return iter(self.tickers)

    def __len__(self):
        return len(self.tickers)


def make_panel(count, days=756, names=None, failed=None, seed=7):
    """Return a panel of `count` tickers whose forecasts know a little of their returns."""
    rng = np.random.default_rng(seed)
    index = pd.bdate_range("2012-03-01", periods=days, name="date")
    names = sorted(names or [f"T{place:03}" for place in range(count)])
    returns = 0.008 * rng.standard_normal((days, 1)) + 0.012 * rng.standard_normal((days, count)) + 0.0004
    forecasts = 0.002 * rng.standard_normal((days, count)) + 0.003 * returns
    returns, forecasts = (pd.DataFrame(table, index, names) for table in (returns, forecasts))
    late = count // 3
    for table in (returns, forecasts):
        table.iloc[: days // 3, :late] = np.nan
        table.iloc[-days // 4 :, -1] = np.nan
    books = books_of(forecasts, returns, rng)
    return PanelResult(
        settings=Settings.of(seed=7, model="pooled"),
        tickers=tickers_of(forecasts, returns, rng),
        failed={"ZZZZ": "Yahoo knows no ticker 'ZZZZ'"} if failed is None else failed,
        forecasts=forecasts,
        returns=returns,
        by_year=correlations_by_year(forecasts, returns),
        ranking=measure_ranking(forecasts, returns),
        portfolios=portfolios_of(returns, rng, books[-1].equity.index),
        books=books,
        significance=significance_of(),
        best_ticker=SkillTest(account="T001 kelly", t_ratio=2.4, p_value=0.61, days=days, accounts=5 * count),
        notes=(NOTE,),
        studies=Studies(names),
    )


def significance_of():
    skill = SkillTest(account="long_short", t_ratio=1.1, p_value=0.27, days=755, accounts=14)
    reason = "Luck alone does as well in 27 of 100 cases; 5 or fewer count as evidence."
    figures = "The rank IC is 0.0132 on average over 755 days (t = 1.1, standard error 0.0121)."
    return Significance(
        skill=skill,
        headline="No evidence of skill",
        reason=reason,
        verdict=f"No evidence of skill.\n{reason}\n{figures}",
        warnings=(SURVIVORSHIP, "The panel is small: on most days fewer than 10 of its tickers trade (median 8)."),
    )


def books_of(forecasts, returns, rng):
    ranks = forecasts.rank(axis=1, pct=True)
    high, low = ranks.gt(0.8).astype(float), ranks.le(0.2).astype(float)
    share = lambda held: held.div(held.sum(axis=1).replace(0, 1), axis=0)  # noqa: E731
    pure = {"long_short": 0.5 * share(high) - 0.5 * share(low), "top": share(high)}
    everything = share(forecasts.notna().astype(float))
    books = []
    for name, weights in pure.items():
        books.append(book_of(name, "Pure", weights, returns, rng))
        for passive in (30, 50, 70):
            mixed = weights * (1 - passive / 100) + everything * passive / 100
            kind = f"{passive}/{100 - passive} split"
            books.append(book_of(f"{name}_hybrid_{passive}_{100 - passive}", kind, mixed, returns, rng))
    return [*books, book_of("equal_weight", "Pure", everything, returns, rng)]


def book_of(name, kind, weights, returns, rng):
    earned = (weights * returns.fillna(0.0)).sum(axis=1)
    equity = (CAPITAL * (1 + earned).cumprod()).rename("equity")
    fills = fills_of(name, weights, rng)
    figures = measure_performance(equity) | {
        "win_rate": 0.51,
        "trades": len(fills) // 2,
        "rejected_orders": 0,
        "exposure": mean_exposure(weights.sum(axis=1)),
        "net_exposure": float(weights.sum(axis=1).mean()),
        "gross_exposure": float(weights.abs().sum(axis=1).mean()),
        "turnover": turnover(fills, equity, bars_a_year(equity.index)),
        "bankrupt": None,
    }
    return BacktestResult(
        name=name,
        kind=kind,
        equity=equity,
        accounts=pd.DataFrame({"active": equity}),
        returns=daily_returns(equity),
        weights=weights,
        exposure=weights.sum(axis=1),
        fills=fills,
        trades=one_trade(equity.index),
        metrics=Metrics(figures, DECLARED),
        analyses={"exposure": {"gross": weights.abs().sum(axis=1)}},
        costs=CostTotals(commission=812.5, slippage=406.25, borrowing=91.5, cash_interest=250.0),
    )


def one_trade(days):
    """Return the table of an account that closed one trade, on the third day."""
    figures = {"size": 10.0, "profit": 1.0, "commission": 0.5, "borrowing": 0.0}
    return pd.DataFrame({"opened": [days[1]], "closed": [days[2]], **figures})


def fills_of(name, weights, rng):
    count = 40
    return pd.DataFrame(
        {
            "date": np.sort(rng.choice(weights.index, count)),
            "strategy": name,
            "account": "active",
            "ticker": rng.choice(weights.columns, count),
            "size": rng.normal(0, 50, count).round(4),
            "price": rng.uniform(10, 90, count).round(2),
            "commission": 0.5,
        }
    )


def portfolios_of(returns, rng, days):
    return pooled_portfolios((curves_of(returns[ticker].dropna(), rng) for ticker in returns), days=days)


def curves_of(market, rng):
    active = {name: 0.4 * market + 0.008 * rng.standard_normal(len(market)) for name in SIZING}
    hybrid = {f"{name}_hybrid_50_50": 0.5 * (each + market) for name, each in active.items()}
    return CAPITAL * (1 + pd.DataFrame(active | hybrid | {"buy_and_hold": market})).cumprod()


def tickers_of(forecasts, returns, rng):
    known = returns.notna()
    count = forecasts.shape[1]
    last = [returns[name].last_valid_index() for name in returns]
    return pd.DataFrame(
        {
            "first_day": [returns[name].first_valid_index() for name in returns],
            "last_day": last,
            "days": known.sum().to_numpy(),
            "source": "csv",
            "ended": [day < returns.index[-1] for day in last],
            "best": rng.choice(SIZING, count),
            "total_return": rng.normal(0.1, 0.4, count),
            "sharpe": np.where(rng.random(count) < 0.1, np.nan, rng.normal(0.3, 0.6, count)),
            "benchmark_return": rng.normal(0.4, 0.5, count),
            "correlation": forecasts.corrwith(returns).to_numpy(),
            "turnover": rng.uniform(1, 60, count),
            "costs": rng.uniform(0, 0.03, count),
            "fills": rng.integers(10, 900, count),
            "notes": [
                "One bar was left out: its high is below its low." if place % 7 == 3 else "" for place in range(count)
            ],
        },
        index=pd.Index(forecasts.columns, name="ticker"),
    )

"""The books: ranking strategies that trade all tickers in one account, in one Cerebro and one pass over the data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import backtrader as bt
import pandas as pd

from backtrader_walkforward.backtest import add_variants, require_sound, result_of, run_strategies
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.self_checks import PanelBars
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.analyzers import find_analyzers
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.variants import Variant, find_ranking_strategies, variants_of

BENCHMARK = "equal_weight"

CLOSED_AT_END = "closed_at_end"
"""Analysis of a book: the positions that were closed as the prices of their ticker ended."""


def run_books(
    bars: Mapping[str, pd.DataFrame], settings: Settings, strategies: Sequence[str] | None = None
) -> list[BacktestResult]:
    """Run each ranking strategy, pure and in hybrids, over all tickers, and the benchmark.

    The books begin on the first day on which half of the tickers have a forecast.

    Parameters
    ----------
    bars : mapping of str to DataFrame
        By ticker, as `build_signals` returns it. First days, last days and holidays may differ.
    settings : Settings
        Its trading settings apply; each book starts with `settings.trading.capital` of its own.
    strategies : sequence of str, optional
        Names of ranking strategies; all that are found if left out.

    Returns
    -------
    list of BacktestResult
        The benchmark `equal_weight` last. `fills` and `trades` have a column `ticker`, `weights` are a DataFrame
        (n_days, n_tickers), and `analyses["closed_at_end"]` is the table of `closed_at_end`.
    """
    bars, variants, analyzers = dict(sorted(bars.items())), book_variants(strategies), find_analyzers()
    cerebro = bt.Cerebro(stdstats=False)
    for ticker, own in bars.items():
        cerebro.adddata(ForecastFeed(dataname=own.copy(deep=False)), name=ticker)  # pandas copies what is written to
    add_variants(cerebro, variants, settings, first_day_of(bars))
    for name, analyzer in analyzers.items():
        cerebro.addanalyzer(analyzer, _name=name)
    ran = run_strategies(cerebro)
    results = [book_of(variant, strategy, analyzers, bars) for variant, strategy in zip(variants, ran, strict=True)]
    prices = PanelBars.of(bars)
    for variant, result in zip(variants, results, strict=True):
        require_sound(variant, result, prices, settings)
    return results


def book_variants(strategies: Sequence[str] | None = None) -> list[Variant]:
    """Return each ranking strategy pure and in all hybrids, and the benchmark, pure and last.

    Raises
    ------
    StrategyError, ArgumentError
        As `find_ranking_strategies` and `variants_of`.
    """
    found = find_ranking_strategies()
    chosen = find_ranking_strategies(strategies) if strategies else found
    ranking = {name: strategy for name, strategy in chosen.items() if name != BENCHMARK}
    return [*variants_of(ranking), Variant(BENCHMARK, found[BENCHMARK])]


def first_day_of(bars: Mapping[str, pd.DataFrame]) -> date | None:
    """Return the first day on which half of the tickers have a forecast.

    Where so many never have one together, the first day on which as many have one as ever do; None without any.
    """
    known = pd.concat([own["predicted_return"].dropna() for own in bars.values()])
    together = known.groupby(level=0).size().sort_index()
    enough = together >= min(len(bars) / 2, together.max())
    return enough.idxmax().date() if len(together) else None


def book_of(
    variant: Variant, strategy: Any, analyzers: Mapping[str, type[bt.Analyzer]], bars: Mapping[str, pd.DataFrame]
) -> BacktestResult:
    """Collect what the analyzers recorded of one book."""
    result = result_of(variant, strategy, analyzers)
    fills = result.analyses["fills"]
    trades = result.analyses["closed_trades"]["closed"]
    return replace(
        result,
        fills=result.fills.assign(ticker=fills["ticker"]),
        trades=trades,
        analyses={**result.analyses, CLOSED_AT_END: closed_at_end(fills, bars)},
    )


def closed_at_end(fills: pd.DataFrame, bars: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the fills that closed a position at its last price: `ticker`, `date`, `account`, `size`, `price`."""
    last = fills["ticker"].map({ticker: own.index[-1] for ticker, own in bars.items()})
    at_end = fills[(fills["order"] == "Close") & (fills["date"] == last)]
    return at_end[["ticker", "date", "account", "size", "price"]].reset_index(drop=True)


def notes_on_ended(books: Iterable[BacktestResult]) -> tuple[str, ...]:
    """Return a line on each ticker whose prices ended while a book held it."""
    ended = pd.concat([book.analyses[CLOSED_AT_END] for book in books]).drop_duplicates("ticker").sort_values("ticker")
    return tuple(
        f"{row.ticker}: its prices end on {row.date:%Y-%m-%d}, before others; positions in it were closed at its last"
        f" price, {row.price:,.6g}"
        for row in ended.itertuples()
    )

"""From the bars of all tickers to the results of the books."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import backtrader as bt
import pandas as pd

from backtrader_walkforward.backtest import require_sound, result_of
from backtrader_walkforward.evaluation import Metrics
from backtrader_walkforward.evaluation.books.self_checks import PanelBars
from backtrader_walkforward.metric import Metric
from backtrader_walkforward.panels.book.look_ahead import require_no_look_ahead
from backtrader_walkforward.panels.book.result import BookResult
from backtrader_walkforward.panels.book.trade import feeds_of, first_day_of, trade_books
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.analyzers import find_analyzers
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.variants import Variant, find_ranking_strategies, variants_of

BENCHMARK = "equal_weight"


def run_books(
    bars: Mapping[str, pd.DataFrame], settings: Settings, strategies: Sequence[str] | None = None
) -> list[BookResult]:
    """Run each ranking strategy, pure and in hybrids, over all tickers, and the benchmark.

    The books begin on the first day on which half of the tickers have a forecast. Their equity is computed again from
    fills and closes, and a strategy that reads later bars is refused.

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
    list of BookResult
        The benchmark `equal_weight` last.
    """
    bars, variants = dict(sorted(bars.items())), book_variants(settings, strategies)
    results = book_results(feeds_of(bars), bars, variants, settings, first_day_of(bars))
    unchecked = require_no_look_ahead(bars, variants[:-1], results, settings)
    return [replace(result, unchecked=unchecked.get(result.name, "")) for result in results]


def book_results(
    feeds: Mapping[str, ForecastFeed],
    bars: Mapping[str, pd.DataFrame],
    variants: Sequence[Variant],
    settings: Settings,
    first_day: date | None,
    *,
    bar_by_bar: bool = False,
) -> list[BookResult]:
    """Return the results of variants over feeds that hold these bars in the end; all must add up."""
    analyzers = find_analyzers()
    ran = trade_books(feeds, variants, settings, analyzers, first_day, bar_by_bar=bar_by_bar)
    results = [book_of(variant, strategy, analyzers, bars) for variant, strategy in zip(variants, ran, strict=True)]
    prices = PanelBars.of(bars)
    for variant, result in zip(variants, results, strict=True):
        require_sound(variant, result, prices, settings, first_day)
    return results


def book_variants(settings: Settings, strategies: Sequence[str] | None = None) -> list[Variant]:
    """Return each ranking strategy as `variants_of` does, and the benchmark, pure and last.

    Raises
    ------
    StrategyError, ArgumentError
        As `find_ranking_strategies` and `variants_of`.
    """
    found = find_ranking_strategies()
    chosen = find_ranking_strategies(strategies) if strategies else found
    ranking = {name: strategy for name, strategy in chosen.items() if name != BENCHMARK}
    return [*variants_of(ranking, settings.trading), Variant(BENCHMARK, found[BENCHMARK])]


def book_of(
    variant: Variant, strategy: Any, analyzers: Mapping[str, type[bt.Analyzer]], bars: Mapping[str, pd.DataFrame]
) -> BookResult:
    """Collect what the analyzers recorded of one book."""
    result = result_of(variant, strategy, analyzers)
    metrics = Metrics(result.metrics, with_gross_exposure(result.metrics.declared))
    fills = result.analyses["fills"]
    by_ticker = {
        "fills": result.fills.assign(ticker=fills["ticker"]),
        "trades": result.analyses["closed_trades"]["closed"],
    }
    return BookResult(**vars(result) | by_ticker | {"metrics": metrics}, closed_at_end=closed_at_end(fills, bars))


def with_gross_exposure(declared: Mapping[str, Metric]) -> dict[str, Metric]:
    """Return the metrics with gross exposure in the ranking: in the net one the two sides of a book cancel."""
    return {
        **declared,
        "exposure": replace(declared["exposure"], in_ranking=False),
        "gross_exposure": replace(declared["gross_exposure"], in_ranking=True),
    }


def closed_at_end(fills: pd.DataFrame, bars: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the fills that closed a position at its last price: `ticker`, `date`, `account`, `size`, `price`."""
    last = fills["ticker"].map({ticker: own.index[-1] for ticker, own in bars.items()})
    at_end = fills[(fills["order"] == "Close") & (fills["date"] == last)]
    return at_end[["ticker", "date", "account", "size", "price"]].reset_index(drop=True)


def notes_on_books(books: Sequence[BookResult]) -> tuple[str, ...]:
    """Return a line on each ticker whose prices ended while a book held it, and on what was not checked."""
    ended = pd.concat([book.closed_at_end for book in books]).drop_duplicates("ticker").sort_values("ticker")
    return *(book.unchecked for book in books if book.unchecked), *(
        f"{row.ticker}: its prices end on {row.date:%Y-%m-%d}, before others; positions in it were closed at its last"
        f" price, {row.price:,.6g}"
        for row in ended.itertuples()
    )

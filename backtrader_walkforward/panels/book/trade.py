"""The Cerebro of the books."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import backtrader as bt
import pandas as pd

from backtrader_walkforward.cerebro import add_variants, run_strategies
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.variants import Variant


def feeds_of(bars: Mapping[str, pd.DataFrame]) -> dict[str, ForecastFeed]:
    """Return a feed for each ticker, in their order. Pandas copies what is written to."""
    return {ticker: ForecastFeed(dataname=own.copy(deep=False)) for ticker, own in bars.items()}


def trade_books(
    feeds: Mapping[str, ForecastFeed],
    variants: Iterable[Variant],
    settings: Settings,
    analyzers: Mapping[str, type[bt.Analyzer]],
    first_day: date | None,
    last_day: date | None = None,
    *,
    bar_by_bar: bool = False,
) -> list[Any]:
    """Run the Cerebro and return the strategies, with their analyzers, in the order of `variants`.

    With a `last_day` it ends as soon as all have decided on that day. With `bar_by_bar` each bar is loaded when it is
    due, and indicators are computed bar by bar.
    """
    cerebro = bt.Cerebro(stdstats=False)
    for ticker, feed in feeds.items():
        cerebro.adddata(feed, name=ticker)
    add_variants(cerebro, variants, settings, first_day)
    for name, analyzer in analyzers.items():
        cerebro.addanalyzer(analyzer, _name=name)
    if last_day:
        cerebro.addanalyzer(StopAfter, day=last_day)
    return run_strategies(cerebro, preload=not bar_by_bar, runonce=not bar_by_bar)


class StopAfter(bt.Analyzer):
    """Ends a run on the first bar after a day."""

    params = dict(day=date.max)

    def next(self) -> None:
        """End the run if the day is over."""
        if self.strategy.datetime.date(0) > self.p.day:
            self.strategy.env.runstop()


def first_day_of(bars: Mapping[str, pd.DataFrame]) -> date | None:
    """Return the first day on which half of the tickers have a forecast.

    Where so many never have one together, the first day on which as many have one as ever do; None without any.
    """
    known = pd.concat([own["predicted_return"].dropna() for own in bars.values()])
    together = known.groupby(level=0).size().sort_index()
    enough = together >= min(len(bars) / 2, together.max())
    return enough.idxmax().date() if len(together) else None

"""The days of a panel in words: where its books and portfolios begin, and where nothing was traded."""

from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from backtrader_walkforward.data.period import LONGEST_CLOSURE
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.system.text import first_of


def notes_on_days(tickers: pd.DataFrame, market: Portfolio) -> tuple[str, ...]:
    """Return a line on each thing about its days that a reader would otherwise have to guess.

    Parameters
    ----------
    tickers : DataFrame
        With the first and the last day of each ticker's own test.
    market : Portfolio
        Buy & hold on the days of the panel.
    """
    return *begun_before(tickers, market.start), *gaps_in(pd.DatetimeIndex(market.equity.index))


def begun_before(tickers: pd.DataFrame, start: pd.Timestamp) -> Iterator[str]:
    """Yield which tickers have forecasts from before the panel begins."""
    before = tickers.index[tickers["first_day"] < start]
    if len(before):
        page = "its own page" if len(before) == 1 else "their own pages"
        yield (
            f"The panel begins on {start:%Y-%m-%d}, when half of its tickers have a forecast: books, portfolios and"
            f" verdict have no earlier day. Those of {first_of(list(before))} are on {page} alone"
        )


def gaps_in(days: pd.DatetimeIndex) -> Iterator[str]:
    """Yield the days between which no ticker has prices."""
    for last, following in pairwise(days):
        if (following - last).days > LONGEST_CLOSURE:
            yield (
                f"No ticker has prices between {last:%Y-%m-%d} and {following:%Y-%m-%d}: the curves run straight from"
                " one day to the other"
            )

"""Fetched prices in the cache. Each fetch is an entry; its key holds the ticker, the days and the day of the fetch.

A fetch is stored and used whole. Adjusted prices of two days do not mix: a dividend between them moves them all.
"""

import json
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.period import Span
from backtrader_walkforward.data.prices import COLUMNS, Prices, days_of, prices_frame
from backtrader_walkforward.system.cache import Cache


@dataclass(frozen=True)
class Fetch:
    """Prices with the day, in UTC, on which they were fetched."""

    prices: Prices
    fetched: date


def save_prices(cache: Cache, prices: Prices, span: Span, fetched: date) -> None:
    """Store prices that were fetched for `span`, as JSON: every price comes back to the bit."""
    parts = {
        "ticker": prices.ticker,
        "source": prices.source,
        "notes": prices.notes,
        "calendar": prices.calendar and prices.calendar.name,
        "fetched": str(fetched),
        "days": _texts(prices.frame),
        "bars": prices.frame[COLUMNS].to_dict("list"),
    }
    if prices.unadjusted_close is not None and prices.actions is not None:
        parts["unadjusted_close"] = prices.unadjusted_close.tolist()
        parts["actions"] = {"days": _texts(prices.actions), **prices.actions.to_dict("list")}
    cache.put(f"{prices.ticker} {span.first} {span.last} {fetched}", json.dumps(parts).encode(), prices.ticker)


def find_prices(cache: Cache, ticker: str, span: Span, fetched: date | None = None) -> Fetch | None:
    """Return stored prices of `ticker`, or None.

    With `fetched`, they were fetched on that day for all of `span`. Without, they are the latest fetch of those that
    begin early enough, or the latest of all where none does.
    """
    key = best_key(cache.keys(ticker), span, fetched)
    payload = cache.get([key]).get(key) if key else None
    if payload is None:
        return None
    parts = json.loads(payload)
    frame = prices_frame(pd.DataFrame(parts["bars"], _days(parts["days"])))
    calendar = ExchangeCalendar(parts["calendar"]) if parts.get("calendar") else None
    prices = Prices(frame, parts["ticker"], parts["source"], tuple(parts["notes"]), calendar, used_source="yahoo")
    if "actions" in parts:  # an earlier version stored none
        days = parts["actions"].pop("days")
        prices = replace(
            prices,
            unadjusted_close=pd.Series(parts["unadjusted_close"], frame.index),
            actions=pd.DataFrame(parts["actions"], days_of(_days(days))),
        )
    return Fetch(prices, date.fromisoformat(parts["fetched"]))


def _texts(table: pd.DataFrame) -> list[str]:
    return pd.DatetimeIndex(table.index).strftime("%Y-%m-%d").tolist()


def _days(texts: list[str]) -> pd.DatetimeIndex:
    return pd.to_datetime(texts, format="%Y-%m-%d")


def best_key(keys: list[str], span: Span, fetched: date | None = None) -> str | None:
    """Return the key that `find_prices` looks up.

    >>> keys = ["SPY 2020-01-01 2024-01-08 2024-01-08", "SPY 2023-01-01 2024-01-09 2024-01-09"]
    >>> best_key(keys, Span(date(2023, 6, 1), date(2024, 1, 9)))
    'SPY 2023-01-01 2024-01-09 2024-01-09'
    >>> best_key(keys, Span(date(2020, 6, 1), date(2024, 1, 9)))
    'SPY 2020-01-01 2024-01-08 2024-01-08'
    """
    first, last = str(span.first), str(span.last)
    fits = []
    for key in keys:
        _, begin, end, day = key.split()
        covers = begin <= first and end >= last and day == str(fetched)
        if covers if fetched else begin <= last:
            fits.append((begin <= first, day, end, key))
    return max(fits)[-1] if fits else None

"""Checks that every backtest makes of itself: its fills fit their bars, and its equity follows from them.

The broker's own cash and value are not read, so that neither a mistake in them nor cash that a strategy gives itself is
believed. Recorded flows of cash are, once each is what the rates of the run and the dividends of its bars give.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from backtrader_walkforward.brokers.dividend_broker import DIVIDEND
from backtrader_walkforward.data.prices import PRICE_COLUMNS
from backtrader_walkforward.evaluation.books.expected_flows import Nights, Rates, fault_of_flows, held_at_night
from backtrader_walkforward.evaluation.books.fill_prices import FillTerms, first_backdated, first_misfit
from backtrader_walkforward.evaluation.books.reconstruct_equity import TOLERANCE, mismatch, reconstruct_equity
from backtrader_walkforward.evaluation.metrics import measure_performance
from backtrader_walkforward.evaluation.result import BacktestResult
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.settings.groups import TradingSettings


class PanelBars(NamedTuple):
    """The bars of many tickers in two tables."""

    bars: pd.DataFrame
    """All bars, those of one ticker after those of another, by a number that rises with ticker and day."""
    closes: pd.DataFrame
    """The closes on each day of any ticker, (n_days, n_tickers); NaN on a day without a bar."""

    @classmethod
    def of(cls, bars: Mapping[str, pd.DataFrame]) -> Self:
        """Make the tables of bars by ticker."""
        closes = pd.concat({ticker: own["Close"] for ticker, own in bars.items()}, axis=1, sort=True)
        prices = pd.concat([own[PRICE_COLUMNS] for own in bars.values()], ignore_index=True)
        numbers = [number * LONGEST + days_of(own.index) for number, own in enumerate(bars.values())]
        return cls(prices.set_axis(np.concatenate(numbers)), closes)

    def numbered(self, fills: pd.DataFrame) -> pd.DataFrame:
        """Return fills with the numbers of their bars as `date` and `booked`."""
        first = LONGEST * self.closes.columns.get_indexer(pd.Index(fills["ticker"]))
        return fills.assign(**{name: first + days_of(fills[name]) for name in ("date", "booked")})


WHOLE = "all accounts"
"""Name of the sum of the accounts."""

LONGEST = 1_000_000
"""More days than a history has."""


def days_of(dates: pd.Index | pd.Series) -> np.ndarray:
    """Return dates as days since 1970."""
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)


def first_fault(
    result: BacktestResult, bars: pd.DataFrame | PanelBars, capital: Mapping[str, float], trading: TradingSettings
) -> str:
    """Return the first thing that does not add up in a result, with its account and day; empty if all does.

    Parameters
    ----------
    result : BacktestResult
    bars : DataFrame or PanelBars
        Prices by date, with all days of the result; those of many tickers in a result that has traded many.
    capital : mapping of str to float
        Starting cash of each account.
    trading : TradingSettings
        The costs of the run.
    """
    closes = bars.closes if isinstance(bars, PanelBars) else bars["Close"]
    return (
        fault_of_fills(result.analyses["fills"], bars, trading)
        or fault_of_accounts(result, capital)
        or fault_of_cash(result, bars, capital, trading)
        or fault_of_equity(result, closes.ffill().fillna(0.0), capital)
        or fault_of_figures(result, trading.cash_rate)
    )


def fault_of_days(result: BacktestResult, bars: pd.DataFrame | PanelBars, first_day: date | None) -> str:
    """Return whether a result has other days than the bars from a day on, with the first of them; None is any day."""
    days, found = bars.closes.index if isinstance(bars, PanelBars) else bars.index, result.equity.index
    days = days[days >= pd.Timestamp(first_day)] if first_day else days
    other = days.symmetric_difference(found)
    if not len(other):
        return ""
    return f"it has {len(found)} days, where the run has {len(days)}: the first that differs is {other[0]:%Y-%m-%d}"


def fault_of_fills(fills: pd.DataFrame, bars: pd.DataFrame | PanelBars, trading: TradingSettings) -> str:
    """Return the first fill on a day without a bar, at a price that it cannot have, or at too small a cost."""
    numbered, prices = (bars.numbered(fills), bars.bars) if isinstance(bars, PanelBars) else (fills, bars)
    found = first_misfit(numbered, prices, terms_of(trading), least_commission(fills, trading))
    found = found or first_backdated(numbered, prices.index, at_close=trading.fill == "close")
    if not found:
        return ""
    row, why = found
    names = ("account", "ticker", "size", "price", "date")
    account, ticker, size, price, day = (fills[name].iloc[row] for name in names)
    shares = f"{size:,.4f} {ticker}".rstrip()
    return f"account {account}: a fill of {shares} at {price:,.4f} on {day:%Y-%m-%d}, {why}"


def terms_of(trading: TradingSettings) -> FillTerms:
    """Return how orders fill in a run with these settings."""
    return FillTerms(trading.slippage_bps / BASIS_POINTS, at_close=trading.fill == "close")


def least_commission(fills: pd.DataFrame, trading: TradingSettings) -> np.ndarray:
    """Return the least commission of each fill; a reversal may pay the minimum twice."""
    value = (fills["size"].abs() * fills["price"]).to_numpy(dtype=float)
    return np.maximum(trading.commission_bps / BASIS_POINTS * value, trading.commission_min)


def fault_of_accounts(result: BacktestResult, capital: Mapping[str, float]) -> str:
    """Return whether the accounts are others than those that have the capital."""
    if list(result.accounts) == list(capital):
        return ""
    return f"its accounts are {', '.join(map(str, result.accounts))}, and should be {', '.join(capital)}"


def fault_of_cash(
    result: BacktestResult, bars: pd.DataFrame | PanelBars, capital: Mapping[str, float], trading: TradingSettings
) -> str:
    """Return the first flow of cash that rates and dividends do not explain."""
    days = pd.DatetimeIndex(result.equity.index)
    tickers, dividends = None, None
    if isinstance(bars, PanelBars):
        closes, tickers = bars.closes, bars.closes.columns
    else:
        closes = bars[["Close"]]
        dividends = bars[DIVIDEND].reindex(days) if DIVIDEND in bars else None
    nights, rates = Nights.of(closes.reindex(days), dividends), Rates(trading.cash_rate, trading.borrow_rate)
    fills = held_at_night(result.analyses["fills"], days, at_close=trading.fill == "close")
    return fault_of_flows(fills, result.cash_flows, capital, tickers, nights, rates)


def fault_of_equity(result: BacktestResult, closes: pd.Series | pd.DataFrame, capital: Mapping[str, float]) -> str:
    """Return the first account, and all of them together, whose equity is another than fills, flows and closes give."""
    days = pd.DatetimeIndex(result.equity.index)
    expected = reconstruct_equity(result.booked_fills, closes.reindex(days), capital, result.cash_flows)
    largest = max(sum(capital.values()), expected.abs().to_numpy().max())
    expected = expected.add_prefix("account ").assign(**{WHOLE: expected.sum(axis=1)})
    reported = result.accounts.add_prefix("account ").assign(**{WHOLE: result.equity})
    wrong = np.argwhere(mismatch(reported, expected, largest).to_numpy())
    if not len(wrong):
        return ""
    day, account = wrong[0]
    found, right = (table.iloc[day, account] for table in (reported, expected))
    return (
        f"{expected.columns[account]}: an equity of {found:,.2f} on {days[day]:%Y-%m-%d}, where its fills,"
        f" flows of cash and closes give {right:,.2f}"
    )


def fault_of_figures(result: BacktestResult, cash_rate: float) -> str:
    """Return the first figure of performance that is another than the equity gives."""
    for name, right in measure_performance(result.equity, cash_rate, result.bars_a_year).items():
        found = result.metrics[name]
        if found != right and not (found and right and np.isclose(found, right, rtol=TOLERANCE, atol=TOLERANCE)):
            return f"a {name} of {found}, where its equity gives {right}"
    return ""

"""Cash that moves without a trade: what the rates of a run and the dividends of its bars give, and nothing else.

As in `reconstruct_equity`, nothing here comes from the broker: a flow that it recorded is believed only if it is due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.brokers.sizing import DUST
from backtrader_walkforward.evaluation.books.reconstruct_equity import (
    TOLERANCE,
    money_spent,
    positions,
    running_sum,
    shares_held,
    sum_by_day,
)
from backtrader_walkforward.settings.choices import DAYS_A_YEAR


@dataclass(frozen=True)
class Nights:
    """What each row of a backtest finds of the nights before it, (n_days, n_tickers)."""

    days: np.ndarray
    """The days of the backtest."""
    closes: np.ndarray
    """Latest close before the night; 0 before the first."""
    of_bars: np.ndarray
    """Nights since the ticker's bar before; 0 on a day without a bar of it."""
    dividends: np.ndarray
    """Cash per share on the ex-day, else 0."""

    @classmethod
    def of(cls, closes: pd.DataFrame, dividends: pd.Series | None = None) -> Self:
        """Make the table from the closes of each day, NaN where a ticker has no bar."""
        days, has_bar = closes.index.to_numpy().astype("datetime64[D]"), closes.notna().to_numpy()
        numbers = days.astype(np.int64)[:, None]
        last_bar = np.maximum.accumulate(np.where(has_bar, numbers, -1), axis=0)
        before = np.vstack([np.full((1, has_bar.shape[1]), -1), last_bar[:-1]])
        known = closes.ffill().fillna(0.0).to_numpy(dtype=float)
        paid = np.zeros_like(known) if dividends is None else dividends.fillna(0.0).to_numpy(dtype=float)[:, None]
        of_bars = np.where(has_bar & (before >= 0), numbers - before, 0)
        return cls(days, np.vstack([np.zeros_like(known[:1]), known[:-1]]), of_bars, paid)


@dataclass(frozen=True)
class Rates:
    """Yearly interest of a run."""

    on_cash: float
    on_shorts: float


def held_at_night(fills: pd.DataFrame, days: pd.DatetimeIndex, *, at_close: bool) -> pd.DataFrame:
    """Return the fills, each dated on the day from whose night on its shares are held: the one on which it is booked.

    What fills at a close, `at_close`, is booked with the next bar of its ticker, before the night is paid for.
    """
    if not at_close:
        return fills.assign(date=fills["booked"])
    known = days.to_numpy()
    filled, booked = (positions(known, fills[name]) for name in ("date", "booked"))
    return fills.assign(date=known[np.maximum(filled, booked - 1)])


def expected_flows(
    fills: pd.DataFrame, recorded: pd.DataFrame, capital: float, tickers: pd.Index | None, nights: Nights, rates: Rates
) -> dict[str, np.ndarray]:
    """Return the cash that one account was due on each day, (n_days,), by kind; below 0 it was paid.

    ::

        borrowing       - nights x rate / 365 x shares owed x close before the night
        cash_interest     nights x rate / 365 x (cash - market value of the shares owed), none on a debt
        dividend          shares held over the night x dividend

    Parameters
    ----------
    fills : DataFrame
        Those of the account, as of `held_at_night`: `date`, `ticker`, `size`, `price`, `commission`.
    recorded : DataFrame
        Its recorded flows: those of earlier days are cash that earns interest.
    capital : float
        Its cash at the start.
    tickers : Index, optional
        Those of the columns of `nights`; None for one column.
    """
    shares = before(shares_held(fills, nights.days, tickers))
    owed = np.maximum(-shares, 0.0) * nights.closes
    received = running_sum(nights.days, recorded["date"], recorded["amount"])
    cash = capital + before(received - money_spent(fills, nights.days))
    free = cash - owed.sum(axis=1)
    since = np.diff(nights.days.astype(np.int64), prepend=nights.days[:1].astype(np.int64))
    return {
        "borrowing": 0.0 - (nights.of_bars * owed).sum(axis=1) * rates.on_shorts / DAYS_A_YEAR,
        "cash_interest": np.where(free > DUST * capital, free, 0.0) * since * rates.on_cash / DAYS_A_YEAR,
        "dividend": (shares * nights.dividends).sum(axis=1),
    }


def before(values: np.ndarray) -> np.ndarray:
    """Return the row before each row, 0 before the first."""
    return np.concatenate([np.zeros_like(values[:1]), values[:-1]])


def fault_of_flows(
    fills: pd.DataFrame,
    recorded: pd.DataFrame,
    capital: Mapping[str, float],
    tickers: pd.Index | None,
    nights: Nights,
    rates: Rates,
) -> str:
    """Return the first flow of cash that was not due as it was recorded, or was due and is not there; else nothing."""
    for account, cash in capital.items():
        own_fills, own = (table[table["account"] == account] for table in (fills, recorded))
        stray = own[~own["date"].isin(nights.days)]
        if len(stray):
            return f"account {account}: a flow of cash on {stray['date'].iloc[0]:%Y-%m-%d}, which is no day of the run"
        due = expected_flows(own_fills, own, cash, tickers, nights, rates)
        for kind in [*due, *sorted(set(own["kind"]) - set(due))]:
            flows = own[own["kind"] == kind]
            found = sum_by_day(nights.days, flows["date"], flows["amount"])
            expected = due.get(kind, np.zeros(len(nights.days)))
            wrong = np.flatnonzero(~(np.abs(found - expected) <= TOLERANCE * np.maximum(np.abs(expected), cash)))
            if len(wrong):
                day = wrong[0]
                return (
                    f"account {account}: {kind} of {found[day]:,.2f} on {nights.days[day]}, where its fills, closes"
                    f" and rates give {expected[day]:,.2f}"
                )
    return ""

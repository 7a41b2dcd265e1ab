"""Dividends and splits since a ledger was opened: `day kind value confirmed`, a row each.

A ledger counts shares of its first day, so that a split changes no row of it. A dividend is cash.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.actions.split_ratios import split_ratio
from backtrader_walkforward.data.prices import DIVIDEND, SPLIT
from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.reports.formatting import readable_date
from backtrader_walkforward.settings.kinds import read_date

KEYS = ["day", "kind"]

CONFIRMATION = re.compile(r"(\d{4}-\d{2}-\d{2}):(split|dividend)=([\d./]+)")
"""`DAY:split=NEW_SHARES_FOR_ONE` or `DAY:dividend=CASH_PER_SHARE`."""


class Action(NamedTuple):
    """A dividend or a split."""

    day: pd.Timestamp
    """Ex-day."""
    kind: str
    """`dividend` or `split`."""
    value: float
    """Cash per share of the day before, or new shares for one."""
    confirmed: bool = False
    """Whether the user answers for it, as the source of the prices did not know it."""

    @property
    def option(self) -> str:
        """The action as `--confirm` takes it."""
        value = f"{self.value:g}" if self.kind == "dividend" else split_ratio(self.value)
        return f"{self.day:%Y-%m-%d}:{self.kind}={value}"

    @property
    def what(self) -> str:
        """The action in words, without its day."""
        if self.kind == "dividend":
            return f"dividend of {self.value:,.4g}"
        return "split of {} for {}".format(*split_ratio(self.value).as_integer_ratio())

    @property
    def text(self) -> str:
        """The action in words."""
        return f"{self.what} on {readable_date(self.day)}{', as confirmed' if self.confirmed else ''}"


def actions_of(rows: Iterable[Action] = ()) -> pd.DataFrame:
    """Return actions as a table, in order."""
    table = pd.DataFrame(list(rows), columns=list(Action._fields))
    table = table.astype({"day": "datetime64[us]", "value": float, "confirmed": bool})
    return table.sort_values(KEYS, ignore_index=True)


def rows_of(actions: pd.DataFrame) -> list[Action]:
    """Return the rows of a table of actions."""
    return [Action._make(row) for row in actions[list(Action._fields)].itertuples(index=False, name=None)]


def known_to(prices: Prices, after: pd.Timestamp) -> pd.DataFrame:
    """Return the actions that the source of the prices knows, of the days after one; none where it knows of none."""
    if prices.actions is None:
        return actions_of()
    table = prices.actions[(prices.actions.index > after) & (prices.actions.index <= prices.frame.index[-1])]
    days = pd.DatetimeIndex(table.index)
    dividends = (Action(day, "dividend", value) for day, value in zip(days, table[DIVIDEND], strict=True) if value)
    splits = (Action(day, "split", value) for day, value in zip(days, table[SPLIT], strict=True) if value != 1)
    return actions_of([*dividends, *splits])


def read_confirmations(texts: Iterable[str]) -> pd.DataFrame:
    """Return the actions that a user confirms.

    >>> read_confirmations(["2018-10-05:split=3/2"])["value"].tolist()
    [1.5]
    """
    return actions_of(map(_read_confirmation, texts))


def _read_confirmation(text: str) -> Action:
    if match := CONFIRMATION.fullmatch(text):
        day, kind, value = match.groups()
        with suppress(ValueError, ArithmeticError):
            action = Action(pd.Timestamp(read_date(day)), kind, float(Fraction(value)), confirmed=True)
            if action.value > 0 or (action.value == 0 and kind == "dividend"):
                return action
    raise ArgumentError(
        f"--confirm must be a day with a split (new shares for one) or a dividend (cash per share): {text!r}"
        " - for example 2018-10-05:split=2 or 2018-10-05:dividend=1.25"
    )


def values_in(others: pd.DataFrame, actions: pd.DataFrame) -> pd.Series:
    """Return for each action the value of the other one of its day and kind, NaN where there is none."""
    return actions[KEYS].merge(others, how="left", on=KEYS)["value"].set_axis(actions.index)


def without(actions: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the actions of which the others have none of the same day and kind."""
    return actions[values_in(others, actions).isna()]


def merged(*tables: pd.DataFrame) -> pd.DataFrame:
    """Return the actions of all tables; of the same day and kind that of the first."""
    table = pd.concat(tables).drop_duplicates(KEYS)
    return table.sort_values(KEYS, ignore_index=True)


def shares_for_one(actions: pd.DataFrame, days: pd.Index) -> np.ndarray:
    """Return for each day how many shares one of the first day has become by splits, (n_days,)."""
    splits = actions[actions["kind"] == "split"]
    factors = np.ones(len(days) + 1)  # the last one for splits to come
    np.multiply.at(factors, days.searchsorted(splits["day"]), splits["value"])
    return factors[:-1].cumprod()


def dividends_per_share(actions: pd.DataFrame, days: pd.Index) -> np.ndarray:
    """Return the cash for each share of the first day, on the first of the days at or after the ex-day, (n_days,).

    It is paid on the shares of the day before, so that a split of the same day does not count.
    """
    paid = actions[actions["kind"] == "dividend"]
    at = days.searchsorted(paid["day"])
    known = at < len(days)
    shares = shares_for_one(actions, days)[at[known] - 1]
    return np.bincount(at[known], paid["value"][known] * shares, minlength=len(days))


def growth_of(bars: pd.DataFrame, actions: pd.DataFrame) -> pd.Series:
    """Return by how much each day's shares have grown since the first day, if dividends buy shares at the close before.

    Prices times this growth are adjusted for dividends in the units of the first day: what comes later changes none.
    """
    paid, before = dividends_per_share(actions, bars.index), bars["Close"].shift()
    if (paid >= before).any():
        day = bars.index[paid >= before][0]
        raise DataError(
            f"the dividend of {day:%Y-%m-%d} is {paid[bars.index == day][0]:,.2f} a share, and the close before"
            f" {before[day]:,.2f} - check the prices and --confirm"
        )
    return (1 / (1 - (paid / before).fillna(0.0))).cumprod()

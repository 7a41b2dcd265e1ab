"""Earlier trials: which of them a test counts as trials, and which as looks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

import numpy as np
import pandas as pd

from backtrader_walkforward.significance.result import ActiveAccount
from backtrader_walkforward.system.text import pluralize

FEWEST_SHARED = 20
"""Days that two accounts must share to be compared."""

COPY, SAME_MARKET = 0.9, 0.999
"""Correlations from which an account is a near copy of another, and a market the same."""

DIGITS = 9
"""Decimals of a daily return that tell accounts apart; the rest is rounding, which another capital changes."""

FIRST_DAYS = 2
"""Returns until buy & hold is all in the market."""

NEGLIGIBLE = 1e-6
"""Share of an account's moves below which what the market does not explain is rounding."""


@dataclass(frozen=True, kw_only=True)
class StoredAccount:
    """An account of the registry, the key of its market, and whether it is known to be a look."""

    account: ActiveAccount
    market: str
    is_look: bool


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What a test has to count beside the accounts of its run.

    Attributes
    ----------
    accounts : tuple of ActiveAccount
        The trials of other runs on the days of the run, each distinct one once.
    looks : tuple of DatetimeIndex
        The days of each earlier test of the same accounts on data that ended on another day, by their last day.
    practice : int
        Accounts that were tried on these days as practice alone.
    unread : int
        Trials beyond the most that are read.
    """

    accounts: tuple[ActiveAccount, ...] = ()
    looks: tuple[pd.DatetimeIndex, ...] = ()
    practice: int = 0
    unread: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """A line on the trials that do not count."""
        does, them = ("does", "it") if self.practice == 1 else ("do", "them")
        practice = (
            f"{pluralize(self.practice, 'practice trial')} of these days {does} not count: choose nothing by {them}"
        )
        unread = f"{pluralize(self.unread, 'earlier trial')} beyond the most that are read do not count"
        return (*([practice] if self.practice else []), *([unread] if self.unread else []))


def select_earlier(
    own: Sequence[ActiveAccount], stored: Iterable[StoredAccount], looks: Iterable[pd.DatetimeIndex] = ()
) -> tuple[tuple[ActiveAccount, ...], tuple[pd.DatetimeIndex, ...]]:
    """Return the trials and the looks that a test of a run's `own` accounts counts.

    A series is cut to the days of the run, so that memory grows with those days alone. What is the same on them counts
    once, and what the market explains there not at all. A near copy of an own account that ended on another day is a
    look and no other trial, whatever its settings.

    Parameters
    ----------
    looks : iterable of DatetimeIndex
        The days of the looks that are known.
    """
    days = pd.DatetimeIndex(own[0].returns.index)
    own_returns = np.column_stack([account.returns for account in own])
    found: dict[bytes, ActiveAccount] = {}
    by_last_day = {look[-1]: look for look in sorted(looks, key=len)}
    for _, group in groupby(stored, key=attrgetter("market")):
        members = list(group)
        index = pd.DatetimeIndex(members[0].account.market.index)
        shared, at, there = days.intersection(index), days.isin(index), index.isin(days)
        market = members[0].account.market[there]
        for one in members if len(shared) > 1 else ():
            returns = one.account.returns[there]
            alike = likeness(own_returns[at], returns.to_numpy(), market.to_numpy())
            is_copy = alike is not None and alike >= COPY and len(shared) >= FEWEST_SHARED
            if is_copy and index[-1] != days[-1]:
                by_last_day.setdefault(index[-1], index)
            elif alike is not None and not one.is_look:
                key = rounded(returns.to_numpy()).tobytes() + shared.to_numpy().tobytes()
                found.setdefault(key, replace(one.account, returns=returns, market=market))
    return tuple(found.values()), tuple(by_last_day[day] for day in sorted(by_last_day))


def is_same_market(market: pd.Series, other: pd.Series, same_ticker: bool) -> bool:
    """Return whether two series are returns of one market; by its ticker where they share too few days.

    The first days of each are left out: buy & hold was on its way into the market.
    """
    shared = market.index[FIRST_DAYS:].intersection(other.index[FIRST_DAYS:])
    if len(shared) < FEWEST_SHARED:
        return same_ticker
    return bool(np.corrcoef(market[shared], other[shared])[0, 1] >= SAME_MARKET)


def likeness(own: np.ndarray, other: np.ndarray, market: np.ndarray) -> float | None:
    """Return the largest correlation of an account with an own one beyond what the market explains of either.

    None if the market explains all of the account.
    """
    factors = np.column_stack([np.ones(len(market)), market])
    returns = np.column_stack([own, other])
    rest = returns - factors @ np.linalg.lstsq(factors, returns)[0]
    size = np.linalg.norm(rest, axis=0)
    size[size <= NEGLIGIBLE * np.linalg.norm(returns, axis=0)] = np.inf
    if np.isinf(size[-1]):
        return None
    return float(np.max(rest[:, :-1].T @ rest[:, -1] / (size[:-1] * size[-1])))


def rounded(returns: np.ndarray) -> np.ndarray:
    """Return what tells a series from another; -0 is 0."""
    return np.round(returns, DIGITS) + 0.0

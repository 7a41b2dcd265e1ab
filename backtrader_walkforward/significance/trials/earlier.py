"""Earlier trials: which of them a test counts as trials, and which as looks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.significance.account_scores import fewest_shared
from backtrader_walkforward.significance.active_accounts import rounded
from backtrader_walkforward.significance.result import FEWEST_DAYS, ActiveAccount
from backtrader_walkforward.system.text import pluralize

COPY, SAME_MARKET = 0.9, 0.999
"""Correlations from which an account is a near copy of another, and a market the same."""

FIRST_DAYS = 2
"""Returns until buy & hold is all in the market."""

NEGLIGIBLE = 1e-6
"""Share of an account's moves below which what the market does not explain is rounding."""


@dataclass(frozen=True, kw_only=True)
class StoredAccount:
    """The name and the returns of an account."""

    name: str
    returns: np.ndarray


@dataclass(frozen=True, kw_only=True)
class StoredMarket:
    """A market on some days, and its accounts."""

    returns: pd.Series
    accounts: Sequence[StoredAccount]


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
    own: Sequence[ActiveAccount], stored: Iterable[StoredMarket], looks: Iterable[pd.DatetimeIndex] = ()
) -> tuple[tuple[ActiveAccount, ...], tuple[pd.DatetimeIndex, ...]]:
    """Return the trials and the looks that a test of a run's `own` accounts counts.

    A series is cut to the days of the run, so that memory grows with those days alone. What is the same on them counts
    once, and what the market explains there not at all. A near copy of an own account that ended on another day is a
    look and no other trial, whatever its settings. Any other account is a trial, also at a known look: its ideas may
    come from a file, which no recipe knows.

    Trials that share too few days to count (`fewest_shared`) are left out.

    Parameters
    ----------
    looks : iterable of DatetimeIndex
        The days of the looks that are known.
    """
    days, own_returns = own[0].returns.index, np.column_stack([account.returns for account in own])
    found: dict[bytes, ActiveAccount] = {}
    by_last_day = {look[-1]: look for look in sorted(looks, key=len)}
    for one in stored:
        index = pd.DatetimeIndex(one.returns.index)
        there, shared = index.isin(days), days.isin(index)
        market = one.returns[there]
        if len(market) < FEWEST_DAYS:
            continue
        cut = np.column_stack([account.returns[there] for account in one.accounts])
        likeness = largest_correlation(own_returns[shared], cut, market.to_numpy())
        for account, returns, alike in zip(one.accounts, cut.T, likeness, strict=True):
            if index[-1] != days[-1] and alike >= COPY:
                by_last_day.setdefault(index[-1], index)
            elif len(market) >= fewest_shared(len(days)) and not np.isnan(alike):
                earlier = ActiveAccount(name=account.name, returns=pd.Series(returns, market.index), market=market)
                found.setdefault(rounded(returns).tobytes() + market.index.to_numpy().tobytes(), earlier)
    return tuple(found.values()), tuple(by_last_day[day] for day in sorted(by_last_day))


def is_same_market(market: pd.Series, other: pd.Series, same_ticker: bool) -> bool:
    """Return whether two series are returns of one market; by its ticker where they share too few days.

    The first days of each are left out: buy & hold was on its way into the market.
    """
    shared = market.index[FIRST_DAYS:].intersection(other.index[FIRST_DAYS:])
    if len(shared) < FEWEST_DAYS or not (market[shared].std() and other[shared].std()):
        return same_ticker
    return bool(np.corrcoef(market[shared], other[shared])[0, 1] >= SAME_MARKET)


def largest_correlation(own: np.ndarray, others: np.ndarray, market: np.ndarray) -> np.ndarray:
    """Return the largest correlation of each of the others with an own account, beyond what the market explains.

    NaN where the market explains all of an account.
    """
    mine, theirs = (standardised_residuals(returns, market) for returns in (own, others))
    largest: np.ndarray = np.nan_to_num(mine.T, nan=0.0) @ theirs
    return largest.max(axis=0)


def standardised_residuals(returns: np.ndarray, market: np.ndarray) -> np.ndarray:
    """Return what the market does not explain of each column of returns, with length 1; NaN if that is nothing."""
    moves, centred = market - market.mean(), returns - returns.mean(axis=0)
    rest = centred - np.outer(moves, moves @ centred / (moves @ moves or 1.0))
    size = np.linalg.norm(rest, axis=0)
    size[size <= NEGLIGIBLE * np.linalg.norm(returns, axis=0)] = np.nan
    return np.asarray(rest / size)

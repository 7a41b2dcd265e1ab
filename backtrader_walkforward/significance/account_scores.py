"""The ratio of one account: alpha in standard errors, and the sums of blocks from which histories are made."""

from math import ceil
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.choices import FLAT
from backtrader_walkforward.significance.result import FEWEST_DAYS, ActiveAccount

LEAST_SHARED = 0.05
"""Share of the days of a test that an earlier trial must have to count: what is chosen by fewer days gains little."""


class AccountScores(NamedTuple):
    """One account's ratio, and what its ratio in a history without skill is computed from."""

    ratio: float
    """Alpha in standard errors, without its skewness."""
    days: int
    sums: np.ndarray
    """By block, (blocks, 5): sums of the scores, of those of beta, of the cubed scores, of the weights of alpha, and of
    these weights x market. The scores are what each day adds to alpha under the hypothesis."""
    cubed_spread: float
    """(mean squared score)^1.5."""

    @classmethod
    def of(cls, account: ActiveAccount, days: pd.DatetimeIndex) -> Self | None:
        """Return the scores over the days that the account shares; None if they are few or the market explains all.

        Raises
        ------
        ArgumentError
            If a return is missing or infinite: any comparison with it is false, which would look like skill.
        """
        place = pd.Index(account.returns.index).get_indexer(days)
        if (place >= 0).sum() < fewest_shared(len(days)):
            return None
        shared, block = np.flatnonzero(place >= 0), block_of_day(len(days))
        returns, market = (series.to_numpy(dtype=float)[place[shared]] for series in (account.returns, account.market))
        if not (np.isfinite(returns).all() and np.isfinite(market).all()):
            raise ArgumentError(
                f"returns of {account.name} and its market must be finite: leave out the days without one"
            )
        weights, weights_of_beta = weights_of_alpha(market)
        beta = weights_of_beta @ returns
        residuals = returns - weights @ returns - beta * market
        if residuals.std() <= FLAT:
            return None
        restricted = returns - (market @ returns / (market @ market) if weights_of_beta.any() else 0.0) * market
        scores = weights * restricted
        by_day = np.column_stack([scores, weights_of_beta * restricted, scores**3, weights, weights * market])
        count = block[-1] + 1
        sums = np.column_stack([np.bincount(block[shared], column, count) for column in by_day.T])
        spread = np.sqrt((np.bincount(block[shared], weights * residuals, count) ** 2).sum())
        skewness = ((weights * residuals) ** 3).mean() / ((weights * residuals) ** 2).mean() ** 1.5
        ratio = without_skewness(weights @ returns / spread, skewness, len(shared))
        return cls(float(ratio), len(shared), sums, float((scores**2).mean() ** 1.5))


def weights_of_alpha(market: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what a day's return weighs in alpha and in beta of a regression on `market`; no beta if that is flat."""
    centred, count = market - market.mean(), len(market)
    variance = (centred**2).mean()
    of_beta = centred / (variance * count) if variance > FLAT**2 else np.zeros(count)
    return 1 / count - market.mean() * of_beta, of_beta


def fewest_shared(days: int) -> int:
    """Return how many days of a test an account must share to count: 20, and a twentieth of them.

    >>> fewest_shared(150), fewest_shared(2_520)
    (20, 126)
    """
    return max(FEWEST_DAYS, ceil(LEAST_SHARED * days))


def block_of_day(days: int) -> np.ndarray:
    """Return the number of each day's block: blocks of about days^0.4, as 7 of 150 and 23 of 2,520.

    >>> block_of_day(20)
    array([0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 5])
    """
    count = round(days**0.6)
    return np.arange(days) * count // days


def without_skewness(ratio: np.ndarray, skewness: np.ndarray | float, days: np.ndarray | int) -> np.ndarray:
    """Return Hall's t + g t^2 / 3 sqrt(n) + g^2 t^3 / 27 n + g / 6 sqrt(n), with the skewness g of n days."""
    by_days = skewness / np.sqrt(days)
    return ratio + by_days * ratio**2 / 3 + by_days**2 * ratio**3 / 27 + by_days / 6

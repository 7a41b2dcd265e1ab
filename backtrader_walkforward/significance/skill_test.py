"""The test of skill: the largest alpha of all accounts, in standard errors, against histories without skill.

- Alpha is the mean daily return that the market does not explain: the constant of a regression on the market's returns.
- A history without skill is made from the residuals of a regression without alpha: each block of days keeps its sign or
  changes it, in all accounts at once, by the toss of a coin. This is the wild cluster bootstrap with the hypothesis
  imposed (Cameron, Gelbach, Miller, "Bootstrap-based improvements for inference with clustered errors", 2008). It holds
  for fat tails and for volatility that changes; the blocks keep autocorrelation, and the common signs the correlation.
- The standard error comes from the sums of the blocks. Hall's transformation ("On the removal of skewness by
  transformation", 1992) takes the skewness out of the ratio.
- The p-value is the share of histories in which the largest ratio of any account is as large (White, "A reality check
  for data snooping", 2000). Accounts that move together count as little more than one. A trial with a larger ratio was
  judged before, and leaves the others (Romano, Wolf, "Stepwise multiple testing as formalized data snooping", 2005).

`benchmarks/calibration.py` measures size and power.
"""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.choices import FLAT
from backtrader_walkforward.significance.looks import levels_of_look
from backtrader_walkforward.significance.result import FEWEST_DAYS, ActiveAccount, SkillTest

DRAWS = 1_999
"""Histories without skill."""

LEAST_P_VALUE = 1 / (DRAWS + 1)
"""p-value of a ratio that no history without skill reaches: the data are one more history."""

LEAST_SHARED = 0.05
"""Share of the days of a test that an earlier trial must have to count: what is chosen by fewer days gains little."""

AT_ONCE = 200
"""Accounts whose histories are in memory together."""


def find_skill(
    own: Iterable[ActiveAccount],
    earlier: Iterable[ActiveAccount] = (),
    *,
    days: pd.DatetimeIndex | None = None,
    looks: Sequence[pd.DatetimeIndex] = (),
    seed: int = 0,
) -> SkillTest | None:
    """Test the account with the largest ratio.

    Parameters
    ----------
    own : iterable of ActiveAccount
        The accounts of this run, each with its own name.
    earlier : iterable of ActiveAccount
        Those of other trials. They count on the days that they share with this run, if these are 20 or more, and
        a twentieth of all. What was tried on other days is no search on these. More trials never make a result
        significant.
    days : DatetimeIndex, optional
        Days of the test; those of the first account if left out. An account that lacks some of them counts as an
        earlier trial does; the signs of a block are the same for all.
    looks : sequence of DatetimeIndex
        Days of each earlier test of the same settings, in their order (`looks`).
    seed : int
        Seed of the signs.

    Returns
    -------
    SkillTest or None
        None for fewer than 20 days, and where no account differs from a constant share of the market.
    """
    if days is None:
        own = list(own)
        days = pd.DatetimeIndex(own[0].returns.index if own else [])
    scores = {account.name: found for account in own if (found := AccountScores.of(account, days))}
    if not scores:
        return None
    others = [found for account in earlier if (found := AccountScores.of(account, days))]
    everything = [*scores.values(), *others]
    histories = NullHistories(everything, seed)
    ratios = [histories.ratio_of(one) for one in everything]
    place = int(np.argmax(ratios[: len(scores)]))
    level, strict_level = levels_of_look(days, looks)
    return SkillTest(
        account=list(scores)[place],
        t_ratio=everything[place].ratio,
        p_value=stepwise_p_value(place, ratios, histories),
        level=level,
        strict_level=strict_level,
        looks=len(looks) + 1,
        accounts=len(scores),
        earlier=len(others),
        days=len(days),
    )


def hurdle(accounts: Iterable[ActiveAccount], days: pd.DatetimeIndex, level: float, seed: int = 0) -> float | None:
    """Return the ratio that the best of these accounts needs for a p-value of `level`; None if none is active."""
    scores = [found for account in accounts if (found := AccountScores.of(account, days))]
    if not scores:
        return None
    *_, largest = NullHistories(scores, seed).largest(range(len(scores)))
    return float(np.quantile(largest, 1 - level))


def stepwise_p_value(place: int, ratios: Sequence[float], histories: "NullHistories") -> float:
    """Return the p-value of the account at this place.

    Each account is compared with the largest of those whose ratio is no larger. Its p-value is at least that of every
    account with a larger one: where the best trial is luck, the next one is none either.
    """
    order = np.argsort(ratios, kind="stable")
    reached = [
        int((largest >= ratios[one]).sum())
        for one, largest in zip(order, histories.largest(order), strict=True)
        if ratios[one] >= ratios[place]
    ]
    return (1 + max(reached)) / (DRAWS + 1)


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
    array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5])
    """
    count = round(days**0.6)
    return np.arange(days) * count // days


def without_skewness(ratio: np.ndarray, skewness: np.ndarray | float, days: np.ndarray | int) -> np.ndarray:
    """Return Hall's t + g t^2 / 3 sqrt(n) + g^2 t^3 / 27 n + g / 6 sqrt(n), with the skewness g of n days."""
    by_days = skewness / np.sqrt(days)
    return ratio + by_days * ratio**2 / 3 + by_days**2 * ratio**3 / 27 + by_days / 6


class NullHistories:
    """Histories without skill, in which all accounts have the same signs.

    The ratio of an account that has only some of the days comes from few blocks and has wide tails. It is put on the
    scale of an account with all days: the ratio that has the same rank among the histories.
    """

    def __init__(self, scores: Sequence[AccountScores], seed: int) -> None:
        random = np.random.default_rng(seed)
        self._scores = scores
        self._signs = 2.0 * random.integers(0, 2, (DRAWS, len(scores[0].sums))) - 1
        self._tie_breaker = random.permutation(DRAWS)
        complete = max(scores, key=lambda one: one.days)
        self._days = complete.days
        self._scale = np.sort(ratios_without_skill([complete], self._signs)[:, 0])

    def ratio_of(self, one: AccountScores) -> float:
        """Return an account's ratio on the common scale."""
        if one.days == self._days:
            return one.ratio
        drawn = ratios_without_skill([one], self._signs)
        return float(np.quantile(self._scale, (drawn < one.ratio).mean()))

    def largest(self, order: Iterable[int]) -> Iterator[np.ndarray]:
        """Yield for each account, in this order, the largest ratio of it and of those before it, (DRAWS,)."""
        ordered = [self._scores[place] for place in order]
        largest = np.full(DRAWS, -np.inf)
        for first in range(0, len(ordered), AT_ONCE):
            few = ordered[first : first + AT_ONCE]
            for one, ratios in zip(few, ratios_without_skill(few, self._signs).T, strict=True):
                if one.days < self._days:
                    ratios[np.lexsort((self._tie_breaker, ratios))] = self._scale
                largest = np.maximum(largest, ratios)
                yield largest


def ratios_without_skill(scores: Sequence[AccountScores], signs: np.ndarray) -> np.ndarray:
    """Return each account's ratio in each history, (histories, accounts); `signs` are (histories, blocks).

    A history's alpha is the sum over the blocks of sign x score s, its beta b that of sign x score of beta, and the
    squared standard error the sum over the blocks of (sign x s - alpha A - b M)^2, with the sums A of the weights and M
    of weights x market; here it is multiplied out.
    """
    score, of_beta, cubed, weight, market = np.stack([one.sums for one in scores], axis=2).swapaxes(0, 1)
    alpha, beta = signs @ score, signs @ of_beta
    squared = (score**2).sum(axis=0) - 2 * alpha * (signs @ (score * weight)) - 2 * beta * (signs @ (score * market))
    squared += alpha**2 * (weight**2).sum(axis=0) + beta**2 * (market**2).sum(axis=0)
    squared += 2 * alpha * beta * (weight * market).sum(axis=0)
    spread = np.sqrt(np.maximum(squared, np.finfo(float).tiny))
    days = np.array([one.days for one in scores])
    skewness = signs @ cubed / days / np.array([one.cubed_spread for one in scores])
    return without_skewness(alpha / spread, skewness, days)

"""Histories without skill: what the ratios of all accounts would be if the signs of their blocks were tossed."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from backtrader_walkforward.significance.account_scores import AccountScores, without_skewness

DRAWS = 1_999
"""Histories without skill."""

AT_ONCE = 200
"""Accounts whose histories are in memory together."""


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

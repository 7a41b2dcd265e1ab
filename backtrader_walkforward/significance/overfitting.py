"""Probability of backtest overfitting: how often the best of one half is not above the median in the other half.

Source: Bailey, Borwein, Lopez de Prado, Zhu, "The probability of backtest overfitting" (2015), by combinatorially
symmetric cross-validation.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.settings.choices import FLAT
from backtrader_walkforward.significance.bootstrap import stationary_bootstrap_indices

MOST_BLOCKS = 16
"""Blocks of the paper's own examples: 12,870 ways to halve them."""

FEWEST_DAYS_A_BLOCK = 5

NULL_DRAWS, NULL_SPLITS = 200, 500
"""Bootstrap samples for the band, and halvings that are tried on each."""

DIGITS = 9
"""Decimals of a daily Sharpe ratio that are compared: ratios that differ by rounding alone are equal."""


class Overfitting(NamedTuple):
    """Share of the halvings in which the best of one half is not above the median in the other half. 0 is best.

    `band` holds 90 % of such shares for variants without any difference in skill, `blocks` is the number of blocks of
    consecutive days that the halves are made of.
    """

    probability: float
    band: tuple[float, float]
    blocks: int


def probability_of_overfitting(returns: pd.DataFrame, length: int, seed: int) -> Overfitting | None:
    """Return the probability of backtest overfitting, and its band without skill; None for too few columns or days.

    The band is simulated: the mean is subtracted from each column, so that none is better, the days are drawn in
    blocks, and the probability is computed again; the band goes from the 5 % to the 95 % quantile. The correlation of
    the variants is kept. The band is wide: about .05 to .9 for the 20 variants of a default run.

    `returns` is (days, variants), `length` the mean length of a bootstrap block in days.
    """
    blocks = block_count(len(returns))
    if blocks < 2 or returns.shape[1] < 2:
        return None
    values = returns.to_numpy()
    halves = all_halves(blocks)
    sample = np.random.default_rng(seed).permutation(len(halves))[:NULL_SPLITS]
    null_shares = [
        share_overfitted((values - values.mean(axis=0))[days], halves[sample])
        for days in stationary_bootstrap_indices(len(values), length, seed, NULL_DRAWS)
    ]
    low, high = np.quantile(null_shares, [0.05, 0.95])
    return Overfitting(share_overfitted(values, halves), (float(low), float(high)), blocks)


def block_count(days: int) -> int:
    """Return the even number of blocks: 16, or fewer so that each has five days.

    >>> block_count(150), block_count(45), block_count(9)
    (16, 8, 0)
    """
    return min(MOST_BLOCKS, days // FEWEST_DAYS_A_BLOCK // 2 * 2)


def all_halves(blocks: int) -> np.ndarray:
    """Return every choice of half of the blocks, as rows of 0 and 1.

    >>> all_halves(2)
    array([[1., 0.],
           [0., 1.]])
    """
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    halves = np.zeros((len(chosen), blocks))
    np.put_along_axis(halves, chosen, 1.0, axis=1)
    return halves


def share_overfitted(returns: np.ndarray, halves: np.ndarray) -> float:
    """Return the share of `halves` whose best column has rank / (N + 1) <= 1/2 in the other half.

    Ranks count from the worst; columns that are equal but for rounding have the mean of their ranks. The first days
    that fill no block are left out.
    """
    blocks = halves.shape[1]
    size = len(returns) // blocks
    by_block = returns[len(returns) - blocks * size :].reshape(blocks, size, -1)
    inside, outside = (np.round(sharpes_of(half, by_block), DIGITS) for half in (halves, 1 - halves))
    chosen = np.take_along_axis(outside, inside.argmax(axis=1)[:, None], axis=1)
    rank = (outside < chosen).sum(axis=1) + ((outside == chosen).sum(axis=1) + 1) / 2
    return float((rank / (outside.shape[1] + 1) <= 0.5).mean())


def sharpes_of(halves: np.ndarray, by_block: np.ndarray) -> np.ndarray:
    """Return the daily Sharpe ratio of each column in each half, (halves, columns); 0 where a column is flat.

    `by_block` is (blocks, days in a block, columns).
    """
    days = halves.shape[1] // 2 * by_block.shape[1]
    mean = halves @ by_block.sum(axis=1) / days
    deviation = np.sqrt(np.maximum(halves @ (by_block**2).sum(axis=1) / days - mean**2, 0.0))
    return np.divide(mean, deviation, out=np.zeros_like(mean), where=deviation > FLAT)

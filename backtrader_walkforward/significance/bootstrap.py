"""Records that could have happened: the days of a test drawn again in blocks (Politis, Romano 1994)."""

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.metrics import FLAT, TRADING_DAYS

DRAWS = 1_000
"""Resampled records behind a figure."""

FEWEST_DAYS = 20
"""Days below which a record is not resampled: the formula for the length of a block needs a dozen."""


def block_length(returns: pd.DataFrame) -> int:
    """Return the mean length, in days, of the blocks that keep what days have to do with the days before them.

    The mean over the columns, none of them flat, of the lengths by Politis and White (2004, corrected 2009), rounded;
    at least 1, as their formula goes below it.
    """
    from arch.bootstrap import optimal_block_length  # takes half a second to import

    with np.errstate(divide="ignore", invalid="ignore"):  # a column that moves on few days has undefined correlations
        lengths = optimal_block_length(returns)["stationary"].to_numpy()
    known = lengths[np.isfinite(lengths)]
    return max(1, round(float(known.mean()))) if len(known) else 1


def stationary_bootstrap_indices(days: int, length: int, seed: int, draws: int = DRAWS) -> np.ndarray:
    """Return `draws` rows of `days` day numbers each, drawn in blocks of random length with the given mean."""
    from arch.bootstrap import StationaryBootstrap

    bootstrap = StationaryBootstrap(length, np.arange(days), seed=seed)
    return np.array([drawn[0] for drawn, _ in bootstrap.bootstrap(draws)])


def sharpe_intervals(returns: pd.DataFrame, drawn: np.ndarray, confidence: float = 0.95) -> pd.DataFrame:
    """Return the `low` and `high` end of the percentile interval of each column's annual Sharpe ratio.

    A draw in which a column never moves counts as a Sharpe ratio of 0.

    Parameters
    ----------
    returns : DataFrame (days, variants)
    drawn : array (draws, days)
        As of `stationary_bootstrap_indices`.
    """
    days = len(returns)
    times = np.array([np.bincount(row, minlength=days) for row in drawn]) / days
    middle = returns.mean().to_numpy()
    centred = returns.to_numpy() - middle
    shift = times @ centred
    deviation = np.sqrt(np.maximum(times @ centred**2 - shift**2, 0.0) * days / (days - 1))
    sharpes = np.divide(middle + shift, deviation, out=np.zeros_like(shift), where=deviation > FLAT)
    tail = (1 - confidence) / 2
    low, high = np.quantile(sharpes * np.sqrt(TRADING_DAYS), [tail, 1 - tail], axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=returns.columns)

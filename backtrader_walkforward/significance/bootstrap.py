"""Stationary bootstrap: the days of a test drawn again in blocks (Politis, Romano 1994)."""

import numpy as np
import pandas as pd

from backtrader_walkforward.settings.choices import FLAT

DRAWS = 1_000
"""Bootstrap samples of a figure."""


def block_length(returns: pd.DataFrame) -> int:
    """Return the mean length of a block, in days, that keeps the dependence of a day on earlier days.

    It is the mean over the columns, none of them flat, of the lengths by Politis and White (2004, corrected 2009),
    rounded; at least 1.
    """
    from arch.bootstrap import optimal_block_length  # takes half a second to import

    with np.errstate(divide="ignore", invalid="ignore"):  # a column that moves on few days has undefined correlations
        lengths = optimal_block_length(returns)["stationary"].to_numpy()
    known = lengths[np.isfinite(lengths)]
    return max(1, round(float(known.mean()))) if len(known) else 1


def stationary_bootstrap_indices(days: int, length: int, seed: int, draws: int = DRAWS) -> np.ndarray:
    """Return day numbers, (draws, days), drawn in blocks of random length with the given mean."""
    from arch.bootstrap import StationaryBootstrap

    bootstrap = StationaryBootstrap(length, np.arange(days), seed=seed)
    return np.array([drawn[0] for drawn, _ in bootstrap.bootstrap(draws)])


def sharpe_intervals(returns: pd.DataFrame, indices: np.ndarray, per_year: int) -> dict[str, tuple[float, float]]:
    """Return the low and the high end of the 95 % percentile interval of each column's annual Sharpe ratio.

    Efron, Tibshirani, "An introduction to the bootstrap" (1993). `returns` is (days, variants), `indices` is
    (draws, days) as `stationary_bootstrap_indices` returns it, `per_year` the number of bars a year.
    """
    tail = (1 - 0.95) / 2
    ends = np.quantile(drawn_sharpes(returns.to_numpy(), indices, per_year), [tail, 1 - tail], axis=0)
    return dict(zip(returns.columns, zip(*ends.tolist(), strict=True), strict=True))


def expected_best_sharpe(returns: pd.DataFrame, indices: np.ndarray, per_year: int) -> float:
    """Return the annual Sharpe ratio that the best column has on average if none has skill.

    Bailey, Lopez de Prado, "The deflated Sharpe ratio" (2014) have a formula for columns that are independent. Here the
    mean is taken out of each, and the same days are drawn for all: columns that move together count as one.
    The risk is that of all days: a draw without the few days on which an account moved has none. No column may be flat.
    Arguments as of `sharpe_intervals`.
    """
    standardised = ((returns - returns.mean()) / returns.std(ddof=1)).to_numpy()
    return float((shares_drawn(indices) @ standardised).max(axis=1).mean() * np.sqrt(per_year))


def drawn_sharpes(returns: np.ndarray, indices: np.ndarray, per_year: int) -> np.ndarray:
    """Return the annual Sharpe ratios of the drawn days, (draws, variants); 0 where a column is flat."""
    days, mean, shares = len(returns), returns.mean(axis=0), shares_drawn(indices)
    shift = shares @ (returns - mean)
    deviation = np.sqrt(np.maximum(shares @ (returns - mean) ** 2 - shift**2, 0.0) * days / (days - 1))
    sharpes = np.divide(mean + shift, deviation, out=np.zeros_like(shift), where=deviation > FLAT)
    return sharpes * np.sqrt(per_year)


def shares_drawn(indices: np.ndarray) -> np.ndarray:
    """Return the share of each day in each draw, (draws, days)."""
    days = indices.shape[1]
    return np.array([np.bincount(row, minlength=days) for row in indices]) / days

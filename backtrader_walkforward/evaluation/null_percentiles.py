"""The percentile of a variant among null models: accounts that trade alike without information."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.metrics import excess_returns, sharpe, total_return
from backtrader_walkforward.evaluation.result import DIGITS


@dataclass(frozen=True, kw_only=True)
class ConstantPosition:
    """The result of always holding the same weight, through the same broker and costs."""

    total_return: float
    sharpe: float | None

    @classmethod
    def of(cls, equity: pd.Series, per_year: int, cash_rate: float = 0.0) -> "ConstantPosition":
        """Measure one curve, less the interest on cash."""
        return cls(total_return=total_return(equity), sharpe=sharpe(excess_returns(equity, cash_rate), per_year))


@dataclass(frozen=True, kw_only=True)
class NullModelPercentile:
    """Share of the null models with a lower Sharpe ratio, a tie counting half: 0.5 is expected without skill."""

    shuffled: float
    """Among runs of the same strategy on its forecasts in random order."""
    shifted_positions: float
    """Among runs of its own target weights, shifted by random numbers of days: the same positions on other days."""


@dataclass(frozen=True, kw_only=True)
class NullBand:
    """The range in which 90 % of the null models of a variant are on each day, those on shuffled forecasts."""

    low: pd.Series
    high: pd.Series

    @classmethod
    def of(cls, curves: np.ndarray, days: pd.DatetimeIndex) -> "NullBand":
        """Take the 5 % and 95 % quantiles of curves (draws, days)."""
        low, high = np.quantile(curves, [0.05, 0.95], axis=0)
        return cls(low=pd.Series(low, days), high=pd.Series(high, days))


@dataclass(frozen=True, kw_only=True)
class NullModels:
    """The null models of a run and the percentile of each variant among them."""

    draws: int
    """Number of null models of each kind for each strategy."""
    always_long: ConstantPosition
    always_short: ConstantPosition
    percentiles: dict[str, NullModelPercentile]
    """By the names of the variants."""
    bands: dict[str, NullBand] = field(default_factory=dict, compare=False)
    """The range of their curves, by the names of the variants."""


def percentile_among(value: float | None, others: Sequence[float | None]) -> float:
    """Return the share of `others` below `value`, a tie to rounding counting half; no Sharpe ratio counts as 0.

    >>> percentile_among(1.0, [0.5, 1.0, 2.0, None])
    0.625
    """
    drawn, found = np.round([other or 0.0 for other in others], DIGITS), round(value or 0.0, DIGITS)
    return float(np.mean(drawn < found) + np.mean(drawn == found) / 2)


def hybrid_curves(active: np.ndarray, passive: pd.Series, active_share: float) -> np.ndarray:
    """Return the equity (draws, days) of each hybrid, the sum of its two accounts'.

    `active` (draws, days) is the equity of the active account and `passive` (days,) that of buy and hold, each from the
    whole capital; `active_share` is the share of the capital in the active account.
    """
    return active_share * active + (1 - active_share) * passive.to_numpy()


def sharpes_of(curves: np.ndarray, days: pd.DatetimeIndex, per_year: int, cash_rate: float = 0.0) -> list[float | None]:
    """Return the Sharpe ratio of each curve of equity (draws, days), annual with the bars a year."""
    returns = excess_returns(pd.DataFrame(curves.T, days), cash_rate)
    return [sharpe(returns[draw], per_year) for draw in returns]

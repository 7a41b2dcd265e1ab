"""Tests of all variants at once: against buy & hold, and against the best.

Both compare the return per unit of risk, as the ranking does: each series of daily returns is divided by its standard
deviation, so that the size of a position changes nothing.
"""

import numpy as np
import pandas as pd

from backtrader_walkforward.settings.choices import FLAT
from backtrader_walkforward.significance.bootstrap import DRAWS

CONFIDENCE_SET_SIZE = 0.10
"""Size of the tests that remove a variant from the confidence set."""

SAME = 1e-9
"""Standard deviation of the difference of two risk-matched series below which they are equal but for rounding."""


def risk_matched(returns: pd.DataFrame) -> pd.DataFrame:
    """Return daily returns / their sample standard deviation; no column may be flat."""
    return returns / returns.std(ddof=1)


def superior_predictive_ability(
    returns: pd.DataFrame, benchmark: pd.Series, length: int, seed: int, draws: int = DRAWS
) -> float | None:
    """Return the p-value of "no variant has a higher Sharpe ratio than the benchmark", all variants at once.

    Hansen, "A test for superior predictive ability" (2005), the consistent p-value. The statistic is the largest
    studentised mean difference. `arch.bootstrap.SPA` does not studentise, so the differences are divided by their
    standard deviation here; otherwise one volatile variant hides the others. None if the benchmark is flat or no
    variant differs from it. `returns` is (days, variants), no column of it flat; `length` is the mean length of a
    bootstrap block in days.
    """
    from arch.bootstrap import SPA  # takes half a second to import

    if benchmark.std(ddof=1) <= FLAT:
        return None
    difference = risk_matched(returns).to_numpy() - risk_matched(benchmark.to_frame()).to_numpy()
    deviation = difference.std(axis=0, ddof=1)
    differs = deviation > SAME
    if not differs.any():
        return None
    losses = -difference[:, differs] / deviation[differs]
    test = SPA(np.zeros(len(losses)), losses, block_size=length, reps=draws, seed=seed)
    test.compute()
    return float(test.pvalues["consistent"])


def model_confidence_set(returns: pd.DataFrame, length: int, seed: int) -> tuple[str, ...]:
    """Return the columns that do not differ from the best at the 10 % level, in their order.

    Hansen, Lunde, Nason, "The model confidence set" (2011). Columns that are equal but for their scale are tested as
    one: the test has no statistic for a difference that is always 0.
    """
    from arch.bootstrap import MCS

    matched = risk_matched(returns).to_numpy()
    twin = first_twins(matched)
    distinct = np.unique(twin)
    if len(distinct) < 2:
        return tuple(returns.columns)
    test = MCS(-matched[:, distinct], CONFIDENCE_SET_SIZE, reps=DRAWS, block_size=length, seed=seed)
    test.compute()
    included = set(distinct[np.array(test.included, dtype=int)])
    return tuple(name for name, first in zip(returns.columns, twin, strict=True) if first in included)


def first_twins(matched: np.ndarray) -> np.ndarray:
    """Return for each column the number of the first column that is equal but for rounding, which may be its own."""
    columns = matched.T
    return np.array([next(n for n, first in enumerate(columns) if (one - first).std() <= SAME) for one in columns])

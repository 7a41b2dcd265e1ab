"""Repeated looks: what is left of a level when the same settings are tested again on more days.

Whoever looks every week until a test says yes finds a yes in the end. So each look spends a part of the level (Lan,
DeMets, "Discrete sequential boundaries for clinical trials", 1983): four fifths at the first look, and up to each later
one the share of the last fifth that its new days have in all days so far, for the days of the shortest look. All looks
together never spend more than the level. Many looks in a short time leave little for each: who looks seldom loses
little.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr

from backtrader_walkforward.significance.result import LEVEL, STRICT_LEVEL

AT_FIRST = 0.8
"""Share of the level that the first look spends."""

PATHS, PARTS = 100_000, 20
"""Simulated paths without skill that find the level of a later look, drawn in parts to save memory."""


def levels_of_look(days: pd.DatetimeIndex, earlier: Sequence[pd.DatetimeIndex] = ()) -> tuple[float, float]:
    """Return the p-values that evidence, and strong evidence, needs at a look on `days` after `earlier` ones.

    >>> [round(level, 4) for level in levels_of_look(pd.bdate_range("2018-01-01", periods=150))]
    [0.04, 0.008]
    """
    if not earlier:
        return AT_FIRST * LEVEL, AT_FIRST * STRICT_LEVEL
    looks = [*earlier, days]
    paths, spent = standardised_sums(looks), share_spent(looks)
    return levels_of(paths, LEVEL * spent)[-1], levels_of(paths, STRICT_LEVEL * spent)[-1]


def share_spent(looks: Sequence[pd.DatetimeIndex]) -> np.ndarray:
    """Return the share of the level that is spent up to each look: 1 - (1 - AT_FIRST) x fewest days / days so far.

    The fewest are those of the shortest look, so that one more look, a long one too, leaves no more for the others.
    """
    seen = pd.DatetimeIndex([])
    counts = [len(seen := seen.union(days)) for days in looks]
    return 1 - (1 - AT_FIRST) * min(map(len, looks)) / np.array(counts)


def standardised_sums(looks: Sequence[pd.DatetimeIndex]) -> np.ndarray:
    """Return simulated ratios at each look, (PATHS, looks): looks that share days move together.

    A day's contribution is normal; days that belong to the same looks are drawn together.
    """
    days = looks[0].append(list(looks[1:])).unique()
    belongs = np.column_stack([days.isin(look) for look in looks])
    groups, counts = np.unique(belongs, axis=0, return_counts=True)
    loadings: np.ndarray = groups * np.sqrt(counts)[:, None]
    loadings = loadings / np.linalg.norm(loadings, axis=0)
    random = np.random.default_rng(0)
    return np.concatenate([random.standard_normal((PATHS // PARTS, len(groups))) @ loadings for _ in range(PARTS)])


def levels_of(paths: np.ndarray, spent: np.ndarray) -> list[float]:
    """Return the level of each look: as many paths first cross its bound as the rule allows to spend by then.

    Where that is less than half a path, as a day after a test of ten years, the bound is just above all that are left.
    """
    crossed, levels = np.zeros(len(paths), dtype=bool), []
    for ratios, allowed in zip(paths.T, spent, strict=True):
        new = round(allowed * len(paths)) - int(crossed.sum())
        left = ratios[~crossed]
        bound = np.partition(left, -new)[-new] if new > 0 else np.nextafter(left.max(), np.inf)
        crossed |= ratios >= bound
        levels.append(float(ndtr(-bound)))
    return levels

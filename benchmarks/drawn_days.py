"""Days that are drawn for a calibration: normal, fat in the tails, with a memory, or with volatility in clusters."""

from collections.abc import Callable
from functools import partial
from math import sqrt

import numpy as np

Days = Callable[[np.random.Generator, int], np.ndarray]
"""A function that draws so many standardised days."""


def normal(random: np.random.Generator, days: int) -> np.ndarray:
    """Draw independent normal days."""
    return random.standard_normal(days)


def fat_tails(random: np.random.Generator, days: int) -> np.ndarray:
    """Draw from Student's t with three degrees of freedom."""
    return random.standard_t(3, days) / sqrt(3)


def autocorrelated(random: np.random.Generator, days: int, memory: float = 0.3) -> np.ndarray:
    """Draw days that each keep a part of the day before: AR(1), standardised."""
    shocks, drawn = random.standard_normal(days), np.zeros(days)
    for day in range(days):
        drawn[day] = memory * drawn[day - 1] + sqrt(1 - memory**2) * shocks[day]
    return drawn


slow = partial(autocorrelated, memory=0.95)
"""A forecast that changes its side about once in ten days."""


def volatility_in_clusters(random: np.random.Generator, days: int) -> np.ndarray:
    """Draw from a GARCH(1, 1) with .1 and .87."""
    shocks, variance, drawn = random.standard_normal(days), 1.0, np.zeros(days)
    for day, shock in enumerate(shocks):
        drawn[day] = sqrt(variance) * shock
        variance = 0.03 + 0.1 * drawn[day] ** 2 + 0.87 * variance
    return drawn

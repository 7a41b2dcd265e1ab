"""The mean of the forecasts of an ensemble, and their spread."""

from collections.abc import Sequence

import numpy as np


def mean_and_spread(returns: Sequence[np.ndarray], kinds: Sequence[type]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the members' predicted returns, (n,), and their spread, (n,), in the same unit.

    Members of one class are averaged first, then the classes: each class has the same weight, however many seeds it
    has. The spread is the sample standard deviation of all members, with equal weights; it is 0 for one member. Values
    are sorted before they are summed, so the order of the members changes no bit. `kinds` are the members' classes.

    >>> mean, spread = mean_and_spread([np.array([0.01]), np.array([0.03]), np.array([0.06])], [int, int, str])
    >>> mean.round(6), spread.round(6)
    (array([0.04]), array([0.025166]))
    """
    members = np.array(returns)
    by_kind = [_mean(members[[own is kind for own in kinds]]) for kind in dict.fromkeys(kinds)]
    spread = np.std(np.sort(members, axis=0), axis=0, ddof=1) if len(members) > 1 else np.zeros(members.shape[1])
    return _mean(np.array(by_kind)), spread


def _mean(rows: np.ndarray) -> np.ndarray:
    return np.sort(rows, axis=0).mean(axis=0)

"""An ensemble: several predictors of the same target, the mean of their forecasts, and their spread."""

from collections.abc import Sequence

import numpy as np

from backtrader_walkforward.forecasting.predictor import Predictor


def as_members(predictor: Predictor | Sequence[Predictor]) -> Sequence[Predictor]:
    """Return the members of an ensemble; one predictor is an ensemble of one."""
    return [predictor] if isinstance(predictor, Predictor) else predictor


def member_seed(seed: int, member: int) -> int:
    """Return the seed of a member. The first one has the run's own: an ensemble of one is the single predictor.

    The seeds of the others come from the run's seed and the member's number alone. A larger ensemble has the same first
    members, and the runs of `--seeds` have no member in common.
    """
    if member == 0:
        return seed
    return int(np.random.SeedSequence(seed, spawn_key=(member,)).generate_state(1)[0] >> 1)


def mean_and_spread(returns: Sequence[np.ndarray], kinds: Sequence[type]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the members' predicted returns, (n,), and their spread, (n,), in the same unit.

    Members of one class are averaged first, then the classes: each class has the same weight, however many seeds it
    has. The spread is the sample standard deviation of all members, with equal weights; it is 0 for one member. Values
    are sorted before they are summed, so the order of the members changes no bit.

    Parameters
    ----------
    returns : sequence of ndarray (n,)
        Predicted returns of each member.
    kinds : sequence of type
        Class of each member.

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

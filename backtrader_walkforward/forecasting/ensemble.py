"""An ensemble: several predictors of the same thing, their mean, and how far they differ."""

from collections.abc import Sequence

import numpy as np

from backtrader_walkforward.forecasting.predictor import Predictor


def as_members(predictor: Predictor | Sequence[Predictor]) -> Sequence[Predictor]:
    """Return the members of an ensemble; one predictor is an ensemble of one."""
    return [predictor] if isinstance(predictor, Predictor) else predictor


def member_seed(seed: int, member: int) -> int:
    """Return the seed of a member: the first has the run's own, so that an ensemble of one is the single predictor.

    Those of the others are drawn from the run's seed and the member's number alone: with more members, the first ones
    stay what they were. The runs of `--seeds` share none.
    """
    if member == 0:
        return seed
    return int(np.random.SeedSequence(seed, spawn_key=(member,)).generate_state(1)[0] >> 1)


def mean_and_spread(returns: Sequence[np.ndarray], kinds: Sequence[type]) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of the members' predicted returns, (n,), and their spread, (n,), in the same unit.

    The mean is that of the kinds' own means: each kind counts the same, however many seeds there are of it. The spread
    is the sample standard deviation of all members, each counting the same; 0 for one. Both are added up in the order
    of the values, so the order of the members changes no bit.

    Parameters
    ----------
    returns : sequence of ndarray (n,)
        Of each member.
    kinds : sequence of type
        What each member is.

    >>> mean, spread = mean_and_spread([np.array([0.01]), np.array([0.03]), np.array([0.06])], [int, int, str])
    >>> mean.round(6), spread.round(6)
    (array([0.04]), array([0.025166]))
    """
    members = np.array(returns)
    means = [_mean(members[[own is kind for own in kinds]]) for kind in dict.fromkeys(kinds)]
    spread = np.std(np.sort(members, axis=0), axis=0, ddof=1) if len(members) > 1 else np.zeros(members.shape[1])
    return _mean(np.array(means)), spread


def _mean(rows: np.ndarray) -> np.ndarray:
    return np.sort(rows, axis=0).mean(axis=0)

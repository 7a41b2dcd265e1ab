"""What a fit takes over from an earlier one: the weights it starts from, or the epochs it trains for."""

from typing import NamedTuple

from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import WalkForward


class Handover(NamedTuple):
    """Arrays that the first fit of every so many leaves to those up to the next."""

    attribute: str
    """Attribute of the first fit that holds them."""
    parameter: str
    """Parameter of the others that takes them."""
    earlier: int | None
    """Number of the fold that this one takes them from; None for the one that leaves them."""


def handover_of(predictor: Predictor, walk_forward: WalkForward, fold: int) -> Handover | None:
    """Return what a fold takes over or leaves; None if the folds of this predictor have nothing to do with each other.

    A fit that starts from earlier weights searches for its own number of epochs.
    """
    if predictor.supports_warm_start and walk_forward.cold_start_every > 1:
        return Handover("weights_", "initial_weights", earlier_fold(fold, walk_forward.cold_start_every))
    if predictor.searches_epochs and walk_forward.search_every > 1:
        return Handover("learning_rates_", "learning_rates", earlier_fold(fold, walk_forward.search_every))
    return None


def earlier_fold(fold: int, every: int) -> int | None:
    """Return the number of the fold that a fold takes over from, the first of every so many; None for that one.

    >>> [earlier_fold(fold, every=3) for fold in range(5)]
    [None, 0, 0, None, 3]
    """
    return fold - fold % every if fold % every else None

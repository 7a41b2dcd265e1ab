"""What a fit takes over from an earlier one: the weights it starts from, or the epochs it trains for."""

from typing import NamedTuple

from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.walk_forward import WalkForward


class Handover(NamedTuple):
    """Arrays that a fit leaves to later ones. The first of every so many folds leaves them to those up to the next."""

    attribute: str
    """Attribute of the earlier fit that holds them."""
    parameter: str
    """Parameter of the later fit that takes them."""
    every: int
    """Folds from one fit that leaves them to the next."""

    def earlier(self, fold: int) -> int | None:
        """Return the number of the fold that a fold takes over from; None for one that takes over nothing.

        Examples
        --------
        >>> [Handover("weights_", "initial_weights", every=3).earlier(fold) for fold in range(5)]
        [None, 0, 0, None, 3]
        """
        return fold - fold % self.every if fold % self.every else None


def handover_of(predictor: Predictor, walk_forward: WalkForward) -> Handover | None:
    """Return what the fits of a predictor take over; None if none takes over anything.

    A fit that starts from earlier weights searches for its own number of epochs.
    """
    if predictor.supports_warm_start and walk_forward.cold_start_every > 1:
        return Handover("weights_", "initial_weights", walk_forward.cold_start_every)
    if predictor.searches_epochs and walk_forward.search_every > 1:
        return Handover("learning_rates_", "learning_rates", walk_forward.search_every)
    return None

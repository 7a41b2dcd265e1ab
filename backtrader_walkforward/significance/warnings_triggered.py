"""What makes a result worthless or fragile, seen without a test: each warning fires on its own.

A warning that disqualifies takes the claim of skill from a run whatever its figures say: the forecast is broken, or the
record is too thin, or its outcome hangs on one draw. The others tell what a reader should know beside the figures.
"""

from collections.abc import Callable, Iterator

from backtrader_walkforward.significance.forecast_warnings import biased, one_sided, unseen_features
from backtrader_walkforward.significance.trading_warnings import (
    few_trades,
    hardly_exposed,
    one_day,
    other_seed,
    short_test,
)
from backtrader_walkforward.significance.warning import ResultWarning, WarningInputs

CHECKS: tuple[Callable[[WarningInputs], Iterator[ResultWarning]], ...] = (
    biased,
    one_sided,
    few_trades,
    one_day,
    other_seed,
    short_test,
    hardly_exposed,
    unseen_features,
)


def triggered_warnings(inputs: WarningInputs) -> tuple[ResultWarning, ...]:
    """Return the warnings that fire, those that disqualify first."""
    fired = [warning for check in CHECKS for warning in check(inputs)]
    return tuple(sorted(fired, key=lambda warning: not warning.disqualifies))

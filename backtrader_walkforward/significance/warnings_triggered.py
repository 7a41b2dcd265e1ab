"""What makes a result worthless or fragile, seen without a test: each alarm fires on its own.

An alarm that disqualifies takes the claim of skill from a run whatever its figures say: the forecast is broken, or the
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
from backtrader_walkforward.significance.warning import Alarm, Evidence

CHECKS: tuple[Callable[[Evidence], Iterator[Alarm]], ...] = (
    biased,
    one_sided,
    few_trades,
    one_day,
    other_seed,
    short_test,
    hardly_exposed,
    unseen_features,
)


def alarms_of(evidence: Evidence) -> tuple[Alarm, ...]:
    """Return the alarms that fire, those that disqualify first."""
    fired = [alarm for check in CHECKS for alarm in check(evidence)]
    return tuple(sorted(fired, key=lambda alarm: not alarm.disqualifies))

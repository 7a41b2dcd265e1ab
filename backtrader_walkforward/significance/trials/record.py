"""Recording: the trials of a run are kept, and what its test has to count is found."""

from collections.abc import Sequence

from backtrader_walkforward.significance.trials.earlier import Earlier
from backtrader_walkforward.significance.trials.registry import TrialRegistry
from backtrader_walkforward.significance.trials.trial import Trial

PRACTISED = "this is a practice run: it decides nothing, and no later test counts it"

UNKNOWN = "earlier trials are not known, and the test counts none"


def record_run(
    registry: TrialRegistry, own: Sequence[Trial], other_seeds: Sequence[Trial] = (), *, practice: bool
) -> tuple[Earlier, list[str]]:
    """Record the trials of a run; return what the test of its own trials has to count, and notes.

    The trials of other seeds of the same run are recorded, and count in later runs alone.
    """
    registry.record([*own, *other_seeds])
    earlier = registry.earlier(own, other_seeds=other_seeds)
    notes = [*([PRACTISED] if practice else []), *registry.notes, *(earlier.notes if earlier else [UNKNOWN])]
    return earlier or Earlier(), notes

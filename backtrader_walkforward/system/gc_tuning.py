"""How Python's search for garbage stays out of the way of libraries, whose objects live as long as the process."""

import gc
from functools import cache

OBJECTS_BETWEEN = 70_000
"""New objects from one search to the next; Python's own number is 700, or 2,000 in later versions."""


def seldom_collect() -> None:
    """Search much less often.

    The libraries make half a million objects that stay: to go through them time and again is a quarter of their import.
    """
    gc.set_threshold(OBJECTS_BETWEEN)


@cache
def keep(libraries: str) -> None:
    """Search no more through what there is now: called when `libraries` have been imported, and done once for each.

    Else a process would go through them once more as it ends, for half a second, or with TensorFlow for a whole one.
    """
    gc.freeze()

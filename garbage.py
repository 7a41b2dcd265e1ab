"""How Python's search for garbage stays out of the way of a command, whose objects live almost as long as itself."""

import gc

OBJECTS_BETWEEN = 70_000
"""New objects from one search to the next; Python's own number is 700."""


def seldom_collect() -> None:
    """Search a hundred times less often.

    The libraries make half a million objects that stay: to go through them time and again is a quarter of their import.
    """
    gc.set_threshold(OBJECTS_BETWEEN)


def leave_the_rest() -> None:
    """Search no more, as the process ends now and the system takes all its memory: a last look takes half a second."""
    gc.freeze()

"""Ctrl-C and SIGTERM: the first one ends the command, and what it has begun is cleaned up."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CLEANING_SECONDS = 5.0
"""Time after an interruption in which another one is ignored."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block, turn Ctrl-C and SIGTERM into KeyboardInterrupt; one that hurries the cleaning up is ignored.

    A shell starts a command in the background deaf to Ctrl-C: it stays deaf. So is a process that was interrupted
    and is about to end.
    """
    signals = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) is not signal.SIG_IGN]
    last = -CLEANING_SECONDS

    def interrupt(signal_number: int, frame: FrameType | None) -> None:
        nonlocal last
        before, last = last, time.monotonic()
        if last - before >= CLEANING_SECONDS:
            raise KeyboardInterrupt
        last = before

    former = {each: signal.signal(each, interrupt) for each in signals}
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler if last < 0 else signal.SIG_IGN)

"""The queue of a panel's studies: handed to an executor a few at a time, and stored as each ends."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

from backtrader_walkforward.panels.progress import TickerEnded
from backtrader_walkforward.panels.tasks.studies import Studies
from backtrader_walkforward.panels.tasks.ticker_study import TickerTask, study_or_fault

SUBMITTED = 64
"""Most tasks that wait for an executor or are at work there: each holds the prices of its ticker."""


class TaskQueue:
    """Studies that are at work; those that end are stored.

    Parameters
    ----------
    studies : Studies
        Where they are stored.
    executor : Executor, optional
        Where they are made; this process by default.
    """

    def __init__(self, studies: Studies, executor: Executor | None) -> None:
        self._studies, self._executor = studies, executor
        self._at_work: dict[Future[bytes | str], tuple[str, str]] = {}

    def add(self, ticker: str, key: str, task: TickerTask) -> Iterator[TickerEnded]:
        """Begin a study, and yield those that have ended; wait for one where too many are at work."""
        if self._executor is None:
            yield self._ended(ticker, key, study_or_fault(task))
            return
        self._at_work[self._executor.submit(study_or_fault, task)] = ticker, key
        yield from self.ended(SUBMITTED - 1)

    def ended(self, left: int = 0) -> Iterator[TickerEnded]:
        """Yield the studies that have ended, and wait for more of them until so many are left."""
        while len(self._at_work) > left or any(future.done() for future in self._at_work):
            done, _ = wait(self._at_work, return_when=FIRST_COMPLETED)
            yield from (self._ended(*self._at_work.pop(future), future.result()) for future in done)

    def cancel(self) -> None:
        """Begin no more of the studies that wait."""
        for future in self._at_work:
            future.cancel()

    def __len__(self) -> int:
        return len(self._at_work)

    def _ended(self, ticker: str, key: str, ended: bytes | str) -> TickerEnded:
        if isinstance(ended, str):
            return TickerEnded(ticker, fault=ended, at_work=len(self))
        self._studies.store(ticker, key, ended)
        return TickerEnded(ticker, at_work=len(self))

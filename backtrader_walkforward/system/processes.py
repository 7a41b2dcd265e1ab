"""A pool of processes for independent tasks. No process outlives its parent."""

import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any, ParamSpec, TypeVar

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.system.cores import usable_cores
from backtrader_walkforward.system.worker import Worker

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def process_pool(workers: int) -> Iterator[Executor | None]:
    """Yield an executor of `workers` processes; None for one worker, which is this process.

    Processes are spawned, as TensorFlow hangs in a forked one. A script that calls this keeps its work under
    `if __name__ == "__main__":`. Each process takes its share of the cores, and starts when a task finds none idle.
    All end at once, in the middle of a task if need be, when the block ends by an error or Ctrl-C, or when this process
    is killed.

    Raises
    ------
    UserError
        If a process is killed: the task that it was given raises this.
    """
    if workers == 1:
        yield None
        return
    pool = ProcessPool(workers)
    try:
        yield pool
        pool.shutdown()
    finally:
        pool.kill()


class ProcessPool(Executor):
    """Threads of this process, each of which hands its tasks to a process of its own."""

    def __init__(self, workers: int) -> None:
        resource_tracker.ensure_running()  # which, begun by a thread of the pool, would unmask Ctrl-C there
        self._threads = ThreadPoolExecutor(workers)
        self._cores = max(1, usable_cores() // workers)
        self._workers: list[Worker] = []
        self._own = threading.local()
        self._lock = threading.Lock()
        self._killed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a task to an idle process, or to a new one."""
        return self._threads.submit(self._run, fn, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; with `wait`, let every process finish and end as Python ends."""
        self._threads.shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            for worker in self._workers:
                worker.stop()
            for worker in self._workers:
                worker.process.join()

    def kill(self) -> None:
        """End every process at once, even one that hangs, and drop the tasks that wait."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._killed = True
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
        self._threads.shutdown()

    def _run(self, *task: Any) -> Any:
        if not hasattr(self._own, "worker"):
            self._own.worker = self._start_worker()
        return self._own.worker.run(task)

    def _start_worker(self) -> Worker:
        """Start a process that Ctrl-C does not reach: it inherits the mask of this thread."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        with self._lock:
            if self._killed:
                raise UserError("the pool of processes has ended")
            self._workers.append(worker := Worker(self._cores))
        return worker

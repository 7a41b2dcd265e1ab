"""A pool of processes for independent tasks, none of which outlives its parent."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, ParamSpec, TypeVar

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.system.cores import usable_cores
from backtrader_walkforward.system.gc_tuning import seldom_collect

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def process_pool(workers: int) -> Iterator[Executor | None]:
    """Yield an executor of `workers` processes; None for one worker, which is this process.

    Processes are spawned, as TensorFlow hangs in a forked one: a script that calls this keeps what it does under
    `if __name__ == "__main__":`. Each takes its share of the cores. One starts when a task finds none idle: without a
    task none does. When the block ends by an error or Ctrl-C, or this process is killed, they end at once, in the
    middle of a task if need be.

    Raises
    ------
    UserError
        If one of them is killed.
    """
    if workers == 1:
        yield None
        return
    spawn = multiprocessing.get_context("spawn")
    lifeline, own_end = spawn.Pipe(duplex=False)
    threads = max(1, usable_cores() // workers)
    executor = _Pool(workers, spawn, _start_worker, (lifeline, threads))
    try:
        yield executor
        executor.shutdown()
    except Exception as error:
        if not executor.is_broken:
            raise
        raise UserError(
            "a worker process was killed, perhaps because memory ran out - run again with fewer --workers"
        ) from error
    finally:
        own_end.close()
        executor.end()
        lifeline.close()


class _Processes(dict[int, BaseProcess]):
    """Processes by their numbers, of which one may start while Python's own thread goes through them.

    That thread ends all when one has died, and would itself end in a traceback ("dictionary changed size").
    """

    def values(self) -> list[BaseProcess]:  # type: ignore[override]
        """Return those there are now."""
        return list(super().values())


class _Pool(ProcessPoolExecutor):
    """Starts its processes deaf to Ctrl-C."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._processes: Any = _Processes()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a task to an idle process, or to a new one."""
        with _interrupts_held_back():
            return super().submit(fn, *args, **kwargs)

    @property
    def is_broken(self) -> bool:
        """Whether a process has died. Who talks to the pool just then may be told anything, of closed handles too."""
        return bool(self._broken)

    def end(self) -> None:
        """Kill what still runs: a process that hangs would not notice that its lifeline is cut."""
        for process in list((self._processes or {}).values()):
            process.kill()
        self.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: processes that start now inherit that, and never print tracebacks of their own."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _start_worker(lifeline: Connection, threads: int) -> None:
    """Leave Ctrl-C to the parent, live as long as it does, and take a share of the cores.

    Two operations of TensorFlow may run side by side even where that share is one core: the last task then has the
    core that another has left.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    seldom_collect()
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(max(2, threads))


def _end_with(lifeline: Connection) -> None:
    """Wait for the pipe's other end, which only the parent holds, to close; then end this process."""
    lifeline.poll(None)
    os._exit(1)

"""A pool of processes for independent tasks. No process outlives its parent."""

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, ParamSpec, TypeVar

from backtrader_walkforward.errors import UserError, reason_of
from backtrader_walkforward.system.cores import usable_cores

P = ParamSpec("P")
T = TypeVar("T")

CLOSING_SECONDS = 5.0
"""The longest wait for the thread of an executor whose processes are dead: it ends within milliseconds."""


@contextmanager
def process_pool(workers: int, begin: Callable[..., None], arguments: tuple[Any, ...]) -> Iterator[Executor | None]:
    """Yield an executor of `workers` processes; None for one worker, which is this process.

    Each process begins with `begin(*arguments)`.

    Processes are spawned, as TensorFlow hangs in a forked one. A script that calls this keeps its work under
    `if __name__ == "__main__":`. Each process takes its share of the cores, and starts when a task finds none idle.
    All end at once, in the middle of a task if need be, when the block ends by an error or Ctrl-C, or when this process
    is killed.

    Raises
    ------
    UserError
        If the system allows no processes, or at the end of the block, if a process was killed.
    """
    if workers == 1:
        yield None
        return
    spawn = _RecordingContext()
    try:
        pool = _Pool(workers, spawn, begin, arguments)
    except (OSError, NotImplementedError) as error:
        raise UserError(f"no processes can be started ({reason_of(error)}) - run with --workers 1") from error
    try:
        yield pool
        pool.shutdown()
    except BrokenProcessPool as error:
        raise UserError(
            "a worker process was killed, perhaps because memory ran out, or it was ended by a plug-in"
            " - run again with fewer --workers"
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # before the kill: a cancelled task would upset the broken pool
        for process in spawn.started:
            if process.pid:  # it has none where it could not start
                process.kill()
                process.join()
        for thread in pool.threads:
            thread.join(CLOSING_SECONDS)  # it closes a pipe, into which Python 3.11 would write at its own end


class _RecordingContext(SpawnContext):
    """Starts processes and lists them, so that they can be killed: an executor has no public way to do that."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        self.started.append(SpawnProcess(*args, **kwargs))
        return self.started[-1]


class _Pool(ProcessPoolExecutor):
    """An executor that lists its own threads: there is no public way to wait for them after processes were killed."""

    threads: Sequence[threading.Thread] = ()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit a task. The process that it may start inherits the signal mask: Ctrl-C never reaches it.

        That it can be pickled is tried here, and it is read inside the task: an error on either side is raised, and
        ends no process.
        """
        task: Any = _Task(partial(fn, *args, **kwargs))
        others = set(threading.enumerate())
        with deaf_to_interrupts():
            try:
                return super().submit(task)
            except OSError as error:
                if error.errno is None:  # "handle is closed": the executor is closing its pipes: a process was killed
                    raise BrokenProcessPool from error
                raise
            finally:
                new = (thread for thread in threading.enumerate() if thread not in others)
                own = (thread for thread in new if type(thread).__module__ == ProcessPoolExecutor.__module__)
                self.threads = (*self.threads, *own)


class _Task:
    """A call that is pickled as a process takes it: a hundred that wait hold no copy of what they share."""

    def __init__(self, call: Callable[[], Any]) -> None:
        with _sending():
            pickle.Pickler(_Nowhere()).dump(call)
        self._call = call

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return partial, (run_task, pickle.dumps(self._call))


class _Nowhere:
    """A file that keeps nothing."""

    def write(self, data: Any) -> None:
        """Forget what is written."""


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back within the block: a process that starts there inherits the mask, and never sees it."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def travelled(value: T) -> T:
    """Return a value as another process reads it; raise if it cannot be sent."""
    copy: T = pickle.loads(pickle.dumps(value))
    return copy


def share_of_cores(workers: int) -> int:
    """Return the cores that each of several workers has, at least 1."""
    return max(1, usable_cores() // workers)


def begin_worker(cores: int) -> None:
    """Prepare a worker, which ends when its parent ends.

    Two operations of TensorFlow may run side by side even where the share is one core: the last task then has the core
    that another worker has left.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(cores)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(max(2, cores))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def pack_task(fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> bytes:
    """Return a task as bytes, which `run_task` reads and runs; raise if it cannot be sent."""
    with _sending():
        return pickle.dumps(partial(fn, *args, **kwargs))


@contextmanager
def _sending() -> Iterator[None]:
    """Name the remedy where a task cannot be sent."""
    try:
        yield
    except Exception as error:
        raise UserError(f"no process can be sent a task ({reason_of(error)}) - run with --workers 1") from error


def run_task(task: bytes) -> Any:
    """Run a task. An error that the parent could not read, as its constructor asks for more, becomes its text."""
    try:
        return pickle.loads(task)()
    except BaseException as error:
        try:
            travelled(error)
        except Exception:
            raise RuntimeError(reason_of(error)) from error
        raise

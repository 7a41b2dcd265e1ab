"""A pool of processes for independent tasks. No process outlives its parent."""

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.system.cores import usable_cores

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

    def _start_worker(self) -> "Worker":
        """Start a process that Ctrl-C does not reach: it inherits the mask of this thread."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        with self._lock:
            if self._killed:
                raise UserError("the pool of processes has ended")
            self._workers.append(worker := Worker(self._cores))
        return worker


class Worker:
    """A process that runs one task after the other."""

    def __init__(self, cores: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.connection, other_end = spawn.Pipe()
        self.process = spawn.Process(target=_work, args=(other_end, cores))
        self.process.start()
        other_end.close()  # otherwise this process would not notice that the worker has died

    def run(self, task: Any) -> Any:
        """Return what the task returns, or raise what it raises."""
        try:
            self.connection.send(task)
            succeeded, result = self.connection.recv()
        except (EOFError, OSError) as error:
            raise UserError(
                "a worker process was killed, perhaps because memory ran out - run again with fewer --workers"
            ) from error
        if succeeded:
            return result
        raise result

    def stop(self) -> None:
        """Let the process end as Python ends, and wait for it."""
        with suppress(OSError):
            self.connection.send(None)
        self.process.join()


def _work(connection: Connection, cores: int) -> None:
    """Run the tasks that arrive until None does.

    Two operations of TensorFlow may run side by side even where the share is one core: the last task then has the core
    that another worker has left.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(cores)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(max(2, cores))
    tasks: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    while task := pickle.loads(tasks.get()):
        connection.send_bytes(_outcome(*task))


def _receive(connection: Connection, tasks: SimpleQueue[bytes]) -> None:
    """Receive tasks as bytes, and end this process when the parent has ended."""
    try:
        while True:
            tasks.put(connection.recv_bytes())
    except (EOFError, OSError):
        os._exit(1)


def _outcome(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Return, pickled, whether a task succeeded and its result or error. The error carries the worker's traceback."""
    try:
        return pickle.dumps((True, fn(*args, **kwargs)))
    except BaseException as error:
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return pickle.dumps((False, error))

"""A worker process, and the loop that runs in it."""

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from backtrader_walkforward import analyzers, predictors, strategies
from backtrader_walkforward.errors import UserError, reason_of

LAST = b""
"""What a worker receives after its last task."""


class Worker:
    """A process that runs one task after the other."""

    def __init__(self, cores: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.connection, other_end = spawn.Pipe()
        folders = {package.__name__: list(package.__path__) for package in (strategies, predictors, analyzers)}
        self.process = spawn.Process(target=_work, args=(other_end, cores, folders))
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
        """Let the process end as Python ends; wait for it with `process.join`."""
        with suppress(OSError):
            self.connection.send_bytes(LAST)


def _work(connection: Connection, cores: int, folders: dict[str, list[str]]) -> None:
    """Run the tasks that arrive before `LAST`, with the plug-in folders of the parent.

    Two operations of TensorFlow may run side by side even where the share is one core: the last task then has the core
    that another worker has left.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(cores)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(max(2, cores))
    for package, paths in folders.items():
        import_module(package).__path__ = paths
    tasks: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_receive, args=(connection, tasks), daemon=True).start()
    while (task := tasks.get()) != LAST:
        connection.send_bytes(_outcome(task))


def _receive(connection: Connection, tasks: SimpleQueue[bytes]) -> None:
    """Receive tasks as bytes, and end this process when the parent has ended."""
    try:
        while True:
            tasks.put(connection.recv_bytes())
    except (EOFError, OSError):
        os._exit(1)


def _outcome(task: bytes) -> bytes:
    """Return, pickled, whether a task succeeded and its result or error. The error carries the worker's traceback."""
    try:
        fn, args, kwargs = pickle.loads(task)
        return pickle.dumps((True, fn(*args, **kwargs)))
    except BaseException as error:
        note = f"In a worker process:\n{traceback.format_exc()}"
        return _pickled(error, note) or _pickled(RuntimeError(reason_of(error)), note)


def _pickled(error: BaseException, note: str) -> bytes:
    """Return a failure as bytes; none where the parent could not read the error, as its constructor asks for more."""
    error.add_note(note)
    try:
        failure = pickle.dumps((False, error))
        pickle.loads(failure)
    except Exception:
        return b""
    return failure

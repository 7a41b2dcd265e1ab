"""Tasks for an executor of any kind: each brings the plug-ins of its sender, wherever it runs."""

import pickle
import platform
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from threading import RLock
from typing import Any, ParamSpec, TypeVar
from weakref import WeakSet

from backtrader_walkforward.errors import reason_of
from backtrader_walkforward.plugins.sent_plugins import PluginFiles, adopt, plugin_files
from backtrader_walkforward.plugins.source_files import PACKAGE, ROOT
from backtrader_walkforward.system.processes import pack_task, run_task

P = ParamSpec("P")
T = TypeVar("T")


class OtherEngineError(Exception):
    """A worker has other files of this package than the sender of its task; the text names its machine."""


class PortableExecutor(Executor):
    """Hands tasks to another executor, such as that of a cluster, with the plug-ins of this process.

    A worker runs one of these tasks at a time, even where it has several threads: Backtrader and Keras keep state for
    the whole process. A worker with other plug-ins takes those of the task in their place.

    Parameters
    ----------
    executor : Executor
        Anything with the interface of `concurrent.futures.Executor`. It stays open: its owner closes it.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._futures: WeakSet[Future[Any]] = WeakSet()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit a task, which is pickled here."""
        task = pack_task(fn, *args, **kwargs)
        message = pickle.dumps(PortableTask(task, plugin_files(), engine_digest()))
        future: Future[T] = self._executor.submit(pickle.loads, message)
        self._futures.add(future)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel the tasks that have not ended, if asked to; the executor goes on for its owner."""
        for future in list(self._futures) if cancel_futures else ():
            future.cancel()


@dataclass(frozen=True)
class PortableTask:
    """A task that is run when it is unpickled.

    What travels is bytes and a function of Python, so that a scheduler needs no package of ours, and a worker without
    it answers with an error. A task that a worker of Dask cannot read would end that worker.
    """

    task: bytes
    plugins: PluginFiles
    engine: str

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[bytes, PluginFiles, str]]:
        return run_portable, (self.task, self.plugins, self.engine)


def run_portable(task: bytes, plugins: PluginFiles, engine: str) -> Any:
    """Run a task of another process, with the plug-ins of that process.

    Raises
    ------
    OtherEngineError
        If this process has other files of this package.
    RuntimeError
        If the task would end this process, or if its error cannot be sent.
    """
    with _ONE_AT_A_TIME:
        if engine != engine_digest():
            raise OtherEngineError(platform.node())
        adopt(plugins)
        try:
            return run_task(task)
        except (SystemExit, KeyboardInterrupt) as error:
            raise RuntimeError(reason_of(error)) from error


@cache
def engine_digest() -> str:
    """Return the digest of all files of this package but the plug-ins, which travel with each task."""
    digest = sha256()
    for file in sorted((ROOT / PACKAGE).rglob("*.py")):
        if "shipped" not in file.parts:
            digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


_ONE_AT_A_TIME = RLock()

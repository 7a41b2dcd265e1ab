"""Where the studies of a panel run: in processes of this machine, on a Dask cluster, or on an executor of the user."""

import asyncio
import logging
import warnings
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import resource_tracker
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from backtrader_walkforward.errors import ArgumentError, UserError, reason_of
from backtrader_walkforward.plugins.portable_tasks import OtherEngineError, PortableExecutor
from backtrader_walkforward.plugins.source_files import PACKAGE
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.system.processes import deaf_to_interrupts

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

LOCAL = "local"
"""The address of a Dask cluster that is started on this machine, and ended with the block."""

CONNECT_SECONDS = 10
WORKER_SECONDS = 60.0
"""Time that a cluster may be without a worker."""

WATCH_SECONDS = 5.0

FORGETFUL = {"distributed.admin.low-level-log-length": 1}
"""Settings of Dask: it would keep the last 1,000 messages, each with the prices of a ticker."""

LOGGERS = ("distributed", "distributed.client", "tornado.application")

PROJECT = "backtrader-walkforward"

CONTINUES = "the same command continues where this one stopped"


@contextmanager
def panel_executor(
    workers: int, dask: str | None = None, executor: Executor | None = None
) -> Iterator[Executor | None]:
    """Yield where tasks run; None for this process.

    Parameters
    ----------
    workers : int
        Processes on this machine, ours or those of a local Dask cluster.
    dask : str, optional
        Address of the scheduler of a Dask cluster, `tcp://host:8786`, or `local`.
    executor : Executor, optional
        The user's own, as `client.get_executor()`. It stays open.

    Raises
    ------
    UserError
        If there is no such cluster, or at the end of the block, if a worker or the scheduler was lost. All tasks are
        cancelled then; a worker of somebody else's cluster ends the task that it has begun.
    """
    with ExitStack() as stack:
        if dask is not None:
            executor = stack.enter_context(_dask_executor(workers, dask))
        if executor is not None:
            yield stack.enter_context(_portable(executor))
        else:
            yield stack.enter_context(process_pool(workers))


@contextmanager
def _portable(executor: Executor) -> Iterator[Executor]:
    """Yield an executor whose tasks bring their plug-ins; name the remedy if it fails, and leave no task behind."""
    portable = PortableExecutor(executor)
    try:
        yield portable
    except Exception as error:
        if line := _loss_in(error):
            raise UserError(f"{line}; {CONTINUES}") from error
        raise
    finally:
        portable.shutdown(cancel_futures=True)


def _loss_in(error: Exception) -> str:
    """Return a line on the worker or the scheduler that an error speaks of; an empty text for any other error."""
    if isinstance(error, OtherEngineError):
        return f"the worker on {error} has other files of {PROJECT} - install the same version there and restart it"
    if isinstance(error, ModuleNotFoundError) and str(error.name).startswith(PACKAGE):
        return f"a worker has no {PROJECT} - install the same version there and restart it"
    if isinstance(error, CancelledError):
        return "the scheduler or all workers of the cluster were lost - start them again"
    if isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker":
        return "a task ended its worker, perhaps because memory ran out - give the workers more of it"
    return ""


@contextmanager
def _dask_executor(workers: int, address: str) -> Iterator[Executor]:
    """Yield the executor of a Dask cluster, which has a worker."""
    if find_spec("distributed") is None:
        raise ArgumentError(f'--dask {address} needs Dask: pip install "{PROJECT}[dask]"')
    with quiet_dask(), ExitStack() as stack:
        cluster = stack.enter_context(_local_cluster(workers)) if address == LOCAL else address
        client = stack.enter_context(_connected(cluster, address))
        executor = client.get_executor(pure=False)  # else equal tasks would be one
        stack.enter_context(_watched(client, executor))
        yield executor


@contextmanager
def _connected(cluster: "LocalCluster | str", address: str) -> Iterator["Client"]:
    """Yield a client of a cluster once this has a worker."""
    from distributed import Client

    if isinstance(cluster, str):
        _require_scheduler(cluster)
    with Client(cluster, timeout=CONNECT_SECONDS, set_as_default=False) as client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise UserError(f"--dask {address}: the cluster has no worker - run 'dask worker {address}'") from error
        yield client


def _require_scheduler(address: str) -> None:
    """Raise if no scheduler answers there. A client that fails to connect would be closed for 20 s afterwards."""
    from distributed import Security
    from distributed.comm import connect

    async def try_to_connect() -> None:
        comm = await connect(address, timeout=CONNECT_SECONDS, **Security().get_connection_args("client"))
        await comm.close()

    try:
        with ThreadPoolExecutor(1) as thread:  # a notebook has an event loop of its own
            thread.submit(lambda: asyncio.run(try_to_connect())).result()
    except (OSError, ValueError, TypeError) as error:
        remedy = "start one with 'dask scheduler', or correct the address"
        raise ArgumentError(f"--dask {address}: no scheduler answers ({reason_of(error)}) - {remedy}") from error


@contextmanager
def _local_cluster(workers: int) -> Iterator["LocalCluster"]:
    """Yield a cluster of processes on this machine; Ctrl-C does not reach them."""
    from distributed import LocalCluster

    resource_tracker.ensure_running()  # its start, in the thread that starts the workers, would let Ctrl-C pass
    try:
        with deaf_to_interrupts():
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=None,
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                silence_logs=logging.CRITICAL,
            )
    except (OSError, RuntimeError) as error:
        raise UserError(f"no Dask cluster can be started here ({reason_of(error)}) - run without --dask") from error
    with cluster:
        yield cluster


@contextmanager
def quiet_dask() -> Iterator[None]:
    """Hide the logs and warnings of Dask within the block, and keep none of its messages: errors are ours to tell."""
    import dask
    import distributed  # noqa: F401  # which sets the levels of its loggers

    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(), dask.config.set(FORGETFUL):
            warnings.filterwarnings("ignore", module=r"distributed\.")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _watched(client: "Client", executor: Executor) -> Iterator[None]:
    """Cancel all tasks once the cluster has had no worker for a minute; Dask itself waits for ever."""
    ended = Event()

    def watch() -> None:
        last_seen = monotonic()
        while not ended.wait(WATCH_SECONDS):
            with suppress(Exception):  # the scheduler is gone, too: the client cancels the tasks
                last_seen = monotonic() if client.nthreads() else last_seen
                if monotonic() - last_seen > WORKER_SECONDS:
                    executor.shutdown(wait=False)

    Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        ended.set()

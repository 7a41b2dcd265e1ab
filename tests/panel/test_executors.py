"""Where the tasks of a panel run: real clusters of Dask, with workers and schedulers that are killed."""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import Client

from backtrader_walkforward import strategies
from backtrader_walkforward.errors import ArgumentError, UserError
from backtrader_walkforward.panels.tasks import executors
from backtrader_walkforward.panels.tasks.executors import panel_executor
from backtrader_walkforward.system.source_content import SOURCES
from tests.processes import alive

ROOT = Path(__file__).parents[2]

BUSY = """
import time
from multiprocessing import active_children
from backtrader_walkforward.panels.tasks.executors import panel_executor

if __name__ == "__main__":
    with panel_executor(2, "local") as executor:
        tasks = [executor.submit(time.sleep, 120) for _ in range(4)]
        print(*(worker.pid for worker in active_children()), flush=True)
        tasks[0].result()
"""


@pytest.fixture(scope="module")
def local() -> Iterator[Executor]:
    """Two worker processes of Dask on this machine; a task that has ended two of them is not tried again."""
    tries = {"distributed.scheduler.allowed-failures": 1}
    with dask.config.set(tries), panel_executor(2, "local") as executor:
        assert executor is not None
        yield executor


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("CONNECT_SECONDS", 1), ("WORKER_SECONDS", 1.5), ("WATCH_SECONDS", 0.2)):
        monkeypatch.setattr(executors, name, seconds)


@contextmanager
def started(command: str, *arguments: str, package: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of Dask in a folder without plug-ins."""
    line = [sys.executable, "-m", f"distributed.cli.dask_{command}", "--no-dashboard", *arguments]
    environment = os.environ | {"PYTHONPATH": str(package)}
    with subprocess.Popen(line, cwd="/", env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a scheduler that has not this package; yield its address."""
    file = folder / "scheduler.json"
    where = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    with started("scheduler", *where, package=folder) as process:
        while not file.exists():
            time.sleep(0.05)
        yield json.loads(file.read_text())["address"], process


@contextmanager
def worker(address: str, package: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker, once the scheduler knows it."""
    with started("worker", address, "--nthreads", "1", "--no-nanny", package=package) as process:
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(1)
        yield process


def use(address: str | None, *task: Any, executor: Executor | None = None, during: Any = lambda: None) -> Any:
    """Run a task, and something else while it runs; return its result."""
    with panel_executor(2, address, executor) as pool:
        assert pool is not None
        future = pool.submit(*task)
        during()
        return future.result()


def test_one_worker_is_this_process_and_two_are_ours():
    with panel_executor(1) as executor:
        assert executor is None
    assert use(None, os.getpid) != os.getpid()


PAUSE = "(time := __import__('time')).monotonic(), time.sleep(1), time.monotonic()"
"""When a worker begins and ends a pause; workers know no function of this file."""


def test_a_cluster_on_this_machine(local):
    pauses = [local.submit(eval, PAUSE) for _ in range(2)]
    began, _, ended = zip(*(pause.result() for pause in pauses), strict=True)
    assert max(began) < min(ended)  # both at once
    assert local.submit(os.getenv, "OMP_NUM_THREADS").result() == "1"


def test_a_plugin_of_the_working_folder_reaches_dask(local, tmp_path, monkeypatch):
    (tmp_path / "mine_for_dask.py").write_text("def weight():\n    return 0.25\n")
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    plugin = import_module("backtrader_walkforward.strategies.mine_for_dask")
    assert local.submit(plugin.weight).result() == 0.25
    SOURCES.pop(plugin.__name__)
    del sys.modules[plugin.__name__]


def test_a_task_whose_worker_is_killed_runs_on_another(local):
    pid = local.submit(os.getpid).result()
    slow = [local.submit(time.sleep, 0.5) for _ in range(4)]
    time.sleep(0.2)
    os.kill(pid, signal.SIGKILL)
    assert [task.result(timeout=60) for task in slow] == [None] * 4


def test_a_task_that_ends_every_worker_is_one_line_and_the_users_executor_stays_open(local):
    with pytest.raises(UserError, match=r"^a task ended its worker, .*; the same command continues where"):
        use(None, os._exit, 3, executor=local)
    assert local.submit(abs, -1).result() == 1


def fail_beside(waiting: list[Future[None]], executor: Executor) -> None:
    with panel_executor(1, executor=executor) as pool:
        assert pool is not None
        waiting += [pool.submit(time.sleep, 1) for _ in range(6)]
        raise ZeroDivisionError


def test_an_error_is_raised_as_it_is_and_the_other_tasks_are_cancelled(local):
    waiting: list[Future[None]] = []
    with pytest.raises(ZeroDivisionError):
        fail_beside(waiting, local)
    assert len(waiting) == sum(task.cancelled() for task in waiting) == 6


def test_a_cluster_of_others_that_lacks_workers_or_the_package_or_is_lost(tmp_path, hurry):
    lost = r"^the scheduler or all workers of the cluster were lost - start them again; the same command continues"
    with scheduler(tmp_path) as (address, process):
        with pytest.raises(UserError, match=rf"^--dask {address}: the cluster has no worker - run 'dask worker"):
            use(address, os.getpid)
        with (
            worker(address, package=tmp_path),
            pytest.raises(UserError, match=r"^a worker has no backtrader-walkforward"),
        ):
            use(address, os.getpid)
        with worker(address) as only:
            assert use(address, os.getpid) == only.pid
            with pytest.raises(UserError, match=lost):
                use(address, time.sleep, 60, during=only.kill)
        with worker(address), pytest.raises(UserError, match=lost):
            use(address, time.sleep, 60, during=process.kill)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "no such address", "carrier-pigeon://a:1"])
def test_an_address_without_a_scheduler_is_one_line(address, hurry):
    before = time.monotonic()
    with pytest.raises(ArgumentError, match=rf"^--dask {address}: no scheduler answers \(.*\) - start one"):
        use(address, os.getpid)
    assert time.monotonic() - before < 10


def test_without_dask_the_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(executors, "find_spec", lambda name: None)
    with pytest.raises(ArgumentError, match=r'^--dask local needs Dask: pip install "backtrader-walkforward\[dask\]"$'):
        use("local", os.getpid)


def test_dask_is_quiet_within_the_block_alone(caplog):
    logger = logging.getLogger("distributed.client")
    before = logger.level
    with executors.quiet_dask():
        logger.error("lost")
    assert caplog.records == []
    assert logger.level == before


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_the_command(sign, tmp_path):
    """Ctrl-C goes to all processes of the terminal."""
    script = tmp_path / "busy.py"
    script.write_text(BUSY)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, script], env=environment, text=True, process_group=0, **pipes) as command:
        workers = [int(pid) for pid in command.stdout.readline().split()]
        (os.killpg if sign == signal.SIGINT else os.kill)(command.pid, sign)
        _, errors = command.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 2
    assert not any(map(alive, workers))
    assert errors.count("KeyboardInterrupt") == (sign == signal.SIGINT)

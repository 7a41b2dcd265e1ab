"""A panel on two worker processes of Dask: equal to the local pool to the byte, whatever is killed on the way."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from backtrader_walkforward.panels.progress import TickerEnded
from backtrader_walkforward.panels.tasks.executors import panel_executor
from backtrader_walkforward.system.cache import Cache
from tests.panel.conftest import QUICK
from tests.panel.test_panel import files_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


class Ended(list):
    """The tickers that ended, with whether their study was stored; kills at the first of them what it is told to."""

    def __init__(self, kill=lambda: None):
        super().__init__()
        self.kill = kill

    def __call__(self, event):
        if isinstance(event, TickerEnded):
            self.append((event.ticker, event.stored))
            if len(self) == 1:
                self.kill()


@pytest.fixture(scope="module")
def dask():
    with panel_executor(2, "local") as executor:
        yield executor


@pytest.fixture(scope="module")
def pool_files(panel_of, tmp_path_factory):
    """The files of the panel on two processes of ours."""
    with panel_executor(2) as executor:
        return files_of(panel_of(executor), tmp_path_factory.mktemp("pool"))


def kill_workers():
    workers = active_children()
    assert len(workers) == 2
    for worker in workers:
        os.kill(worker.pid, signal.SIGKILL)


def test_dask_gives_the_bytes_of_the_local_pool_and_of_one_process(dask, panel_of, panel, pool_files, tmp_path):
    assert files_of(panel_of(dask), tmp_path / "dask") == pool_files
    assert files_of(panel, tmp_path / "alone") == pool_files


def test_one_model_for_all_is_the_same_on_dask(dask, panel_of, tmp_path):
    on_dask, alone = panel_of(dask, model="pooled"), panel_of(model="pooled")
    assert files_of(on_dask, tmp_path / "dask") == files_of(alone, tmp_path / "alone")


def test_workers_that_are_killed_in_the_middle_change_nothing(dask, panel_of, pool_files, tmp_path):
    ended = Ended(kill_workers)
    assert files_of(panel_of(dask, ended), tmp_path) == pool_files
    assert sorted(ended) == [("AAA", False), ("BBB", False), ("CCC", False)]


def test_a_command_that_was_killed_goes_on_where_it_was(dask, panel_of, prices_folder, pool_files, tmp_path):
    cache, where = tmp_path / "cache", {"csv_folder": prices_folder, "cache_dir": tmp_path / "cache", "out": tmp_path}
    options = [f"--{name.replace('_', '-')}={value}" for name, value in (QUICK | where).items()]
    command = [sys.executable, ROOT / "runner.py", "panel", "--dask=local", "--workers=2", "--quiet", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
        while not Cache("studies", cache).contents():
            assert run.poll() is None
            time.sleep(0.05)
        run.kill()
    ended = Ended()
    assert files_of(panel_of(dask, ended, cache_dir=cache), tmp_path) == pool_files
    assert sum(stored for _, stored in ended) in (1, 2)
    assert sorted(ticker for ticker, _ in ended) == ["AAA", "BBB", "CCC"]

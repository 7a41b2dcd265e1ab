"""Tasks with their plug-ins, in a process that was started in another folder and has read nothing of the sender's."""

import os
import pickle
import platform
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

import pytest

from backtrader_walkforward import strategies
from backtrader_walkforward.plugins import plugin_modules, portable_tasks
from backtrader_walkforward.plugins.packages import PACKAGES
from backtrader_walkforward.plugins.portable_tasks import OtherEngineError, PortableExecutor
from backtrader_walkforward.system.source_content import SOURCES

NAME = "backtrader_walkforward.strategies.mine_of_a_test"

PLUGIN = """
from helper_of_a_test import WEIGHT

def weight():
    return WEIGHT
"""


class UnreadableError(Exception):
    """Its constructor asks for more than pickle gives it."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """An executor of another process, in another folder."""
    folder = tmp_path_factory.mktemp("elsewhere")
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=os.chdir, initargs=(folder,)) as pool:
        yield pool


@pytest.fixture
def working_folder(tmp_path, monkeypatch):
    """A working folder with a plug-in and its helper."""
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "mine_of_a_test.py").write_text(PLUGIN)
    (tmp_path / "helper_of_a_test.py").write_text("WEIGHT = 0.25")
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path / "strategies")])
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    forget_plugin()


def forget_plugin() -> None:
    SOURCES.pop(NAME, None)
    for name in (NAME, "helper_of_a_test"):
        sys.modules.pop(name, None)


def names_of_strategies() -> list[str]:
    return plugin_modules(strategies)


def folders() -> list[str]:
    return [folder for package in PACKAGES.values() for folder in package.__path__]


def fail_unreadably() -> None:
    raise UnreadableError(1, 2)


def note_times(seconds: float) -> tuple[float, float]:
    began = time.monotonic()
    time.sleep(seconds)
    return began, time.monotonic()


def test_a_plugin_arrives_with_its_helper(elsewhere, working_folder):
    weight = import_module(NAME).weight
    executor = PortableExecutor(elsewhere)
    assert executor.submit(weight).result() == 0.25
    assert executor.submit(Path.cwd).result() != Path.cwd()


def test_a_worker_has_the_plugins_of_its_task_and_no_others(elsewhere, working_folder):
    executor = PortableExecutor(elsewhere)
    import_module(NAME)
    mine = executor.submit(names_of_strategies).result()
    former = executor.submit(folders).result()
    forget_plugin()
    assert executor.submit(names_of_strategies).result() == [name for name in mine if name != "mine_of_a_test"]
    assert len(former) == 3
    assert not any(Path(folder).exists() for folder in former)


def test_a_worker_of_long_standing_runs_the_plugin_as_it_is_now(elsewhere, working_folder):
    executor = PortableExecutor(elsewhere)
    weights = []
    for weight in (0.5, 0.75):
        forget_plugin()
        (working_folder / "strategies" / "mine_of_a_test.py").write_text(f"def weight():\n    return {weight}\n")
        weights.append(executor.submit(import_module(NAME).weight).result())
    assert weights == [0.5, 0.75]


def test_the_senders_own_process_keeps_its_plugins(working_folder):
    own = import_module(NAME)
    with ThreadPoolExecutor(1) as threads:
        assert PortableExecutor(threads).submit(own.weight).result() == 0.25
    assert sys.modules[NAME] is own
    assert str(working_folder / "strategies") in strategies.__path__


def test_threads_of_one_process_take_turns():
    with ThreadPoolExecutor(2) as threads:
        executor = PortableExecutor(threads)
        first, second = sorted(task.result() for task in [executor.submit(note_times, 0.05) for _ in range(2)])
    assert first[1] <= second[0]


def test_a_worker_with_other_files_of_the_package_refuses(elsewhere, monkeypatch):
    monkeypatch.setattr(portable_tasks, "engine_digest", lambda: "of another version")
    with pytest.raises(OtherEngineError, match=platform.node()):
        PortableExecutor(elsewhere).submit(os.getpid).result()


def test_errors_arrive_as_text_where_they_cannot_be_read_and_end_no_worker(elsewhere):
    executor = PortableExecutor(elsewhere)
    pid = executor.submit(os.getpid).result()
    with pytest.raises(RuntimeError, match="UnreadableError: 1 and 2"):
        executor.submit(fail_unreadably).result()
    with pytest.raises(RuntimeError, match="SystemExit: 3"):
        executor.submit(sys.exit, 3).result()
    assert executor.submit(os.getpid).result() == pid


def test_what_travels_names_nothing_of_the_package_to_a_scheduler():
    class Listening(Executor):
        def submit(self, fn, /, *args, **kwargs):
            assert not kwargs
            assert (fn, *map(type, args)) == (pickle.loads, bytes)
            return Future()

    PortableExecutor(Listening()).submit(os.getpid)


def test_tasks_are_cancelled_but_the_executor_stays_open():
    with ThreadPoolExecutor(1) as threads:
        executor = PortableExecutor(threads)
        tasks = [executor.submit(time.sleep, 0.1) for _ in range(3)]
        executor.shutdown(cancel_futures=True)
        assert [task.cancelled() for task in tasks[1:]] == [True, True]
        assert threads.submit(abs, -1).result() == 1

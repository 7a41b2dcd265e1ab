"""Files that plug-ins open: those that may hold later days are told, with the code that opened them."""

import multiprocessing
import os
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from threading import Thread

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.audit import opened_files
from backtrader_walkforward.audit.finding import Verdict
from backtrader_walkforward.audit.opened_files import OpenedFile, opened_findings, run_watched
from backtrader_walkforward.data.csv.file_text import read_text

HERE = "test_opened_files.py"
NAME = f"opened_files_{os.getpid()}"


@pytest.fixture
def table(tmp_path) -> Path:
    path = tmp_path / "tomorrow.csv"
    path.write_text("1,2\n3,4\n")
    return path


class Mine:
    def fit(self, path):
        return pd.read_csv(path)

    def predict(self, path):
        return open(path).read()  # noqa: PTH123


def places(opened):
    return [(one.place, Path(one.path).name) for one in opened]


def test_a_file_is_told_with_the_code_that_read_it_through_a_library(table, recwarn):
    result, opened = run_watched(Mine().fit, table)
    assert len(result) == 1
    assert opened == [OpenedFile(f"{HERE}: Mine.fit()", str(table))]
    assert places(run_watched(Mine().predict, table)[1]) == [(f"{HERE}: Mine.predict()", "tomorrow.csv")]


def by_numpy(folder):
    return np.load(folder / "table.npy")


def by_sqlite(folder):
    sqlite3.connect(folder / "table.sqlite").close()


def by_a_program(folder):
    subprocess.run([sys.executable, "-c", ""], check=True)


def by_the_network(folder):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def by_a_name_that_is_taken(folder):
    """As a cache does that is made once: another process has filled it."""
    with suppress(FileExistsError):
        (folder / "table.npy").open("x")
    return (folder / "table.npy").read_bytes()


def by_a_table_named_as_code(folder):
    (folder / "table.npy").replace(folder / "table.py")
    return (folder / "table.py").read_bytes()


def by_memory_that_processes_share(folder):
    with closing(SharedMemory(NAME)) as memory:
        return bytes(memory.buf)


@pytest.fixture
def shared_memory():
    memory = SharedMemory(NAME, create=True, size=8)
    yield
    memory.close()
    memory.unlink()


@pytest.mark.usefixtures("shared_memory")
def test_memory_that_processes_share_is_told(tmp_path):
    [(place, name)] = places(run_watched(by_memory_that_processes_share, tmp_path)[1])
    assert (place, name) == (f"{HERE}: by_memory_that_processes_share()", NAME)


@pytest.mark.parametrize(
    "reads", [by_a_name_that_is_taken, by_a_table_named_as_code, by_numpy, by_sqlite, by_a_program, by_the_network]
)
def test_other_doors_are_told(tmp_path, reads):
    np.save(tmp_path / "table.npy", np.arange(3))
    _, opened = run_watched(reads, tmp_path)
    assert {one.place for one in opened} == {f"{HERE}: {reads.__name__}()"}


def in_a_pool(folder):
    """The thread of the pool runs NumPy alone."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(np.load, folder / "table.npy").result()


def in_a_thread(folder):
    thread = Thread(target=np.load, args=(folder / "table.npy",))
    thread.start()
    thread.join()


@pytest.mark.parametrize("reads", [in_a_pool, in_a_thread])
def test_a_file_that_is_read_in_a_thread_is_told(tmp_path, reads):
    np.save(tmp_path / "table.npy", np.arange(3))
    assert run_watched(reads, tmp_path)[1] == [OpenedFile(f"{HERE}: {reads.__name__}()", str(tmp_path / "table.npy"))]


def by_a_fork(_):
    process = multiprocessing.get_context("fork").Process(target=len, args=("",))
    process.start()
    process.join()


def by_a_spawned_process(_):
    process = multiprocessing.get_context("spawn").Process(target=len, args=("",))
    process.start()
    process.join()


def by_posix_spawn(_):
    os.waitpid(os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}), 0)


@pytest.mark.parametrize(
    ("starts", "program"),
    [
        (by_a_program, sys.executable),
        (by_posix_spawn, sys.executable),
        (by_a_fork, "a process"),
        (by_a_spawned_process, "a process"),
    ],
)
def test_a_process_that_is_started_is_told(tmp_path, starts, program):
    """What it reads is noted in its own memory alone."""
    place = f"{HERE}: {starts.__name__}()"
    opened = run_watched(starts, tmp_path)[1]
    assert opened == [OpenedFile(place, program, is_process=True)]
    [_, found] = opened_findings(opened)
    assert found.reason == f"starts {program}, into which the audit cannot see: look what it reads"


def writes_and_reads(folder):
    (folder / "own.txt").write_text("made here")
    (folder / "own.txt").read_text()
    (folder / "log.txt").open("a").close()


def looks_for_what_is_not_there(folder):
    with suppress(FileNotFoundError):
        (folder / "none.txt").read_text()


def imports_and_asks_the_system(folder):
    import colorsys

    return colorsys, Path("/proc/self/status").read_text(), Path(__file__).read_text(), open(0, closefd=False)


@pytest.mark.parametrize("honest", [writes_and_reads, looks_for_what_is_not_there, imports_and_asks_the_system])
def test_what_the_process_made_code_and_the_system_are_not_told(tmp_path, honest):
    sys.modules.pop("colorsys", None)
    assert run_watched(honest, tmp_path)[1] == []


def test_what_the_engine_opens_for_itself_is_not_told(table):
    assert run_watched(read_text, table)[1] == []


def test_nothing_is_told_after_a_watch_nor_of_those_around_it(table):
    def inner():
        return run_watched(Mine().fit, table)[1]

    opened, outside = run_watched(inner)
    assert places(opened) == [(f"{HERE}: Mine.fit()", "tomorrow.csv")]
    assert outside == []
    table.read_text()
    assert run_watched(len, "")[1] == []


def test_the_reader_is_asked_to_look():
    opened = [OpenedFile("b.py: f()", "/x"), OpenedFile("a.py: g()", "/z"), OpenedFile("b.py: f()", "/y")]
    watched, *found = opened_findings(opened)
    assert watched.verdict == Verdict.PASS
    assert [(finding.name, finding.verdict, finding.reason) for finding in found] == [
        ("a.py: g()", Verdict.INCONCLUSIVE, "opened /z: look whether that holds anything of later days"),
        ("b.py: f()", Verdict.INCONCLUSIVE, "opened /x, /y: look whether that holds anything of later days"),
    ]


def test_the_hook_is_quiet_while_python_ends(monkeypatch):
    """Python sets the names of a module to None then, and still tells its hooks of events."""
    hook = opened_files._hook
    for name in ("DOORS", "_watches"):
        monkeypatch.setattr(opened_files, name, None)
    assert hook("open", ("a file", "r", 0)) is None

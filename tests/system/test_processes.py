import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.system.cores import usable_cores
from tests.processes import alive

LONG_WORK = """
import os
import time
from backtrader_walkforward.plugins.workers import process_pool

if __name__ == "__main__":
    with process_pool(2) as executor:
        pids = [executor.submit(os.getpid) for _ in range(20)]
        workers = {pid.result() for pid in pids}
        tasks = [executor.submit(time.sleep, 120) for _ in range(4)]
        print(*workers, flush=True)
        tasks[0].result()
"""


LAST_WORDS = """
import atexit
from backtrader_walkforward.plugins.workers import process_pool

def transaction():
    global left_open
    left_open = open("left_open.txt", "w")
    left_open.write("written")
    print("printed")
    atexit.register(print, "own end")

if __name__ == "__main__":
    with process_pool(2) as executor:
        executor.submit(transaction).result()
"""


def fail_in_a_pool() -> None:
    with process_pool(2) as executor:
        assert executor is not None
        executor.submit(time.sleep, 120)
        raise ZeroDivisionError


def end_a_worker() -> None:
    with process_pool(2) as executor:
        assert executor is not None
        pid = executor.submit(os.getpid).result()
        sleeping = executor.submit(time.sleep, 120)
        os.kill(pid, signal.SIGKILL)
        sleeping.result()


def test_a_task_that_cannot_be_sent_is_told() -> None:
    said = r"^no process can be sent a task \(.*lambda.*\) - run with --workers 1$"
    with process_pool(2) as executor, pytest.raises(UserError, match=said):
        executor.submit(lambda: 0)


def test_one_worker_needs_no_pool() -> None:
    with process_pool(1) as executor:
        assert executor is None


def test_a_machine_without_semaphores_is_one_plain_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where /dev/shm may not be written."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("backtrader_walkforward.system.processes._Pool", refuse)
    with pytest.raises(UserError, match=r"no processes can be started \(.*Read-only.*\) - run with --workers 1"):
        fail_in_a_pool()


def test_nothing_that_a_worker_still_holds_is_lost_at_its_end(tmp_path: Path) -> None:
    script = tmp_path / "last_words.py"
    script.write_text(LAST_WORDS)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": ""}
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout.split("\n"), done.stderr) == (["printed", "own end", ""], "")
    assert (tmp_path / "left_open.txt").read_text() == "written"


def test_results_come_in_order_and_errors_as_they_are() -> None:
    with process_pool(2) as executor:
        assert executor is not None
        assert list(executor.map(pow, range(6), [2] * 6)) == [0, 1, 4, 9, 16, 25]
        assert executor.submit(int, "ff", base=16).result() == 255
        with pytest.raises(ValueError, match="invalid literal for int") as raised:
            executor.submit(int, "no number").result()
        assert "in run_task" in str(raised.value.__cause__)  # the traceback of the worker
        with pytest.raises(TypeError, match="cannot pickle"):
            executor.submit(threading.Lock).result()
        assert executor.submit(abs, -1).result() == 1


def test_a_killed_worker_is_one_plain_error() -> None:
    with pytest.raises(UserError, match="a worker process was killed, perhaps because memory ran out"):
        end_a_worker()


def test_two_operations_of_a_worker_may_share_the_core_that_another_left() -> None:
    with process_pool(2 * usable_cores()) as executor:
        assert executor is not None
        told = [executor.submit(os.getenv, f"TF_NUM_{kind}OP_THREADS").result() for kind in ("INTRA", "INTER")]
    assert told == ["1", "2"]


def test_no_process_starts_without_a_task() -> None:
    with process_pool(2) as executor:
        assert executor is not None
        assert multiprocessing.active_children() == []
        executor.submit(os.getpid).result()
        assert len(multiprocessing.active_children()) == 1


def test_an_error_ends_the_pool_without_waiting() -> None:
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        fail_in_a_pool()
    assert time.monotonic() - began < 60


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(sign: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "long_work.py"
    script.write_text(LONG_WORK)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    parent = subprocess.Popen(
        [sys.executable, script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    workers = [int(pid) for pid in parent.stdout.readline().split()]
    parent.send_signal(sign)
    _, errors = parent.communicate(timeout=60)
    deadline = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert workers
    assert not any(map(alive, workers))
    assert "Process Spawn" not in errors


class UnreadableError(Exception):
    """Its constructor asks for more than pickle gives it."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__(f"{one} and {other}")


def fail_unreadably() -> None:
    raise UnreadableError(1, 2)


def test_an_error_that_cannot_be_sent_is_told_with_its_text() -> None:
    with process_pool(2) as executor:
        assert executor is not None
        with pytest.raises(RuntimeError, match="UnreadableError: 1 and 2") as raised:
            executor.submit(fail_unreadably).result()
        assert "in fail_unreadably" in str(raised.value.__cause__)
        assert executor.submit(os.getpid).result() != os.getpid()


def blocked_signals() -> int:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("SigBlk")]
    return int(line.split()[1], 16)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_every_worker_starts_deaf_to_an_interruption() -> None:
    with process_pool(2) as executor:
        assert executor is not None
        masks = {executor.submit(blocked_signals).result() for _ in range(4)}
    assert all(mask & 1 << signal.SIGINT - 1 for mask in masks)


PLUG_IN_ELSEWHERE = """
import os
from backtrader_walkforward.plugins.workers import process_pool

if __name__ == "__main__":
    from backtrader_walkforward.strategies.mine import name
    os.chdir("/")
    with process_pool(2) as executor:
        print(executor.submit(name).result())
"""


def test_a_plugin_is_found_by_workers_after_a_change_of_folder(tmp_path: Path) -> None:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "mine.py").write_text("def name():\n    return __name__\n")
    (tmp_path / "script.py").write_text(PLUG_IN_ELSEWHERE)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(tmp_path / "script.py")]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "backtrader_walkforward.strategies.mine\n"


def test_no_thread_of_a_pool_outlives_an_error():
    """Python 3.11 writes into the pipes of executors at its end: a thread that is just closing one makes that fail."""
    for _ in range(5):
        before = set(threading.enumerate())
        with pytest.raises(ZeroDivisionError):
            fail_in_a_pool()
        assert set(threading.enumerate()) <= before


def test_a_pool_waits_for_no_thread_of_another_pool() -> None:
    with process_pool(2) as one, process_pool(2) as other:
        assert one is not None
        assert other is not None
        for _ in range(2):
            assert {pool.submit(int, "7").result() for pool in (one, other)} == {7}
        threads = [list(pool.threads) for pool in (one, other)]
    assert [len(own) for own in threads] == [1, 1]
    assert threads[0] != threads[1]


def test_tasks_that_wait_hold_no_copy_of_what_they_share() -> None:
    shared = np.ones(1_000_000)
    with process_pool(2) as executor:
        assert executor is not None
        tracemalloc.start()
        ended = [executor.submit(np.sum, shared) for _ in range(40)]
        assert [future.result() for future in ended] == [1_000_000.0] * 40
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 5 * shared.nbytes

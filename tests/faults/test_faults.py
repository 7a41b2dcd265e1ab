"""Killed, interrupted, out of space, locked out, crowded, damaged: a clear message, nothing lost, the next run works.

`KILLS=50` in the environment kills fifty times instead of six.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from backtrader_walkforward.cli.main import message_of
from tests.damages import DAMAGES
from tests.forked_runs import (
    QUICK_RUN,
    KilledAtWrite,
    drop_privileges,
    finish,
    limit_file_size,
    run,
    start,
    stop_in_the_folder,
    wait_for,
)

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS", "6"))

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


def contents(folder):
    """The bytes of each file below `folder`."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def runs_in(folder):
    """The contents of each run that a reader would see."""
    return [contents(path) for path in sorted(folder.glob("out/runs/*")) if not path.name.startswith(".")]


def figures_of(run):
    """The tables of a run. Its pages may add a note that no cache could be used."""
    return {name: content for name, content in run.items() if name.endswith(".csv")}


def hidden_in(folder):
    """Names of unfinished files and folders."""
    return [path.name for path in folder.rglob(".*")]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The files of a run that nobody disturbs, how long it takes, and the cache of the one before it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run(folder) == (0, "")  # the first pays for the server that all later ones are forked from
    began = time.monotonic()
    assert run(folder, "--no-cache") == (0, "")
    taken = time.monotonic() - began
    first, second = runs_in(folder)
    assert first == second
    assert set(first) > {"results.json", "index.html", "fills.csv"}
    return first, taken, folder / "cache"


@pytest.fixture(scope="module")
def whole(undisturbed):
    return undisturbed[0]


def assert_the_next_run_works(folder, whole):
    """Run once more: no file is seen but those of whole runs, and all are the same to the byte."""
    before = len(runs_in(folder))
    assert run(folder) == (0, "")
    assert runs_in(folder) == [whole] * (before + 1)
    assert hidden_in(folder) == []
    charts = [path.read_bytes() for path in (folder / "out" / "charts").iterdir()]
    assert 1 <= len(charts) <= before + 1
    assert len(set(charts)) == 1


@pytest.mark.parametrize("number", range(KILLS // 2))
def test_killed_at_a_random_moment(number, undisturbed, tmp_path):
    whole, taken, _ = undisturbed
    moments = random.Random(number)
    for _ in range(2):  # the second starts on what the first left
        process = start(tmp_path)
        time.sleep(moments.uniform(0, taken))
        process.kill()
        process.join()
    assert_the_next_run_works(tmp_path, whole)


def test_killed_at_its_writes(whole, tmp_path):
    """Most of a run is arithmetic, which nothing can hurt: here the process dies as it is about to touch a file."""
    assert run(tmp_path, prepare=KilledAtWrite(0, tmp_path / "counted"))[0] == 0
    writes = int((tmp_path / "counted").read_text())
    assert writes > 30
    for number in sorted(random.Random(7).sample(range(1, writes + 1), min(KILLS, writes))):
        folder = tmp_path / str(number)
        code, _ = run(folder, prepare=KilledAtWrite(number, tmp_path / "counted"))
        assert code == -signal.SIGKILL
        assert_the_next_run_works(folder, whole)


def test_what_a_live_run_is_making_is_left_alone(whole, tmp_path):
    process = start(tmp_path, "--tearsheets", "best", prepare=stop_in_the_folder)
    making = wait_for(lambda: list(tmp_path.glob("out/runs/.making-*/*")))[0].parent
    try:
        other = tmp_path / "other"
        assert run(other, "--out", str(tmp_path / "out"), "--cache-dir", str(tmp_path / "cache")) == (0, "")
        assert making.exists()
    finally:
        os.kill(process.pid, signal.SIGCONT)
    assert finish(process, tmp_path) == (0, "")
    assert sorted(map(len, runs_in(tmp_path))) == [len(whole), len(whole) + 1]
    assert hidden_in(tmp_path) == []


@pytest.mark.parametrize(
    ("stage", "sign"),
    [
        ("Prices", signal.SIGTERM),
        ("Forecast", signal.SIGINT),
        ("Forecast", signal.SIGTERM),
        ("Backtest", signal.SIGINT),
        ("Reports", signal.SIGINT),
        ("Reports", signal.SIGTERM),
    ],
)
def test_interrupted_at_any_stage(stage, sign, tmp_path):
    process = start(tmp_path, "--retrain-every", "1", "--no-cache", "--tearsheets", "all")
    wait_for(lambda: (tmp_path / "printed.txt").is_file() and stage in (tmp_path / "printed.txt").read_text())
    began = time.monotonic()
    os.kill(process.pid, sign)
    code, errors = finish(process, tmp_path)
    assert time.monotonic() - began < 10
    assert code == 130
    assert errors.startswith("runner.py: interrupted")
    assert errors.count("\n") == 1
    assert runs_in(tmp_path) == []
    assert hidden_in(tmp_path) == []


@pytest.mark.parametrize("pause", [0, 0.02, 0.1])
def test_interrupted_again_and_again(pause, tmp_path):
    process = start(tmp_path, "--retrain-every", "1", "--no-cache", "--tearsheets", "all")
    wait_for(lambda: (tmp_path / "printed.txt").is_file() and "Forecast" in (tmp_path / "printed.txt").read_text())
    for _ in range(4):
        with suppress(ProcessLookupError):  # it has ended
            os.kill(process.pid, signal.SIGINT)
        time.sleep(pause)
    code, errors = finish(process, tmp_path)
    assert (code, errors) == (130, "runner.py: interrupted; nothing half-made is left\n")
    assert runs_in(tmp_path) == hidden_in(tmp_path) == []


def reader_that_leaves():
    """Let standard output be a pipe that nobody reads."""
    left, written = os.pipe()
    os.close(left)
    os.dup2(written, 1)


def full_output():
    """Let standard output be a full disk."""
    os.dup2(os.open("/dev/full", os.O_WRONLY), 1)


@pytest.mark.parametrize(
    ("prepare", "ends"),
    [
        (reader_that_leaves, (0, "")),
        (full_output, (1, "runner.py: the output cannot be written: No space left on device\n")),
    ],
)
def test_a_lost_output_loses_no_run(prepare, ends, whole, tmp_path):
    assert run(tmp_path, prepare=prepare) == ends
    assert runs_in(tmp_path) == [whole]


def test_a_folder_of_temporary_files_that_is_full_is_named(tmp_path):
    """What fails while a page is drawn is no fault of --out."""
    from backtrader_walkforward.reports.run_folder import write_run

    def files():
        yield "settings.toml", ""
        raise OSError(28, "No space left on device", "/tmp/drawing")

    with pytest.raises(OSError, match="/tmp/drawing"):
        write_run(tmp_path, "SPY", "20200101_000000", files())
    assert message_of(OSError(28, "No space left on device", "/tmp/drawing")) == (
        "the system refuses /tmp/drawing: No space left on device - make room there, or let TMPDIR and --cache-dir"
        " name other folders",
        1,
    )
    assert hidden_in(tmp_path) == []


def test_no_space_for_the_report(whole, tmp_path):
    code, errors = run(tmp_path, prepare=limit_file_size)
    assert code == 1
    assert errors == f"runner.py: cannot write {tmp_path}/out: File too large - allow larger files (ulimit -f)\n"
    assert runs_in(tmp_path) == []
    assert hidden_in(tmp_path) == []
    assert_the_next_run_works(tmp_path, whole)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 kB, which only a superuser can mount."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", place], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"NO FULL DISK WAS TRIED, no file system can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk(small_disk, whole, tmp_path):
    code, errors = run(tmp_path / "ran", "--out", str(small_disk))
    assert code == 1
    assert (
        errors
        == f"runner.py: cannot write {small_disk}: No space left on device - choose another folder with --out DIR\n"
    )
    assert list(small_disk.rglob("*.*")) == []

    assert run(tmp_path / "ran", "--cache-dir", str(small_disk)) == (0, "")
    assert figures_of(*runs_in(tmp_path / "ran")) == figures_of(whole)
    assert (
        "Note: forecasts could not be stored or read in forecasts.sqlite: database or disk is full"
        in (tmp_path / "ran" / "printed.txt").read_text()
    )


def test_a_folder_that_may_not_be_written(whole, tmp_path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o555)
    code, errors = run(tmp_path, "--out", str(shut), prepare=drop_privileges)
    assert (code, errors) == (
        1,
        f"runner.py: cannot write {shut}: Permission denied - choose another folder with --out DIR\n",
    )
    assert run(tmp_path, "--cache-dir", str(shut), prepare=drop_privileges) == (0, "")
    assert figures_of(*runs_in(tmp_path)) == figures_of(whole)
    assert "forecasts could not be stored or read in forecasts.sqlite: " in (tmp_path / "printed.txt").read_text()
    assert list(shut.iterdir()) == []


def test_a_cache_that_may_only_be_read(undisturbed, tmp_path):
    whole, _, cache = undisturbed
    shutil.copytree(cache, tmp_path / "cache")
    (tmp_path / "cache" / "forecasts.sqlite").chmod(0o444)
    (tmp_path / "cache").chmod(0o555)
    assert run(tmp_path, prepare=drop_privileges) == (0, "")
    assert runs_in(tmp_path) == [whole]
    assert "fits were stored by an earlier run" in (tmp_path / "printed.txt").read_text()


def test_no_home_folder_and_the_backend_of_a_notebook(whole, tmp_path):
    """Jupyter sets MPLBACKEND for all that is started from it."""
    homeless = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    homeless |= {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "MPL"))}
    done = subprocess.run(
        [sys.executable, ROOT / "runner.py", *QUICK_RUN.split(), "--out", tmp_path / "out"],
        env=homeless | {"HOME": "/dev/null/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert figures_of(*runs_in(tmp_path)) == figures_of(whole)
    assert "Note: forecasts could not be stored or read in forecasts.sqlite: " in done.stdout


def test_two_runs_of_one_ticker_at_the_same_time(whole, tmp_path):
    shared = ("--out", str(tmp_path / "out"), "--cache-dir", str(tmp_path / "cache"))
    processes = {tmp_path / name: start(tmp_path / name, *shared) for name in ("one", "two", "three")}
    assert [finish(process, folder) for folder, process in processes.items()] == [(0, "")] * 3
    assert runs_in(tmp_path) == [whole] * 3
    assert len(list((tmp_path / "out" / "charts").iterdir())) == 3
    assert hidden_in(tmp_path) == []


def workers_of(process):
    """The processes that train for a run."""
    threads = Path(f"/proc/{process.pid}/task").iterdir()
    children = [pid for thread in threads for pid in (thread / "children").read_text().split()]
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_worker_that_dies(whole, tmp_path):
    process = start(tmp_path, "--workers", "2")
    os.kill(wait_for(lambda: workers_of(process))[0], signal.SIGKILL)
    code, errors = finish(process, tmp_path)
    assert code == 1
    assert errors.startswith("runner.py: a worker process was killed")
    assert errors.count("\n") == 1
    assert runs_in(tmp_path) == []
    assert_the_next_run_works(tmp_path, whole)


def test_a_worker_that_hangs_does_not_keep_ctrl_c_from_working(tmp_path):
    process = start(tmp_path, "--workers", "2", "--retrain-every", "1")
    worker = wait_for(lambda: workers_of(process))[0]
    os.kill(worker, signal.SIGSTOP)
    try:
        os.kill(process.pid, signal.SIGINT)
        process.join(timeout=20)
        assert process.exitcode == 130
        assert not Path(f"/proc/{worker}").exists()
    finally:
        process.kill()
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def one_bit_changed(cache):
    """A cache in which one forecast has another value, and the rest is unchanged."""
    connection = sqlite3.connect(":memory:")
    connection.deserialize(cache)
    [forecasts] = connection.execute("SELECT payload FROM entries LIMIT 1").fetchone()
    connection.close()
    place = cache.index(forecasts[-8:])
    return cache[:place] + bytes([cache[place] ^ 1]) + cache[place + 1 :]


OWN_DAMAGES = DAMAGES | {
    "one bit": one_bit_changed,
}


@pytest.fixture(scope="module")
def stored(undisturbed):
    """The bytes of a cache of forecasts."""
    return (undisturbed[2] / "forecasts.sqlite").read_bytes()


def notes_in(folder):
    """Notes that the last run printed."""
    return [line for line in (folder / "printed.txt").read_text().splitlines() if "Note: " in line]


@pytest.mark.parametrize("damage", OWN_DAMAGES)
def test_a_damaged_cache_of_forecasts(damage, stored, whole, tmp_path):
    file = tmp_path / "cache" / "forecasts.sqlite"
    file.parent.mkdir()
    file.write_bytes(OWN_DAMAGES[damage](stored))
    aside = {} if damage == "one bit" else {"forecasts.sqlite.damaged": file.read_bytes()}
    assert run(tmp_path) == (0, "")
    assert "damaged" in " ".join(notes_in(tmp_path))
    assert_the_next_run_works(tmp_path, whole)
    assert notes_in(tmp_path) == []
    assert "4 of 4 fits were stored by an earlier run" in (tmp_path / "printed.txt").read_text()
    assert contents(tmp_path / "cache").items() >= aside.items()

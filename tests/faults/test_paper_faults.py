"""A paper session killed at any statement or moment, or held twice at once: the ledger is that of a quiet session.

`KILLS=50` in the environment kills more often than the default six times.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from contextlib import closing

import pytest

from backtrader_walkforward.live.paper.paper_ledger import WITH_DIGEST, PaperLedger
from tests.forked_runs import QUICK, drop_privileges, finish, limit_file_size, run, start

KILLS = int(os.environ.get("KILLS", "6"))
PAPER = {"command": "paper", "quick": QUICK}
DAYS = ("2018-06-01", "2018-06-08")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="forks a server")]


def ledger_in(folder) -> PaperLedger:
    return PaperLedger(folder / "cache", "SPY")


def rows_of(folder):
    """All rows but the moment of a session and the digest with it, which are checked as the ledger is read."""
    record = ledger_in(folder).read()
    with closing(sqlite3.connect(ledger_in(folder).path)) as connection:
        tables = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in WITH_DIGEST}
    return tables, record.sessions[["first_day", "day"]].to_dict()


def session(folder, day, **options):
    return run(folder, "--end", day, **PAPER, **options)


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A folder after one session."""
    folder = tmp_path_factory.mktemp("first")
    assert session(folder, DAYS[0]) == (0, "")
    return folder


@pytest.fixture(scope="module")
def quiet(first, tmp_path_factory):
    """The rows after one session and after two, and how long a session takes."""
    folder = shutil.copytree(first, tmp_path_factory.mktemp("quiet") / "second")
    began = time.monotonic()
    assert session(folder, DAYS[1]) == (0, "")
    return [rows_of(first), rows_of(folder)], time.monotonic() - began


class KilledAtStatement:
    """Kills its process as the ledger's connections begin their n-th statement."""

    def __init__(self, number: int) -> None:
        self.number, self.seen = number, 0

    def __call__(self) -> None:
        """Begin to watch."""
        connect = sqlite3.connect

        def watched(path, **options):
            connection = connect(path, **options)
            if str(path).endswith("SPY.sqlite"):
                connection.set_trace_callback(self.count)
            return connection

        sqlite3.connect = watched

    def count(self, statement: str) -> None:
        """Die of one statement too many."""
        self.seen += 1
        if self.seen == self.number:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("sessions", [1, 2])
def test_killed_at_its_statements(sessions, first, quiet, tmp_path):
    """The first are reading, the last a commit; those between insert."""
    day, expected = DAYS[sessions - 1], quiet[0][sessions - 1]
    killed = 0
    for number in (1, 5, *random.Random(sessions).sample(range(6, 60), KILLS // 2), 10_000):
        folder = tmp_path / str(number)
        if sessions == 2:
            shutil.copytree(first, folder)
        code, _ = session(folder, day, prepare=KilledAtStatement(number))
        killed += code == -signal.SIGKILL
        assert session(folder, day) == (0, "")
        assert rows_of(folder) == expected
    assert killed >= 2 + KILLS // 2 if sessions == 1 else killed >= 2


@pytest.mark.parametrize("number", range(KILLS // 2))
def test_killed_at_a_random_moment(number, quiet, tmp_path):
    rows, taken = quiet
    moments = random.Random(number)
    for day, expected in zip(DAYS, rows, strict=True):
        for _ in range(2):
            process = start(tmp_path, "--end", day, **PAPER)
            time.sleep(moments.uniform(0, taken))
            process.kill()
            process.join()
        assert session(tmp_path, day) == (0, "")
        assert rows_of(tmp_path) == expected


def test_three_at_once(quiet, tmp_path):
    for day, expected in zip(DAYS, quiet[0], strict=True):
        shared = ("--end", day, "--cache-dir", str(tmp_path / "cache"))
        processes = {tmp_path / name: start(tmp_path / name, *shared, **PAPER) for name in ("one", "two", "three")}
        assert [finish(process, folder) for folder, process in processes.items()] == [(0, "")] * 3
        assert rows_of(tmp_path) == expected
        told = [(folder / "printed.txt").read_text() for folder in processes]
        assert sum("recorded now" in text for text in told) == 1
        assert sum("nothing new to record" in text for text in told) == 2


def test_no_space_for_the_ledger(tmp_path):
    code, errors = session(tmp_path, DAYS[0], prepare=limit_file_size)
    assert code == 1
    assert errors.startswith(f"runner.py: the ledger {ledger_in(tmp_path).path} cannot be read or written: ")
    assert errors.count("\n") == 1
    assert ledger_in(tmp_path).read() is None


def test_a_ledger_that_may_only_be_read(first, quiet, tmp_path):
    shutil.copytree(first, tmp_path, dirs_exist_ok=True)
    ledger_in(tmp_path).path.chmod(0o444)
    ledger_in(tmp_path).path.parent.chmod(0o555)
    assert session(tmp_path, DAYS[0], prepare=drop_privileges) == (0, "")
    code, errors = session(tmp_path, DAYS[1], prepare=drop_privileges)
    assert code == 1
    assert errors == (
        f"runner.py: the ledger {ledger_in(tmp_path).path} cannot be read or written:"
        " attempt to write a readonly database\n"
    )
    assert rows_of(tmp_path) == quiet[0][0]

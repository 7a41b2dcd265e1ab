"""The command in processes of its own, forked from one that has imported everything: a run takes half a second."""

import ctypes
import multiprocessing
import multiprocessing.util
import os
import resource
import signal
import struct
import sys
import time
from datetime import date
from multiprocessing.process import BaseProcess
from pathlib import Path

import arch.bootstrap
import arch.data.sp500
import backtrader_walkforward.predictors.ridge
import matplotlib.backends.backend_agg
import matplotlib.figure
import sklearn.ensemble
import sklearn.linear_model
import sklearn.preprocessing

import backtrader_walkforward.backtest
import backtrader_walkforward.features
import backtrader_walkforward.live.paper.command
import backtrader_walkforward.reports.drawing.chart
import backtrader_walkforward.reports.explore.page
import backtrader_walkforward.reports.terminal
import backtrader_walkforward.reports.write
import backtrader_walkforward.study
from backtrader_walkforward.cli.commands import COMMANDS
from backtrader_walkforward.cli.main import main
from backtrader_walkforward.data.calendar import ExchangeCalendar

ExchangeCalendar("XNYS").sessions(date(1999, 1, 1), date.today())  # is made once, for all processes

__all__ = ["arch", "backtrader_walkforward", "matplotlib", "sklearn"]

QUICK = "--source sample --predictor ridge --period 365 --lookback 20 --workers 1 --strategies binary"
QUICK_RUN = (
    "--source sample --predictor ridge --period 200 --lookback 10 --retrain-every 11 --threshold 0 --workers 1"
    " --strategies binary --hybrids none --tearsheets none --null-models 2"
)
"""Four fits, and a strategy that trades."""


def start(folder: Path, *arguments: str, command: str = "run", quick: str = QUICK_RUN, prepare=None) -> BaseProcess:
    """Start a command whose output, cache and words lie in `folder`; `prepare` is called first in its process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    folders = ["--cache-dir", str(folder / "cache")]
    if "out" in COMMANDS[command].settings:
        folders += ["--out", str(folder / "out")]
    process = context.Process(target=_run, args=(folder, [command, *quick.split(), *folders, *arguments], prepare))
    process.start()
    return process


def finish(process: BaseProcess, folder: Path, seconds: float = 60) -> tuple[int | None, str]:
    """Wait for a run and return its exit code and what it wrote on standard error."""
    process.join(timeout=seconds)
    return process.exitcode, (folder / "errors.txt").read_text()


def run(folder: Path, *arguments: str, prepare=None, **how: str) -> tuple[int | None, str]:
    """Start a command and wait for it."""
    return finish(start(folder, *arguments, prepare=prepare, **how), folder)


def _run(folder, arguments, prepare):
    folder.mkdir(exist_ok=True)
    for descriptor, name in ((1, "printed.txt"), (2, "errors.txt")):
        opened = os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(opened, descriptor)
    if prepare:
        prepare()
    sys.exit(main(arguments))


def wait_for(condition, seconds: float = 60):
    """Wait until `condition()` is true, and return what it gives."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)
    return found


class KilledAtWrite:
    """Kills its process as it is about to do its n-th change of a file or folder; counts them in a file."""

    CHANGES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "fcntl.flock", "sqlite3.connect")

    def __init__(self, number: int, counted: Path) -> None:
        self.number, self.counted = number, counted
        self.seen = 0

    def __call__(self) -> None:
        """Begin to watch."""
        sys.addaudithook(self.look)
        atexit_of_a_child(self, self.report)

    def look(self, event: str, arguments: tuple) -> None:
        """Count a change, or die of it."""
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_CREAT | os.O_WRONLY)
        if writes or event in self.CHANGES:
            self.seen += 1
            if self.seen == self.number:
                os.kill(os.getpid(), signal.SIGKILL)

    def report(self) -> None:
        """Write down how many changes there were."""
        self.counted.write_text(str(self.seen))


def stop_in_the_folder() -> None:
    """Let this process stop itself, as SIGSTOP stops one, while it writes into a folder that is not whole yet."""
    opened: list[str] = []

    def look(event: str, arguments: tuple) -> None:
        if event == "open" and ".making-" in str(arguments[0]):
            opened.append(str(arguments[0]))
            if len(opened) == 2:
                os.kill(os.getpid(), signal.SIGSTOP)

    sys.addaudithook(look)


def atexit_of_a_child(owner: object, function) -> None:
    """Call a function as a process of `multiprocessing` ends: `atexit` is not called in one."""
    multiprocessing.util.Finalize(owner, function, exitpriority=0)


def limit_file_size() -> None:
    """Let no file of this process grow beyond 8,000 bytes: as on a full disk, what is longer cannot be written."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000, 8_000))


def drop_privileges() -> None:
    """Give up what lets root write where permissions say no: in Linux, all capabilities."""
    version_3, every_set_empty = struct.pack("Ii", 0x20080522, 0), bytes(24)
    if os.geteuid() == 0:
        assert ctypes.CDLL(None).capset(version_3, every_set_empty) == 0

"""A whole run compared with the usual script with a single fit; a second run with one more strategy; a wrong option.

Run as: python -m benchmarks.whole_run
Each runs in a process of its own, one after the other, on the bundled sample, in a copy of the project. The usual
script takes from 36 to 86 s, as its seed lets early stopping end it: the median of three seeds counts.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.table import Row, show

ROOT = Path(__file__).parent.parent

SEEDS = (0, 1, 2)
"""Seeds of the usual script."""

STRATEGY = '''"""A strategy added between two runs."""
from backtrader_walkforward import SizingStrategy


class Careful(SizingStrategy):
    """A tenth of the account behind every signal."""

    def target_weight(self):
        return 0.1 * self.signal
'''

RUN_AND_REPORT = """
import atexit, runpy, sys
atexit.register(lambda: print("TENSORFLOW", "tensorflow" in sys.modules))
sys.argv = ["runner.py", *sys.argv[1:]]
runpy.run_path("runner.py", run_name="__main__")
"""


@contextmanager
def copy_of_the_project() -> Iterator[Path]:
    """Yield the path of a copy that may be changed."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "runs"))
        yield copy


def seconds(command: list[str], folder: Path, expected: int = 0) -> tuple[float, str]:
    """Return the wall time of a command and what it printed."""
    began = time.perf_counter()
    # Python caches compiled modules unless this variable is set.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - began
    if done.returncode != expected:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr}")
    return elapsed, done.stdout


def rows() -> list[Row]:
    """Measure and compare."""
    python = sys.executable
    with copy_of_the_project() as copy:
        usual = [python, "-m", "benchmarks.jobs.single_fit", "picture.png"]
        fits = [seconds([*usual, str(seed)], copy)[0] for seed in SEEDS]
        job = [python, "-c", RUN_AND_REPORT, "--source", "sample", "--cache-dir", "cache"]
        first, _ = seconds(job, copy)
        (copy / "strategies" / "careful.py").write_text(STRATEGY)
        second, printed = seconds(job, copy)
        usage = min(seconds([python, "runner.py", "--help"], copy)[0] for _ in range(5))
        mistake = min(seconds([python, "runner.py", "--perod", "3"], copy, 2)[0] for _ in range(5))
        ten_years, _ = seconds([*job, "--period", "3650"], copy)
    single = median(fits)
    trained = "TENSORFLOW False" not in printed or "careful" not in printed
    return [
        Row(
            "first run / the usual single fit",
            "<= 1.25",
            f"{first / single:.2f} ({first:.0f} s / {single:.0f} s, of {', '.join(f'{fit:.0f}' for fit in fits)} s)",
            first <= 1.25 * single,
        ),
        Row("second run, one more strategy / first run", "<= 0.125", f"{second / first:.3f}", second <= first / 8),
        Row("second run, one more strategy", "< 10 s", f"{second:.1f} s", second < 10),
        Row("second run imports TensorFlow", "no", "yes" if trained else "no", not trained),
        Row("runner.py --help", "< 0.5 s", f"{usage:.2f} s", usage < 0.5),
        Row("an error in the arguments", "< 0.5 s", f"{mistake:.2f} s", mistake < 0.5),
        Row("ten years, first run", "< 15 min", f"{ten_years / 60:.1f} min", ten_years < 900),
    ]


if __name__ == "__main__":
    show(rows())

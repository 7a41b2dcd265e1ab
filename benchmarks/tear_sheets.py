"""Tear sheets of twenty curves, compared with twenty calls of QuantStats' `reports.html` on the same curves.

Run as: python -m benchmarks.tear_sheets
Wall time. The row of two processes includes their start and all that they import; in one process the two take turns,
sheet by sheet. The curves trade one random forecast of the S&P 500 index over 145 days.
"""

import logging
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.reports.drawing.tear_sheets import draw_tear_sheet, draw_tear_sheets
from backtrader_walkforward.reports.run_summary import SheetTask
from backtrader_walkforward.system.cache import Cache
from benchmarks.table import Row, show

DAYS, WORKERS, AT_MOST = 145, 2, 1 / 2


def sheet_tasks() -> list[SheetTask]:
    """Return a task a variant."""
    from backtrader_walkforward.backtest import run_backtest
    from backtrader_walkforward.settings.settings import Settings
    from benchmarks.event_loop import VARIANTS, signals

    *results, benchmark = run_backtest(signals().iloc[-DAYS:], VARIANTS, Settings.of())
    return [SheetTask.of(result, benchmark, ticker="SPY", source="bundled sample") for result in results]


def call_quantstats(tasks: Sequence[SheetTask]) -> None:
    """Write QuantStats' report of each curve, one after the other."""
    import matplotlib as mpl
    import quantstats

    mpl.use("agg")
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i, task in enumerate(tasks):
            quantstats.reports.html(
                task.result.returns, task.benchmark.returns, match_dates=False, output=str(Path(folder) / f"{i}.html")
            )


def draw_ours(tasks: Sequence[SheetTask], cache: Cache) -> None:
    """Draw our sheets with a pool of processes, and store them in `cache`."""
    with process_pool(WORKERS) as executor:
        for _ in draw_tear_sheets(tasks, executor, cache):
            pass


def seconds(work: Callable[[], object]) -> float:
    """Return the wall time of a call."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def rows() -> list[Row]:
    """Measure and compare."""
    tasks = sheet_tasks()
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache("tear_sheets", Path(folder))
        ours = seconds(lambda: draw_ours(tasks, cache))
        again = seconds(lambda: list(draw_tear_sheets(tasks, None, cache)))
    pairs = [(seconds(partial(draw_tear_sheet, task)), seconds(partial(call_quantstats, [task]))) for task in tasks]
    alone, theirs = map(sum, zip(*pairs, strict=True))
    sheets, a_sheet, target = f"{len(tasks)} tear sheets", theirs / len(tasks), "at most 1/2 of QuantStats' time"
    return [
        row(f"{sheets}, {WORKERS} processes", target, ours, theirs),
        row(
            f"{sheets}, 1 process ({alone / len(tasks):.2f} s a sheet, QuantStats {a_sheet:.2f} s)",
            target,
            alone,
            theirs,
        ),
        row(f"{sheets} again, from the cache", target, again, theirs),
    ]


def row(what: str, target: str, ours: float, theirs: float) -> Row:
    """Return the row of one comparison."""
    measured = f"{ours:.2f} s, QuantStats {theirs:.1f} s: {ours / theirs:.3f}"
    return Row(what, target, measured, ours / theirs <= AT_MOST)


if __name__ == "__main__":
    show(rows())

"""Our tear sheets of twenty curves, two at a time, beside QuantStats' report called twenty times in a row.

Run as: python -m benchmarks.tear_sheets
Wall time; ours includes the start of the two processes and all that they import. Both draw the same curves, which
trade one random forecast of the S&P 500 index over 145 days.
"""

import logging
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from backtrader_walkforward.reports.tear_sheets.draw import draw_tear_sheets
from backtrader_walkforward.reports.tear_sheets.page import SheetTask
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.processes import process_pool
from benchmarks.table import Row, show

DAYS, WORKERS, AT_MOST = 145, 2, 1 / 3


def sheet_tasks() -> list[SheetTask]:
    """Return a task a variant."""
    from backtrader_walkforward.backtest import run_backtest
    from backtrader_walkforward.reports.columns import measures_of
    from backtrader_walkforward.settings.settings import Settings
    from benchmarks.event_loop import VARIANTS, signals

    *results, benchmark = run_backtest(signals().iloc[-DAYS:], VARIANTS, Settings.of())
    shared = {"ticker": "SPY", "source": "bundled sample", "benchmark_measures": measures_of(benchmark)}
    shared |= {"benchmark_equity": benchmark.equity, "benchmark_returns": benchmark.returns}
    return [SheetTask(equity=r.equity, returns=r.returns, measures=measures_of(r), **shared) for r in results]


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
                task.returns, task.benchmark_returns, match_dates=False, output=str(Path(folder) / f"{i}.html")
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
    theirs = seconds(lambda: call_quantstats(tasks))
    what, target = f"{len(tasks)} tear sheets, {WORKERS} processes: quantstats in a row", "at most 1/3 of its time"
    return [
        Row(what, target, f"{ours:.1f} s, quantstats {theirs:.1f} s: {ours / theirs:.2f}", ours / theirs <= AT_MOST),
        Row("the same sheets again", target, f"{again:.2f} s: {again / theirs:.3f}", again / theirs <= AT_MOST),
    ]


if __name__ == "__main__":
    show(rows())

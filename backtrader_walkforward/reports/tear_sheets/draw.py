"""Tear sheets, one for each variant, against a benchmark: taken from the cache, or drawn."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

import numpy as np

from backtrader_walkforward.reports.formatting import readable_date
from backtrader_walkforward.reports.tear_sheets.cache import sheet_key
from backtrader_walkforward.reports.tear_sheets.page import SheetTask, plain_sheet, sheet_page
from backtrader_walkforward.reports.tear_sheets.quantstats_sheet import quantstats_sheet
from backtrader_walkforward.settings.choices import FLAT
from backtrader_walkforward.system.cache import Cache

FEWEST_DAYS = 10
"""Fewer daily returns than this make no distribution, rolling window or heat map worth drawing."""


def draw_tear_sheets(
    tasks: Sequence[SheetTask], executor: Executor | None = None, cache: Cache | None = None
) -> Iterator[str]:
    """Return the pages in the order of `tasks`, drawn by `executor` from now on, or here as they are asked for.

    The bytes are the same either way. With a `cache` every page is stored there, and none is drawn a second time. A
    single page is drawn here: that takes less time than a process takes to start.
    """
    keys = [sheet_key(task) if cache else "" for task in tasks]
    stored = cache.get(keys) if cache else {}
    missing = [task for task, key in zip(tasks, keys, strict=True) if key not in stored]
    if executor is None or len(missing) == 1:
        drawn: Iterator[str] = map(draw_tear_sheet, missing)
    else:
        drawn = executor.map(draw_tear_sheet, missing)
    return (stored[key].decode() if key in stored else _store(cache, key, next(drawn)) for key in keys)


def _store(cache: Cache | None, key: str, page: str) -> str:
    """Return a page that was just drawn, after storing it."""
    if cache:
        cache.put(key, page.encode(), "tear sheet")
    return page


def draw_tear_sheet(task: SheetTask) -> str:
    """Return the page of one variant; of a curve without a shape, a plain page that says why."""
    flaw = why_not_drawn(task)
    if flaw is None:
        try:
            return sheet_page(task, quantstats_sheet(task.returns, task.benchmark_returns, task.benchmark_name))
        except (ValueError, TypeError, ArithmeticError, LookupError) as error:
            flaw = f"QuantStats could not draw this curve ({type(error).__name__})."
    return sheet_page(task, plain_sheet(task, flaw))


def why_not_drawn(task: SheetTask) -> str | None:
    """Return why QuantStats' sheet of a curve would fail or mislead, None when it is sound.

    It fails on returns without variation, turns a loss of everything into a number, and takes non-negative returns of
    which one is above 100 % for prices.
    """
    equity, returns = task.equity, task.returns
    if len(returns) < FEWEST_DAYS:
        return f"A tear sheet needs at least {FEWEST_DAYS} daily returns; this period has {len(returns)}."
    if not np.isfinite(equity).all():
        return "Some of the equity values are not numbers."
    if (equity <= 0).any():
        lost = readable_date(equity.index[int(np.argmax(equity <= 0))].date())
        return f"The account was wiped out on {lost}: ratios of what follows mean nothing."
    if returns.std() < FLAT:
        flat = bool((returns == 0).all())
        return "The equity never changed: no position was held." if flat else "Every day had the same return."
    if task.benchmark_returns.std() < FLAT:
        return f"{task.benchmark_name.capitalize()} never changed, so there is nothing to compare with."
    if returns.min() >= 0 and returns.max() > 1:
        return "One day more than doubled the equity and none lost: QuantStats would take these returns for prices."
    return None

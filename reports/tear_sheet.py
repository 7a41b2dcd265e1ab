"""A tear sheet a variant, drawn by QuantStats against buy & hold. The only place that imports QuantStats.

QuantStats is given numbers and our own template, never a name: what comes from the data or the command line is put in
afterwards, escaped. Its figures are daily, 252 a year, without a risk-free rate, as ours are.
"""

import contextlib
import io
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
import pandas as pd

from analyzers.measures import FLAT, TRADING_DAYS
from reports.measures import readable_date
from reports.page import TEMPLATES, inline_svg
from reports.sheet_page import SheetTask, plain_sheet, sheet_page
from reports.sheet_store import SheetStore

FEWEST_DAYS = 10
"""Fewer daily returns than this make no distribution, rolling window or heat map worth drawing."""


def draw_tear_sheets(
    tasks: Iterable[SheetTask], executor: Executor | None = None, folder: Path | None = None
) -> Iterator[str]:
    """Yield the pages in the order of `tasks`, drawn here or by `executor`: the same bytes either way.

    With a `folder` every page is kept there, and none is drawn a second time.
    """
    tasks = list(tasks)
    store = SheetStore(folder) if folder else None
    kept = [store.get(task) if store else None for task in tasks]
    missing = [task for task, page in zip(tasks, kept, strict=True) if page is None]
    drawn = iter(map(draw_tear_sheet, missing) if executor is None else executor.map(draw_tear_sheet, missing))
    for task, page in zip(tasks, kept, strict=True):
        yield page or kept_now(store, task, next(drawn))


def kept_now(store: SheetStore | None, task: SheetTask, page: str) -> str:
    """Return a page that was just drawn, after storing it."""
    if store:
        store.put(task, page)
    return page


def draw_tear_sheet(task: SheetTask) -> str:
    """Return the page of one variant; of a curve without a shape, a plain page that says why."""
    reason = why_not_drawn(task)
    if reason is None:
        try:
            return sheet_page(task, quantstats_sheet(task.returns, task.benchmark_returns))
        except (ValueError, TypeError, ArithmeticError, LookupError) as error:
            reason = f"QuantStats could not draw this curve ({type(error).__name__})."
    return sheet_page(task, plain_sheet(task, reason))


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
        return "Buy & hold never changed, so there is nothing to compare with."
    if returns.min() >= 0 and returns.max() > 1:
        return "One day more than doubled the equity and none lost: QuantStats would take these returns for prices."
    return None


def quantstats_sheet(returns: pd.Series, benchmark: pd.Series) -> str:
    """Return QuantStats' tables and charts as part of a page.

    Note
    ----
    `match_dates=True` would drop the leading days without a position, and change every ratio. Our template leaves out
    the chart of yearly returns: under pandas 3 QuantStats 0.0.86 draws its bars beside their years.
    """
    with tempfile.TemporaryDirectory() as folder, quiet_quantstats():
        import quantstats

        output = Path(folder) / "sheet.html"
        with sheet_style():
            quantstats.reports.html(
                returns,
                benchmark=benchmark,
                rf=0.0,
                periods_per_year=TRADING_DAYS,
                match_dates=False,
                title="Tear sheet",
                benchmark_title="Buy and hold",
                template_path=TEMPLATES / "quantstats.html",
                output=output,
            )
        page = output.read_text(encoding="utf-8").replace(
            "\N{SMALL PERCENT SIGN}", "%"
        )  # few fonts have QuantStats' own
        return inline_svg(page)


@contextlib.contextmanager
def quiet_quantstats() -> Iterator[None]:
    """Keep QuantStats' prints and its warnings about its own calls of pandas, seaborn and matplotlib to itself."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def sheet_style() -> Iterator[None]:
    """Draw off screen in our style, and leave no figure behind even when QuantStats fails midway."""
    from matplotlib import pyplot

    from reports.drawing import SHEET_STYLE, house_style

    pyplot.switch_backend("module://reports.svg_canvas")
    before = set(pyplot.get_fignums())
    try:
        with house_style(SHEET_STYLE):
            yield
    finally:
        for number in set(pyplot.get_fignums()) - before:
            pyplot.close(number)

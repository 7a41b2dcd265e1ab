"""Tear sheets, one for each variant, against a benchmark: taken from the cache, or drawn."""

import contextlib
import io
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.metrics import daily_returns
from backtrader_walkforward.reports.columns import measures_of, ranking_metrics
from backtrader_walkforward.reports.formatting import period_text, readable_date
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.run_plots import equity_plot
from backtrader_walkforward.reports.run_summary import SheetTask
from backtrader_walkforward.settings.choices import FLAT
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.cache_key import cache_key

FEWEST_DAYS = 10
"""Fewer daily returns than this make no distribution, rolling window or heat map worth drawing."""

LIBRARIES = ("quantstats", "matplotlib", "seaborn", "pandas", "numpy", "scipy")
"""The libraries whose versions a sheet depends on."""


def draw_tear_sheets(
    tasks: Sequence[SheetTask], executor: Executor | None = None, cache: Cache | None = None
) -> Iterator[str]:
    """Yield the pages in the order of `tasks`, drawn by `executor` from the first on, or here as they are asked for.

    The bytes are the same either way. With a `cache` every page is stored there, and none is drawn a second time. A
    single page is drawn here: that takes less time than a process takes to start.
    """
    keys = [sheet_key(task) if cache else "" for task in tasks]
    stored = cache.get(keys) if cache else {}
    missing = [task for task, key in zip(tasks, keys, strict=True) if key not in stored]
    apply = map if executor is None or len(missing) == 1 else executor.map
    drawn = iter(apply(draw_tear_sheet, missing))
    for key in keys:
        if key in stored:
            yield stored[key].decode()
            continue
        page = next(drawn)
        if cache:
            cache.put(key, page.encode(), "tear sheet")
        yield page


def sheet_key(task: SheetTask) -> str:
    """Return the key of a page: made of all that it shows, the code and templates that draw it, and the libraries."""
    parts = {
        "texts": (task.ticker, task.source, task.benchmark_name, task.verdict, task.warnings, task.warnings_of_run),
        "figures": [
            repr((measures_of(one), ranking_metrics(one), one.cash_rate, one.bars_a_year)) for one in _both(task)
        ],
        "days": [one.equity.index.to_numpy("datetime64[ns]") for one in _both(task)],
        "equity": [one.equity.to_numpy(np.float64) for one in _both(task)],
    }
    return cache_key(parts, _drawing_files(), LIBRARIES)


def _both(task: SheetTask) -> tuple[BacktestResult, BacktestResult]:
    return task.result, task.benchmark


@cache
def _drawing_files() -> list[Path]:
    return sorted([*Path(__file__).parents[1].rglob("*.py"), *html.TEMPLATES.rglob("*.*")])


def draw_tear_sheet(task: SheetTask) -> str:
    """Return the page of one variant; of a curve without a shape, a plain page that says why."""
    flaw = why_not_drawn(task)
    if flaw is None:
        try:
            with _quiet():
                from backtrader_walkforward.reports.drawing.quantstats_sheet import quantstats_sheet

                returns, benchmark = (daily_returns(one.equity) for one in _both(task))
                per_year, name = task.result.bars_a_year, name_text(task.result.name)
                return _sheet_page(task, quantstats_sheet(returns, benchmark, per_year, task.benchmark_name, name))
        except (ValueError, TypeError, ArithmeticError, LookupError) as error:
            flaw = f"QuantStats could not draw this curve ({type(error).__name__})."
    return _sheet_page(task, _plain_sheet(task, flaw))


def why_not_drawn(task: SheetTask) -> str | None:
    """Return why QuantStats' sheet of a curve would fail or mislead, None when it is sound.

    It fails on returns without variation, turns a loss of everything into a number, and takes non-negative returns of
    which one is above 100 % for prices.
    """
    equity = task.result.equity
    returns, benchmark = (daily_returns(one.equity) for one in _both(task))
    if len(returns) < FEWEST_DAYS:
        return f"A tear sheet needs at least {FEWEST_DAYS} daily returns; this period has {len(returns)}."
    if not np.isfinite(equity).all():
        return "Some of the equity values are not numbers."
    if (equity <= 0).any():
        lost = readable_date(equity.index[int(np.argmax(equity <= 0))])
        return f"The account was wiped out on {lost}: ratios of what follows mean nothing."
    if returns.std() < FLAT:
        flat = bool((returns == 0).all())
        return "The equity never changed: no position was held." if flat else "Every day had the same return."
    if benchmark.std() < FLAT:
        return f"{task.benchmark_name.capitalize()} never changed, so there is nothing to compare with."
    if returns.min() >= 0 and returns.max() > 1:
        return "One day more than doubled the equity and none lost: QuantStats would take these returns for prices."
    return None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep QuantStats' prints and its warnings about its own calls of pandas, seaborn and matplotlib to itself."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _plain_sheet(task: SheetTask, reason: str) -> html.Html:
    """Return a body with the equity curve, and one line with the reason for no more."""
    why = html.element("p", f"No QuantStats sheet. {reason}", kind="note")
    return html.lines([why, equity_plot([task.result, replace(task.benchmark, name=task.benchmark_name)])])


def _sheet_page(task: SheetTask, body: html.Html) -> str:
    """Return the whole page: title, dates, source, our own figures beside the benchmark's, and a body."""
    figures, measures = {}, [measures_of(one) for one in _both(task)]
    for key, metric in ranking_metrics(task.result).items():
        ours, other = (html.figure_cell(metric, its[key]) for its in measures)
        reference = html.Html(f"{html.escaped(task.benchmark_name)} {other}")
        figures[metric.heading] = html.element("div", html.with_reference(ours, reference), kind=key)
    return html.page(
        "tear_sheet.html",
        title=f"{task.ticker}: {name_text(task.result.name)} ({task.result.kind})",
        dates=period_text(task.result.equity),
        benchmark=task.benchmark_name,
        source=task.source,
        verdict=_verdict(task),
        warnings=html.warnings_html([*task.warnings, *map(_of_run, task.warnings_of_run)]),
        measures=html.definition_list(figures),
        body=html.Html(_interest_note(task) + body),
    )


def _verdict(task: SheetTask) -> html.Html:
    """Return the answer of the run and the reason that decides, so that no sheet is read without them."""
    answer, *reasons = task.verdict.splitlines() or [""]
    if not answer:
        return html.Html()
    of_all = html.element("p", _of_run(answer), kind="answer")
    return html.lines([of_all, *(html.element("p", reason, kind="verdict") for reason in reasons[:1]), ""])


def _of_run(text: str) -> html.Html:
    """Return a text that is not about the variant alone, and says so."""
    return html.Html(f"{html.escaped(text)} {html.element('small', 'For the whole run.')}")


def _interest_note(task: SheetTask) -> str:
    """Return how QuantStats' ratios differ from ours where cash bears interest, nothing where it bears none.

    Given a risk-free rate, QuantStats takes it off the growth as well, and off some figures once a day.
    """
    if not task.result.cash_rate:
        return ""
    text = (
        f"Interest on cash is {task.result.cash_rate:.2%} a year. QuantStats counts it in every ratio; the Sharpe ratio"
        " above is of the return beyond it."
    )
    return html.element("p", text, kind="note") + "\n"

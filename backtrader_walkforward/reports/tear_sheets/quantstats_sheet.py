"""QuantStats' sheet of one curve. The only place that imports QuantStats.

QuantStats is given numbers and our own template, never a name: what comes from the data or the command line is put in
afterwards, escaped. Its figures are daily and without a risk-free rate, as ours are where cash bears no interest.
"""

import contextlib
import io
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from backtrader_walkforward.reports.pages.page import TEMPLATES, inline_svg
from backtrader_walkforward.reports.tear_sheets.page import SheetTask, plain_sheet, sheet_page


def draw_page(task: SheetTask, flaw: str | None, days_a_year: int) -> str:
    """Return the page of one variant; of a curve with a `flaw`, a plain page that says which.

    Called in processes of its own, so this module imports no more than drawing needs.
    """
    if flaw is None:
        try:
            other = task.benchmark_name.replace("&", "and").capitalize()  # QuantStats escapes nothing
            return sheet_page(task, quantstats_sheet(task.returns, task.benchmark_returns, days_a_year, other))
        except (ValueError, TypeError, ArithmeticError, LookupError) as error:
            flaw = f"QuantStats could not draw this curve ({type(error).__name__})."
    return sheet_page(task, plain_sheet(task, flaw))


def prepare_to_draw() -> None:
    """Import what drawing needs, in a process that has nothing else to do yet."""
    with quiet_quantstats(), sheet_style():
        imported_quantstats()


def quantstats_sheet(
    returns: pd.Series, benchmark: pd.Series, days_a_year: int, benchmark_title: str = "Buy and hold"
) -> str:
    """Return QuantStats' tables and charts as part of a page.

    Note
    ----
    `match_dates=True` would drop the leading days without a position, and change every ratio. Our template leaves out
    the chart of yearly returns: under pandas 3 QuantStats 0.0.86 draws its bars beside their years.
    """
    with tempfile.TemporaryDirectory() as folder, quiet_quantstats():
        quantstats = imported_quantstats()
        from backtrader_walkforward.reports.tear_sheets.speedups import shortcuts

        output = Path(folder) / "sheet.html"
        with sheet_style(), shortcuts():
            quantstats.reports.html(
                returns,
                benchmark=benchmark,
                rf=0.0,
                periods_per_year=days_a_year,
                match_dates=False,
                title="Tear sheet",
                benchmark_title=benchmark_title,
                template_path=TEMPLATES / "quantstats.html",
                output=output,
            )
        page = output.read_text(encoding="utf-8").replace(
            "\N{SMALL PERCENT SIGN}", "%"
        )  # few fonts have QuantStats' own
        return inline_svg(page)


def imported_quantstats() -> ModuleType:
    """Return QuantStats without yfinance, which it imports for benchmarks given by name: ours are numbers."""
    from backtrader_walkforward.reports.tear_sheets.speedups import imported_when_used

    with imported_when_used("yfinance"):
        import quantstats
    return quantstats


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

    from backtrader_walkforward.reports.style import SHEET_STYLE, chart_style

    pyplot.switch_backend("module://backtrader_walkforward.reports.tear_sheets.svg_canvas")
    before = set(pyplot.get_fignums())
    try:
        with chart_style(SHEET_STYLE):
            yield
    finally:
        for number in set(pyplot.get_fignums()) - before:
            pyplot.close(number)

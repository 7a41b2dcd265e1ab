"""The page around a tear sheet: title, dates, source and our own measures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from backtrader_walkforward.reports.formatting import readable_date
from backtrader_walkforward.reports.pages import definition_list, figure_cell, inline_svg, page, plain_text


@dataclass(frozen=True, kw_only=True)
class SheetTask:
    """All that one tear sheet needs, as plain data that goes to any process.

    Equity is at each close, `returns` its daily changes, those of the benchmark on the same days; `cash_rate` is the
    yearly interest on cash; the measures are those of `results.json`.
    """

    ticker: str
    source: str
    equity: pd.Series
    returns: pd.Series
    benchmark_equity: pd.Series
    benchmark_returns: pd.Series
    cash_rate: float = 0.0
    measures: Mapping[str, Any]
    benchmark_measures: Mapping[str, Any]
    benchmark_name: str = "buy & hold"


def plain_sheet(task: SheetTask, reason: str) -> str:
    """Return the equity curve and one line that says why there is no more."""
    from backtrader_walkforward.reports.chart import curve_svg

    picture = inline_svg(curve_svg(task.equity, task.benchmark_equity))
    other = plain_text(task.benchmark_name)
    caption = f"<figcaption>Equity at each close (red) and that of {other} (grey)</figcaption>"
    why = f'<p class="note">No QuantStats sheet. {plain_text(reason)}</p>'
    return f'{why}\n<figure class="plain">{picture}{caption}</figure>'


def sheet_page(task: SheetTask, body: str) -> str:
    """Return the whole page: what it shows, our measures of it, and `body`."""
    days = task.equity.index
    dates = f"{readable_date(days[0].date())} to {readable_date(days[-1].date())}"
    name, kind = plain_text(task.measures["name"]), plain_text(task.measures["type"])
    return page(
        "tear_sheet.html",
        title=f"{plain_text(task.ticker)}: {name} ({kind})",
        dates=dates,
        benchmark=plain_text(task.benchmark_name),
        source=plain_text(task.source),
        measures=definition_list(headline_measures(task)),
        body=interest_note(task) + body,
    )


def interest_note(task: SheetTask) -> str:
    """Return how QuantStats' ratios differ from ours where cash bears interest, nothing where it bears none.

    Given a risk-free rate, QuantStats takes it off the growth as well, and off some figures once a day.
    """
    if not task.cash_rate:
        return ""
    return (
        f'<p class="note">Interest on cash is {task.cash_rate:.2%} a year. QuantStats counts it in every ratio; '
        "the Sharpe ratio above is of the return beyond it.</p>\n"
    )


def headline_measures(task: SheetTask) -> dict[str, str]:
    """Return our own measures beside the benchmark's, under the names of `results.json`."""
    shown = {
        "Total return": ("total_return", "percent"),
        "Sharpe ratio": ("sharpe", "number"),
        "Max drawdown": ("max_drawdown", "percent"),
        "Win rate (trades)": ("win_rate", "percent"),
        "Closed trades": ("trades", "count"),
    }
    return {
        label: f'<b class="{key}">{figure_cell(task.measures[key], form)}</b>'
        f"<small>{plain_text(task.benchmark_name)} {figure_cell(task.benchmark_measures[key], form)}</small>"
        for label, (key, form) in shown.items()
    }

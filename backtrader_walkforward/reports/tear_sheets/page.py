"""The page of a tear sheet: title, dates, source, our own figures, and a body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.metrics import daily_returns
from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.columns import measures_of, ranking_metrics
from backtrader_walkforward.reports.formatting import readable_date
from backtrader_walkforward.reports.pages.page import (
    definition_list,
    escaped,
    figure_cell,
    inline_svg,
    page,
    with_reference,
)


@dataclass(frozen=True, kw_only=True)
class SheetTask:
    """All that one tear sheet needs, as plain data that goes to any process.

    Equity is at each close, the benchmark's on the same days. The measures are those of `results.json`; `metrics` are
    those of them at the top of the sheet. `cash_rate` is the yearly interest on cash.
    """

    ticker: str
    source: str
    equity: pd.Series
    benchmark_equity: pd.Series
    cash_rate: float
    measures: Mapping[str, Any]
    benchmark_measures: Mapping[str, Any]
    metrics: Mapping[str, Metric]
    benchmark_name: str

    @classmethod
    def of(
        cls, result: BacktestResult, benchmark: BacktestResult, ticker: str, source: str, name: str = "buy & hold"
    ) -> Self:
        """Return the task of a result; `name` is that of the benchmark."""
        return cls(
            ticker=ticker,
            source=source,
            equity=result.equity,
            benchmark_equity=benchmark.equity,
            cash_rate=result.cash_rate,
            measures=measures_of(result),
            benchmark_measures=measures_of(benchmark),
            metrics=ranking_metrics(result),
            benchmark_name=name,
        )

    @property
    def returns(self) -> pd.Series:
        """Daily changes of the equity."""
        return daily_returns(self.equity)

    @property
    def benchmark_returns(self) -> pd.Series:
        """Daily changes of the benchmark's equity."""
        return daily_returns(self.benchmark_equity)


def plain_sheet(task: SheetTask, reason: str) -> str:
    """Return a body with the equity curve, and one line with the reason for no more."""
    from backtrader_walkforward.reports.chart import curve_svg

    picture = inline_svg(curve_svg(task.equity, task.benchmark_equity))
    other = escaped(task.benchmark_name)
    caption = f"<figcaption>Equity at each close (red) and that of {other} (grey)</figcaption>"
    why = f'<p class="note">No QuantStats sheet. {escaped(reason)}</p>'
    return f'{why}\n<figure class="plain">{picture}{caption}</figure>'


def sheet_page(task: SheetTask, body: str) -> str:
    """Return the whole page."""
    days = task.equity.index
    dates = f"{readable_date(days[0].date())} to {readable_date(days[-1].date())}"
    name, kind = escaped(task.measures["name"]), escaped(task.measures["type"])
    return page(
        "tear_sheet.html",
        title=f"{escaped(task.ticker)}: {name} ({kind})",
        dates=dates,
        benchmark=escaped(task.benchmark_name),
        source=escaped(task.source),
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
    """Return our own figures beside the benchmark's, under the names of `results.json`."""
    other = escaped(task.benchmark_name)
    return {
        metric.heading: f'<div class="{escaped(key)}">'
        + with_reference(
            figure_cell(metric, task.measures[key]), f"{other} {figure_cell(metric, task.benchmark_measures[key])}"
        )
        + "</div>"
        for key, metric in task.metrics.items()
    }

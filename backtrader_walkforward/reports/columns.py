"""The figures of the variants, as plain values and as columns of the ranking.

Analyzers declare them (`metric.Metric`). Terminal, page, `results.json` and `summary.csv` are made from the functions
here and know none by name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.formatting import count, json_value, number, optional_date, percent

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.evaluation.result import BacktestResult

BENCHMARK = "Buy & Hold (Benchmark)"

FORMS: dict[str, Callable[[Any], str]] = {
    "percent": percent,
    "number": number,
    "count": count,
    "date": optional_date,
}
"""How a reader sees the forms of `metric.FORMS`."""


def ranking_metrics(result: BacktestResult) -> dict[str, Metric]:
    """Return the metrics that have a column in the ranking, by name."""
    return {name: metric for name, metric in result.metrics.declared.items() if metric.in_ranking}


def heading_of(metric: Metric) -> str:
    """Return the heading of a column in two lines, where it has two words or more."""
    return metric.heading.replace(" ", "\n", 1)


def figure_text(metric: Metric, value: Any) -> str:
    """Return a figure as a reader sees it."""
    return FORMS[metric.form](value)


def measures_of(result: BacktestResult) -> dict[str, Any]:
    """Return name, type and every metric of `result` as JSON values."""
    figures = {name: json_value(figure) for name, figure in result.metrics.items()}
    return {"name": result.name, "type": result.kind} | figures


def ranking(comparison: Comparison) -> list[dict[str, Any]]:
    """Return `measures_of` every ranked variant, each with `beats_benchmark`, best first."""
    return [
        measures_of(result) | {"beats_benchmark": bool(comparison.beats_benchmark(result))}
        for result in comparison.ranked
    ]


def traded_period(comparison: Comparison) -> tuple[date, date]:
    """Return the first and the last day on which the variants traded."""
    days = pd.DatetimeIndex(comparison.benchmark.equity.index)
    return days[0].date(), days[-1].date()

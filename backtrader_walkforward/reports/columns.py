"""The figures of the variants, as plain values and as columns of the ranking.

Analyzers declare them (`metric.Metric`). Terminal, page, `results.json` and `summary.csv` are made from the functions
here and know none by name.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.formatting import UNDEFINED, count, json_value, number, percent
from backtrader_walkforward.reports.section import Table

BENCHMARK = "Buy & Hold (Benchmark)"

FORMS: dict[str, Callable[[Any], str]] = {
    "percent": percent,
    "number": number,
    "count": count,
    "date": lambda day: day or UNDEFINED,
}
"""Function that formats a figure, for each of `metric.FORMS`."""


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


def ranking_table(comparison: Comparison, most: int | None = None) -> Table:
    """Return the ranking as text, buy & hold in its last row, with the first metrics, `most` of them."""
    metrics = dict(islice(ranking_metrics(comparison.best).items(), most))
    hold = measures_of(comparison.benchmark) | {"name": BENCHMARK}
    rows = [
        [row["name"], row["type"], *(figure_text(metric, row[key]) for key, metric in metrics.items()), marks_of(row)]
        for row in (*ranking(comparison), hold)
    ]
    rows[0][-1] += " *BEST*"
    return Table(
        headings=["Strategy", "Type", *map(heading_of, metrics.values()), "Beats\nbuy & hold"], rows=rows, folded=False
    )


def marks_of(measures: dict[str, Any]) -> str:
    """Return whether a variant beats buy & hold, and the day on which it went bankrupt, if it did."""
    beats = {None: "", True: "yes", False: "no"}[measures.get("beats_benchmark")]
    return f"{beats} bankrupt {measures['bankrupt']}".strip() if measures.get("bankrupt") else beats

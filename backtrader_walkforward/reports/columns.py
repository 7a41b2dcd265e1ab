"""The figures of the variants, as plain values and as columns of the ranking.

Analyzers declare them (`metric.Metric`). Terminal, page, `results.json` and `summary.csv` are made from the functions
here and know none by name.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.formatting import UNDEFINED, count, json_value, number, percent
from backtrader_walkforward.reports.section import Table
from backtrader_walkforward.settings.variant_names import name_text, shares_in

BENCHMARK = "Buy & hold (benchmark)"

FORMS: dict[str, Callable[[Any], str]] = {
    "percent": percent,
    "number": number,
    "count": count,
    "date": lambda day: day or UNDEFINED,
}
"""Function that formats a figure, for each of `metric.FORMS`."""

BEATS = {"beats_benchmark": "Beats B&H\nin return", "beats_benchmark_sharpe": "Beats B&H\nin Sharpe"}
"""Headings of the two comparisons with buy & hold, by their keys in `ranking`."""

BEST = "*BEST*"
"""Mark of the best variant, where it has earned it."""

NEVER_TRADED = "never traded"
"""Mark of a variant without a rank."""


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
    """Return `measures_of` every ranked variant, each with the keys of `BEATS`, best first."""
    return [
        measures_of(result)
        | {
            "beats_benchmark": comparison.beats_benchmark(result),
            "beats_benchmark_sharpe": comparison.beats_benchmark_sharpe(result),
        }
        for result in comparison.ranked
    ]


def ranking_table(comparison: Comparison, most: int | None = None) -> Table:
    """Return the ranking as text, buy & hold in its last row, with the first metrics, `most` of them."""
    metrics = dict(islice(ranking_metrics(comparison.best).items(), most))
    everything = [*ranking(comparison), measures_of(comparison.benchmark)]
    rows = []
    for result, row in zip(comparison.results, everything, strict=True):
        figures = (figure_text(metric, row[key]) for key, metric in metrics.items())
        rows.append([marked_name(comparison, result), row["type"], *figures, *answers_of(row)])
    headings = ["Strategy", "Type", *map(heading_of, metrics.values()), *BEATS.values()]
    return Table(headings=headings, rows=rows, title="Ranking", folded=False)


def marked_name(comparison: Comparison, result: BacktestResult) -> str:
    """Return the name of a result in words, with its marks beside it."""
    if result is comparison.benchmark:
        return BENCHMARK
    return " ".join([name_text(result.name), *marks_of(comparison, result)])


def hybrid_legend(comparison: Comparison) -> str:
    """Return what type and name of a hybrid say, by the first one in the ranking; nothing where there is none."""
    shares = next(filter(None, (shares_in(result.name) for result in comparison.ranked)), None)
    if shares is None:
        return ""
    return (
        f"A {shares.kind} trades {shares.active}% of the capital, and buys and holds with {shares.passive}%. Its name,"
        f" hybrid {shares.passive}/{shares.active}, begins with what is held."
    )


def answers_of(measures: Mapping[str, Any]) -> list[str]:
    """Return whether a variant beats buy & hold, for each of `BEATS`; buy & hold itself has no answers."""
    answers = {None: UNDEFINED, True: "yes", False: "no"}
    return [answers[measures[key]] if key in measures else "" for key in BEATS]


def marks_of(comparison: Comparison, result: BacktestResult) -> Iterator[str]:
    """Yield the marks of a result: whether it is the best, that it never traded, and the day of its bankruptcy."""
    if result is comparison.best and comparison.best_is_earned:
        yield BEST
    if result.never_traded:
        yield NEVER_TRADED
    if bankrupt := result.metrics.get("bankrupt"):
        yield f"bankrupt {json_value(bankrupt)}"

from dataclasses import replace
from datetime import date

import pytest

from backtrader_walkforward.evaluation import Comparison, Metrics
from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.columns import measures_of, ranking, ranking_table
from backtrader_walkforward.reports.data_files import csv_tables
from tests.reports.rendered import json_of, page_of, printed_of

DECLARED = {
    "total_return": Metric("percent", "Return"),
    "longest_wait": Metric("count", "Longest wait"),
    "hidden": Metric("number", "Hidden", in_ranking=False),
    "bankrupt": Metric("date", "Bankrupt", in_ranking=False),
}


@pytest.fixture
def two(comparison):
    """A variant and buy & hold with metrics of somebody's own."""

    def result(name, **figures):
        return replace(comparison.best, name=name, kind="Pure", metrics=Metrics(figures, DECLARED))

    ruin = date(2015, 8, 24)
    return Comparison(
        (
            result("calm", total_return=0.125, longest_wait=1234, hidden=1.0, bankrupt=None),
            result("wild", total_return=-1.0, longest_wait=None, hidden=2.0, bankrupt=ruin),
        ),
        result("buy_and_hold", total_return=-0.05, longest_wait=0, hidden=3.0, bankrupt=None),
    )


def test_every_measure_is_reported_under_its_own_name(comparison):
    measures = measures_of(comparison.best)
    assert list(measures) == ["name", "type", *comparison.best.metrics]
    assert measures["sharpe"] == comparison.best.metrics.sharpe


def test_the_ranking_says_who_beats_buy_and_hold(comparison):
    beaten = comparison.benchmark.metrics.total_return
    assert [entry["beats_benchmark"] for entry in ranking(comparison)] == [
        result.metrics.total_return > beaten for result in comparison.ranked
    ]


def test_the_ranking_has_a_column_for_each_metric_that_asks_for_one(two):
    table = ranking_table(two)
    assert table.headings == ["Strategy", "Type", "Return", "Longest\nwait", "Beats\nbuy & hold"]
    assert table.rows == [
        ["calm", "Pure", "12.50%", "1,234", "yes *BEST*"],
        ["wild", "Pure", "-100.00%", "n/a", "no bankrupt 2015-08-24"],
        ["Buy & Hold (Benchmark)", "Pure", "-5.00%", "0", ""],
    ]
    assert ranking_table(two, most=1).headings == ["Strategy", "Type", "Return", "Beats\nbuy & hold"]


def test_a_metric_of_ones_own_is_in_every_report(two, summary):
    best = {"sharpe": None, "max_drawdown": -0.5, "win_rate": None, "trades": 0}  # which the best strategy's lines name
    ranked = tuple(replace(result, metrics=result.metrics | best) for result in two.ranked)
    hold = replace(two.benchmark, metrics=two.benchmark.metrics | best)
    own = replace(summary, comparison=Comparison(ranked, hold))
    assert '<td class="longest_wait"><data value="1234">1,234</data></td>' in page_of(own)
    assert "Longest" in printed_of(own)
    assert json_of(own)["strategies"][0]["hidden"] == 1.0
    table = csv_tables(own, ())["summary.csv"]
    assert table["hidden"].tolist() == [1.0, 2.0]
    assert table["bankrupt"].isna().tolist() == [True, False]

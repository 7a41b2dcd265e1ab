from dataclasses import replace
from datetime import date

import pytest

from backtrader_walkforward.evaluation import Comparison, Metrics
from backtrader_walkforward.metric import Metric
from backtrader_walkforward.reports.columns import hybrid_legend, measures_of, ranking, ranking_table
from backtrader_walkforward.reports.data_files import csv_tables
from backtrader_walkforward.reports.terminal_summary import best_text
from tests.reports.rendered import json_of, page_of, printed_of

DECLARED = {
    "total_return": Metric("percent", "Return"),
    "longest_wait": Metric("count", "Longest wait"),
    "hidden": Metric("number", "Hidden", in_ranking=False),
    "bankrupt": Metric("date", "Bankrupt", in_ranking=False),
}


BEATS = ["Beats B&H\nin return", "Beats B&H\nin Sharpe"]


@pytest.fixture
def two(comparison):
    """A variant and buy & hold with metrics of somebody's own."""

    def result(name, **figures):
        return replace(comparison.best, name=name, kind="Pure", metrics=Metrics(figures, DECLARED))

    ruin = date(2015, 8, 24)
    return Comparison(
        (
            result("calm", total_return=0.125, sharpe=1.5, trades=1, longest_wait=1234, hidden=1.0, bankrupt=None),
            result("wild", total_return=-1.0, sharpe=None, trades=0, longest_wait=None, hidden=2.0, bankrupt=ruin),
        ),
        result("buy_and_hold", total_return=-0.05, sharpe=-0.25, trades=0, longest_wait=0, hidden=3.0, bankrupt=None),
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


def test_half_of_a_rising_market_earns_less_for_the_same_risk(comparison, two):
    """Return and Sharpe ratio are compared apart: one says how much, the other at which risk."""
    half = replace(two.best, metrics=two.best.metrics | {"total_return": 0.1, "sharpe": 1.0 + 1e-12})
    hold = replace(two.benchmark, metrics=two.benchmark.metrics | {"total_return": 0.2, "sharpe": 1.0})
    calm = replace(two.best, metrics=two.best.metrics | {"total_return": 0.1, "sharpe": 1.1})
    for variant, answers in ((half, (False, False)), (calm, (False, True))):
        (entry,) = ranking(Comparison((variant,), hold))
        assert (entry["beats_benchmark"], entry["beats_benchmark_sharpe"]) == answers


@pytest.mark.parametrize(("trades", "weight", "marked"), [(1, 0.01, True), (0, 0.5, False), (1, 0.001, False)])
def test_the_best_has_closed_a_trade_and_had_money_at_work(two, trades, weight, marked):
    best = replace(two.best, metrics=two.best.metrics | {"trades": trades}, weights=0 * two.best.weights - weight)
    name = ranking_table(Comparison((best, two.ranked[1]), two.benchmark)).rows[0][0]
    assert name == ("Calm *BEST*" if marked else "Calm")


@pytest.mark.parametrize("sharpe", [-0.01, 0.0, None])
def test_a_loss_is_not_called_the_best(two, sharpe):
    loser = replace(two.best, metrics=two.best.metrics | {"sharpe": sharpe})
    comparison = Comparison((loser,), two.benchmark)
    assert ranking_table(comparison).rows[0][0] == "Calm"
    assert best_text(comparison) == "HIGHEST SHARPE RATIO, NONE ABOVE 0: CALM"


def test_the_ranking_has_a_column_for_each_metric_that_asks_for_one(two):
    table = ranking_table(two)
    assert table.headings == ["Strategy", "Type", "Return", "Longest\nwait", *BEATS]
    assert table.rows == [
        ["Calm *BEST*", "Pure", "12.50%", "1,234", "yes", "yes"],
        ["Wild bankrupt 2015-08-24", "Pure", "-100.00%", "n/a", "no", "n/a"],
        ["Buy & hold (benchmark)", "Pure", "-5.00%", "0", "", ""],
    ]
    assert ranking_table(two, most=1).headings == ["Strategy", "Type", "Return", *BEATS]


def test_a_metric_of_ones_own_is_in_every_report(two, summary):
    best = {"max_drawdown": -0.5, "win_rate": None}  # which the best strategy's lines name
    ranked = tuple(replace(result, metrics=result.metrics | best) for result in two.ranked)
    hold = replace(two.benchmark, metrics=two.benchmark.metrics | best)
    own = replace(summary, comparison=Comparison(ranked, hold))
    assert '<td class="longest_wait"><data value="1234">1,234</data></td>' in page_of(own)
    assert "Longest" in printed_of(own)
    assert json_of(own)["strategies"][0]["hidden"] == 1.0
    table = csv_tables(own, ())["summary.csv"]
    assert table["hidden"].tolist() == [1.0, 2.0]
    assert table["bankrupt"].isna().tolist() == [True, False]


def test_type_and_name_of_a_hybrid_are_explained_beside_the_ranking(summary, comparison):
    legend = (
        "A 30/70 split trades 30% of the capital, and buys and holds with 70%. Its name, hybrid 70/30, begins with what"
        " is held."
    )
    assert hybrid_legend(comparison) == legend
    assert legend in printed_of(summary).replace("\n", " ")
    assert f'<h2>Ranking by Sharpe ratio</h2>\n<p class="says">{legend}</p>' in page_of(summary)
    pure = Comparison(tuple(one for one in comparison.ranked if one.kind == "Pure"), comparison.benchmark)
    assert hybrid_legend(pure) == ""


def test_a_strategy_may_have_the_word_hybrid_in_its_name(comparison):
    names = {"kelly": "my_hybrid_one", "kelly_hybrid_70_30": "my_hybrid_one_hybrid_80_20"}
    ranked = tuple(replace(one, name=names.get(one.name, one.name)) for one in comparison.ranked)
    assert hybrid_legend(Comparison(ranked, comparison.benchmark)).startswith("A 20/80 split trades 20%")
    pure = tuple(one for one in ranked if one.kind == "Pure")
    assert "my_hybrid_one" in [one.name for one in pure]
    assert hybrid_legend(Comparison(pure, comparison.benchmark)) == ""

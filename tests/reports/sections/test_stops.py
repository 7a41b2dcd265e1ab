from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import Comparison, Diagnostics
from backtrader_walkforward.reports.sections.stops import section, stops_text
from tests.reports.rendered import json_of, page_of, printed_of

STOPPED = [(3, 0), (1, 4), (0, 0)]
RETURNS, RETURNS_WITHOUT = (0.125, 0.0625, 0.0), (0.1, 0.075, 0.0)


@pytest.fixture
def stopped(comparison):
    """The ranking with stops on."""
    ranked = [
        replace(
            result,
            stopped={"stop_loss": losses, "take_profit": profits},
            metrics=result.metrics | dict(total_return=total_return),
        )
        for result, (losses, profits), total_return in zip(comparison.ranked, STOPPED, RETURNS, strict=True)
    ]
    return Comparison(tuple(ranked), comparison.benchmark)


@pytest.fixture
def stops(comparison):
    """The results without stops."""
    return {
        result.name: replace(result, metrics=result.metrics | dict(total_return=total_return, max_drawdown=-0.2))
        for result, total_return in zip(comparison.ranked, RETURNS_WITHOUT, strict=True)
    }


@pytest.fixture
def run(summary, stopped, stops):
    return replace(summary, comparison=stopped, diagnostics=Diagnostics(stops=stops))


def test_words_count_the_closed_positions_and_the_variants_that_gained(stopped, stops):
    words = stops_text(stopped, stops)
    assert words.startswith("Stops closed 8 positions and raised the return of 1 of 3 variants. Kelly hybrid 70/30 ")
    assert words.endswith("% with stops and 10.00% without them: 3 by stop-loss, 0 by take-profit.")


def test_a_best_variant_without_stops_has_no_sentence(stopped, stops):
    del stops[stopped.best.name]
    assert stops_text(stopped, stops) == "Stops closed 5 positions and raised the return of 0 of 2 variants."


def test_the_table_has_a_row_for_each_variant(run):
    [table] = section(run).tables
    assert [row[1] for row in table.rows] == [
        "3 by stop-loss, 0 by take-profit",
        "1 by stop-loss, 4 by take-profit",
        "0 by stop-loss, 0 by take-profit",
    ]
    assert [row[3] for row in table.rows] == ["2.50%", "-1.25%", "0.00%"]


def test_results_hold_the_effect_or_null(summary, run):
    assert json_of(run)["strategies"][0]["stops"] == {
        "fired": {"stop_loss": 3, "take_profit": 0},
        "total_return_without": 0.1,
        "max_drawdown_without": -0.2,
        "saved": pytest.approx(0.025),
    }
    assert [variant["stops"] for variant in json_of(summary)["strategies"]] == [None] * 3


@pytest.mark.parametrize("on", [True, False])
def test_page_and_terminal_have_the_section_only_where_stops_were_on(summary, run, on):
    shown = run if on else summary
    assert ("<h2>Stops</h2>" in page_of(shown)) is on
    assert ("Stops closed 8 positions" in printed_of(shown)) is on

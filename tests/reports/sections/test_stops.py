from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import StopsEffect
from backtrader_walkforward.reports.sections.stops import section, stops_text
from tests.reports.rendered import json_of, page_of, printed_of


@pytest.fixture
def stops(comparison):
    names = [result.name for result in comparison.ranked]
    effects = [
        StopsEffect({"stop_loss": 3, "take_profit": 0}, 0.1, -0.2, 0.02),
        StopsEffect({"stop_loss": 1, "take_profit": 4}, 0.05, -0.1, -0.01),
        StopsEffect({"stop_loss": 0, "take_profit": 0}, 0.0, 0.0, 0.0),
    ]
    return dict(zip(names, effects, strict=True))


def test_words_count_the_closed_positions_and_the_variants_that_gained(comparison, stops):
    words = stops_text(comparison.best, stops)
    assert words.startswith("Stops closed 8 positions and raised the return of 1 of 3 variants. Kelly hybrid 70/30 ")
    assert words.endswith("% with stops and 10.00% without them: 3 by stop-loss, 0 by take-profit.")


def test_a_best_variant_without_stops_has_no_sentence(comparison, stops):
    del stops[comparison.best.name]
    assert stops_text(comparison.best, stops) == "Stops closed 5 positions and raised the return of 0 of 2 variants."


def test_the_table_has_a_row_for_each_variant(summary, stops):
    [table] = section(replace(summary, stops=stops)).tables
    assert [row[1] for row in table.rows] == [
        "3 by stop-loss, 0 by take-profit",
        "1 by stop-loss, 4 by take-profit",
        "0 by stop-loss, 0 by take-profit",
    ]
    assert [row[3] for row in table.rows] == ["2.00%", "-1.00%", "0.00%"]


def test_results_hold_the_effect_or_null(summary, stops):
    assert json_of(replace(summary, stops=stops))["strategies"][0]["stops"] == {
        "fired": {"stop_loss": 3, "take_profit": 0},
        "total_return_without": 0.1,
        "max_drawdown_without": -0.2,
        "saved": 0.02,
    }
    assert [variant["stops"] for variant in json_of(summary)["strategies"]] == [None] * 3


@pytest.mark.parametrize("on", [True, False])
def test_page_and_terminal_have_the_section_only_where_stops_were_on(summary, stops, on):
    shown = replace(summary, stops=stops if on else None)
    assert ("<h2>Stops</h2>" in page_of(shown)) is on
    assert ("Stops closed 8 positions" in printed_of(shown)) is on

"""What reports say of stops: nothing where none was on."""

import json
from dataclasses import replace
from io import StringIO

import pytest

from backtrader_walkforward.evaluation.stops_effect import StopsEffect
from backtrader_walkforward.reports.index_page import index_page
from backtrader_walkforward.reports.results_json import results_json
from backtrader_walkforward.reports.sections.stops import stops_section, stops_text
from backtrader_walkforward.reports.terminal import Terminal


@pytest.fixture
def stops(comparison):
    names = [result.name for result in comparison.ranked]
    effects = [
        StopsEffect({"stop_loss": 3, "take_profit": 0}, 0.1, -0.2, 0.02),
        StopsEffect({"stop_loss": 1, "take_profit": 4}, 0.05, -0.1, -0.01),
        StopsEffect({"stop_loss": 0, "take_profit": 0}, 0.0, 0.0, 0.0),
    ]
    return dict(zip(names, effects, strict=True))


def test_words_count_what_was_closed_and_who_gained(comparison, stops):
    words = stops_text(comparison, stops)
    assert words.startswith("Stops closed 8 positions and raised the return of 1 of 3 variants. ")
    assert words.endswith(", without them 10.00%: 3 by stop-loss, 0 by take-profit.")


def test_a_winner_without_stops_is_not_spoken_of(comparison, stops):
    del stops[comparison.best.name]
    assert stops_text(comparison, stops) == "Stops closed 5 positions and raised the return of 0 of 2 variants."


def test_the_block_has_a_row_a_variant_and_is_absent_without_stops(comparison, stops):
    block = stops_section(comparison, stops)
    assert block.count("<tr>") == 1 + 3
    assert "<td>-1.00%</td>" in block
    assert stops_section(comparison, None) == ""


def test_results_hold_the_effect_or_null(comparison, summary, stops):
    entries = json.loads(results_json(replace(summary, stops=stops)))["strategies"]
    assert entries[0]["stops"] == {
        "fired": {"stop_loss": 3, "take_profit": 0},
        "total_return_without": 0.1,
        "max_drawdown_without": -0.2,
        "saved": 0.02,
    }
    assert all(entry["stops"] is None for entry in json.loads(results_json(summary))["strategies"])


def test_page_and_terminal_say_it_only_where_stops_were_on(comparison, summary, stops):
    with_stops = replace(summary, stops=stops)
    assert "<h2>Stops</h2>" in index_page(with_stops, b"", {})
    assert "<h2>Stops</h2>" not in index_page(summary, b"", {})
    for told, expected in ((with_stops, True), (summary, False)):
        file = StringIO()
        Terminal(file=file).summary(told)
        assert ("Stops closed 8 positions" in file.getvalue()) is expected

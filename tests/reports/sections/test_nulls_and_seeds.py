import json
from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation.by_seed import Range, SeedSpread
from backtrader_walkforward.evaluation.null_percentiles import ConstantNull, NullPercentile, Nulls
from backtrader_walkforward.reports.index_page import index_page
from backtrader_walkforward.reports.results_json import results_json
from backtrader_walkforward.reports.sections.nulls_and_seeds import nulls_in_words, seeds_in_words
from backtrader_walkforward.reports.terminal import Terminal


@pytest.fixture
def nulls(comparison):
    return Nulls(
        draws=20,
        always_long=ConstantNull(total_return=-0.073, sharpe=-0.68),
        always_short=ConstantNull(total_return=0.063, sharpe=None),
        percentiles={r.name: NullPercentile(shuffled=0.35, same_turnover=0.125) for r in comparison.ranked},
    )


@pytest.fixture
def seeds(comparison):
    names = [result.name for result in comparison.ranked]
    return SeedSpread(
        seeds=(7, 8),
        best=(names[0], names[1]),
        total_return=dict.fromkeys(names, Range(-0.01, 0.02, 0.05)),
        sharpe=dict.fromkeys(names, Range(-0.5, 0.25, 1.0)) | {names[0]: None},
    )


@pytest.fixture
def judged(facts, nulls, seeds):
    return replace(facts, nulls=nulls, seeds=seeds)


def test_the_winners_places_and_the_constants_are_said(comparison, nulls):
    said = nulls_in_words(comparison, nulls)
    assert "than 35% of 20 that traded its forecasts in random order" in said
    assert "than 12% of 20 that held its positions on other days" in said
    assert said.endswith("Always long gave -7.30% (Sharpe ratio -0.68), always short 6.30% (Sharpe ratio n/a).")


def test_it_is_said_which_seed_makes_which_variant_the_best(seeds):
    assert seeds_in_words(seeds).startswith("With seeds 7 to 8 the best changes: ")
    assert seeds_in_words(seeds).endswith("(8).")
    same = replace(seeds, best=("kelly", "kelly"))
    assert seeds_in_words(same) == "With seeds 7 to 8 the best is always Kelly."


def test_results_hold_places_and_ranges_of_each_variant(comparison, judged):
    told = json.loads(results_json(comparison, judged))
    best, second = told["strategies"][:2]
    assert (best["above_shuffled"], best["above_same_turnover"]) == (0.35, 0.125)
    assert second["sharpe_by_seed"] == {"lowest": -0.5, "median": 0.25, "highest": 1.0}
    assert best["sharpe_by_seed"] is None
    assert told["nulls"]["always_short"] == {"total_return": 0.063, "sharpe": None}
    assert told["seeds"] == {"best_by_seed": {"7": best["name"], "8": second["name"]}, "best_changes": True}


def test_what_was_not_asked_for_is_null_and_leaves_no_heading(comparison, facts):
    told = json.loads(results_json(comparison, facts))
    assert told["nulls"] is None
    assert told["seeds"] is None
    assert "Other seeds" not in index_page(comparison, facts, b"", {})


def test_page_and_terminal_show_them(comparison, judged, capsys):
    page = index_page(comparison, judged, b"", {})
    assert page.count("<td>35%</td><td>12%</td>") == len(comparison.ranked)
    assert "<td>-1.00% / 2.00% / 5.00%</td><td>n/a</td>" in page
    Terminal().summary(comparison, judged)
    printed = capsys.readouterr().out
    assert "Beside accounts that knew nothing" in printed
    assert printed.count("-1.00% / 2.00% / 5.00%") == len(comparison.ranked)

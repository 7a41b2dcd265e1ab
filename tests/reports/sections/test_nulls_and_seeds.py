import json
from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation.by_seed import Range, SeedDispersion
from backtrader_walkforward.evaluation.null_percentiles import ConstantPosition, NullModelPercentile, NullModels
from backtrader_walkforward.reports.index_page import index_page
from backtrader_walkforward.reports.results_json import results_json
from backtrader_walkforward.reports.sections.nulls_and_seeds import null_models_text, seeds_text
from backtrader_walkforward.reports.terminal import Terminal


@pytest.fixture
def null_models(comparison):
    return NullModels(
        draws=20,
        always_long=ConstantPosition(total_return=-0.073, sharpe=-0.68),
        always_short=ConstantPosition(total_return=0.063, sharpe=None),
        percentiles={r.name: NullModelPercentile(shuffled=0.35, shifted_positions=0.125) for r in comparison.ranked},
    )


@pytest.fixture
def seeds(comparison):
    names = [result.name for result in comparison.ranked]
    return SeedDispersion(
        seeds=(7, 8),
        best=(names[0], names[1]),
        total_return=dict.fromkeys(names, Range(-0.01, 0.02, 0.05)),
        sharpe=dict.fromkeys(names, Range(-0.5, 0.25, 1.0)) | {names[0]: None},
    )


@pytest.fixture
def assessed(summary, null_models, seeds):
    return replace(summary, null_models=null_models, seeds=seeds)


def test_the_winners_places_and_the_constants_are_said(comparison, null_models):
    said = null_models_text(comparison, null_models)
    assert "than 35% of 20 that traded its forecasts in random order" in said
    assert "than 12% of 20 that held its positions on other days" in said
    assert said.endswith("Always long gave -7.30% (Sharpe ratio -0.68), always short 6.30% (Sharpe ratio n/a).")


def test_it_is_said_which_seed_makes_which_variant_the_best(seeds):
    assert seeds_text(seeds).startswith("With seeds 7 to 8 the best changes: ")
    assert seeds_text(seeds).endswith("(8).")
    same = replace(seeds, best=("kelly", "kelly"))
    assert seeds_text(same) == "With seeds 7 to 8 the best is always Kelly."


def test_results_hold_places_and_ranges_of_each_variant(comparison, assessed):
    told = json.loads(results_json(assessed))
    best, second = told["strategies"][:2]
    assert (best["above_shuffled"], best["above_shifted_positions"]) == (0.35, 0.125)
    assert second["sharpe_by_seed"] == {"lowest": -0.5, "median": 0.25, "highest": 1.0}
    assert best["sharpe_by_seed"] is None
    assert told["null_models"]["always_short"] == {"total_return": 0.063, "sharpe": None}
    assert told["seeds"] == {"best_by_seed": {"7": best["name"], "8": second["name"]}, "best_changes": True}


def test_what_was_not_asked_for_is_null_and_leaves_no_heading(comparison, summary):
    told = json.loads(results_json(summary))
    assert told["null_models"] is None
    assert told["seeds"] is None
    assert "Other seeds" not in index_page(summary, b"", {})


def test_page_and_terminal_show_them(comparison, assessed, capsys):
    page = index_page(assessed, b"", {})
    assert page.count("<td>35%</td><td>12%</td>") == len(comparison.ranked)
    assert "<td>-1.00% / 2.00% / 5.00%</td><td>n/a</td>" in page
    Terminal().summary(assessed)
    printed = capsys.readouterr().out
    assert "Diagnostics accounts that knew nothing" in printed
    assert printed.count("-1.00% / 2.00% / 5.00%") == len(comparison.ranked)

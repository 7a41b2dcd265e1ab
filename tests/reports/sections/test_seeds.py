from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import Diagnostics, Range, SeedDispersion
from backtrader_walkforward.reports.sections.seeds import seeds_text
from tests.reports.rendered import json_of, page_of, printed_of


@pytest.fixture
def seeds(comparison):
    names = [result.name for result in comparison.ranked]
    return SeedDispersion(
        seeds=(7, 8),
        best=(names[0], names[1]),
        total_return=dict.fromkeys(names, Range(-0.01, 0.02, 0.05)),
        sharpe=dict.fromkeys(names, Range(-0.5, 0.25, 1.0)) | {names[0]: None},
    )


def test_words_name_the_seed_that_makes_each_variant_the_best(seeds):
    second = {"kelly": "Kelly", "binary": "Binary"}[seeds.best[1]]
    assert seeds_text(seeds) == f"With seeds 7 to 8 the best changes: Kelly hybrid 70/30 (7), {second} (8)."
    same = replace(seeds, best=("kelly", "kelly"))
    assert seeds_text(same) == "With seeds 7 to 8 the best is always Kelly."


def test_results_hold_the_ranges_of_each_variant(summary, seeds):
    told = json_of(replace(summary, diagnostics=Diagnostics(seeds=seeds)))
    best, second = told["strategies"][:2]
    assert second["sharpe_by_seed"] == {"lowest": -0.5, "median": 0.25, "highest": 1.0}
    assert second["total_return_by_seed"] == {"lowest": -0.01, "median": 0.02, "highest": 0.05}
    assert best["sharpe_by_seed"] is None
    assert told["seeds"] == {"best_by_seed": {"7": best["name"], "8": second["name"]}, "best_changes": True}


def test_page_and_terminal_show_the_ranges(summary, seeds, comparison):
    repeated = replace(summary, diagnostics=Diagnostics(seeds=seeds))
    assert "<td>-1.00% / 2.00% / 5.00%</td><td>n/a</td>" in page_of(repeated)
    assert printed_of(repeated).count("-1.00% / 2.00% / 5.00%") == len(comparison.ranked)


def test_with_one_seed_the_section_is_absent(summary):
    assert json_of(summary)["seeds"] is None
    assert "Other seeds" not in page_of(summary)
    assert "With seeds" not in printed_of(summary)

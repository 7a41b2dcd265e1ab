from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import Comparison, ConstantPosition, Diagnostics, NullModelPercentile, NullModels
from backtrader_walkforward.reports.sections.null_models import section
from tests.reports.rendered import json_of, page_of, printed_of


@pytest.fixture
def compared(summary, comparison):
    null_models = NullModels(
        draws=20,
        always_long=ConstantPosition(total_return=-0.073, sharpe=-0.68),
        always_short=ConstantPosition(total_return=0.063, sharpe=None),
        percentiles={r.name: NullModelPercentile(shuffled=0.35, shifted_positions=0.125) for r in comparison.ranked},
    )
    return replace(summary, diagnostics=Diagnostics(null_models=null_models))


def test_the_best_variant_and_the_constant_positions_are_in_words(compared):
    assert section(compared).sentences == [
        "Null models, accounts without information: Kelly hybrid 70/30 has a higher Sharpe ratio than 35% of 20"
        " accounts that traded its forecasts in random order, and than 12% of 20 that held its positions on other days."
        " Always long gave -7.30% (Sharpe ratio -0.68), always short 6.30% (Sharpe ratio n/a)."
    ]


def test_a_variant_without_a_position_of_its_own_stands_nowhere(compared, comparison):
    idle = replace(comparison.best, weights=comparison.best.weights * 0)
    [sentence] = section(replace(compared, comparison=Comparison((idle,), comparison.benchmark))).sentences
    assert "Kelly hybrid 70/30 took no position of its own, so there is nothing to compare. Always long" in sentence


def test_results_hold_the_percentiles_of_each_variant(compared):
    told = json_of(compared)
    for variant in told["strategies"]:
        assert (variant["above_shuffled"], variant["above_shifted_positions"]) == (0.35, 0.125)
    assert told["null_models"] == {
        "draws": 20,
        "always_long": {"total_return": -0.073, "sharpe": -0.68},
        "always_short": {"total_return": 0.063, "sharpe": None},
    }


def test_the_page_has_the_table_and_the_terminal_the_sentence(compared, comparison):
    assert page_of(compared).count("<td>35%</td><td>12%</td>") == len(comparison.ranked)
    assert printed_of(compared).count("35%") == 1


def test_without_draws_the_section_is_absent(summary):
    assert json_of(summary)["null_models"] is None
    assert "without information" not in page_of(summary) + printed_of(summary)

import json
from dataclasses import replace

import pytest

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.data_files import results_json
from backtrader_walkforward.reports.sections import sections_of
from tests.reports.rendered import json_of

RUN = {"ticker", "source", "first_date", "last_date", "rows", "seed", "data_sha256", "settings", "forecast"}
RANKING = {"benchmark", "strategies", "best", "trials", "significance"}
FORECAST = {"train_sequences", "test_sequences", "folds", "rmse", "mean_rmse", "naive_rmse", "next_session"}
STRATEGY = {"name", "type", "total_return", "annual_return", "sharpe", "max_drawdown", "win_rate", "trades"}
TRADING = {
    "rejected_orders",
    "exposure",
    "net_exposure",
    "gross_exposure",
    "turnover",
    "final_value",
    "beats_benchmark",
    "beats_benchmark_sharpe",
    "bankrupt",
}


def test_the_keys_are_those_of_the_design(comparison, summary):
    found = json_of(summary)
    assert found.keys() >= RUN | RANKING
    assert found["forecast"].keys() >= FORECAST | {"directional_accuracy"}
    assert found["strategies"][0].keys() >= STRATEGY | TRADING


SIGNIFICANCE = {
    "deflated_sharpe_ratio",
    "headline",
    "reason",
    "verdict",
    "warnings",
    "shows_skill",
    "superior_predictive_ability",
    "confidence_set",
}
OF_A_VARIANT = {"sharpe_interval", "in_confidence_set"}
TESTS = {"mase", "r_squared", "clark_west", "pesaran_timmermann", "spread_within_folds", "long_ratio", "verdict"}


def test_significance_is_there_for_the_run_and_for_each_variant(comparison, summary):
    found = json_of(summary)
    assert found["significance"].keys() >= SIGNIFICANCE
    assert "variants" not in found["significance"]
    assert found["forecast"].keys() >= TESTS
    assert found["forecast"]["clark_west"] == {"statistic": 0.61, "p_value": 0.2709, "days": 144}
    for strategy in found["strategies"]:
        assert strategy.keys() >= OF_A_VARIANT
        low, high = strategy["sharpe_interval"]
        assert low < strategy["sharpe"] < high
        assert strategy["in_confidence_set"] == (strategy["name"] in found["significance"]["confidence_set"])


def test_the_text_reads_back_to_the_bit(comparison, summary):
    read = json_of(summary)
    assert read["best"] == comparison.best.name
    assert read["strategies"][0]["sharpe"] == comparison.best.metrics.sharpe
    assert read["forecast"]["train_sequences"] == [276, 60, 31]
    assert (read["first_date"], read["test"]["first_date"]) == ("2014-01-02", "2015-06-01")


@pytest.mark.parametrize("undefined", [None, float("nan"), float("inf")])
def test_what_is_undefined_is_null(comparison, summary, undefined):
    best = comparison.best
    odd = replace(best, metrics=best.metrics | {"sortino": undefined})
    other = replace(summary, comparison=Comparison((odd,), comparison.benchmark))
    text = results_json(other, sections_of(other))
    assert json.loads(text)["strategies"][0]["sortino"] is None
    assert "NaN" not in text


def test_settings_stand_in_the_order_of_the_alphabet(summary):
    settings = json.loads(results_json(summary, sections_of(summary)))["settings"]
    assert list(settings) == sorted(settings)
    assert settings["seed"] == 7

"""A forecast that is a constant is told once: in the warnings, with its figure."""

import json
from dataclasses import replace

import pytest

from backtrader_walkforward.significance import assess_significance
from tests.reports.rendered import json_of, page_of, printed_of

WARNING = (
    "The forecast is nearly a constant: it does not tell one day from another. Within a fit its standard deviation is"
    " 0.40% of that of the returns, less than 2%."
)


@pytest.fixture(scope="module")
def constant(summary, comparison):
    """A run whose forecast is a rise on every day, and moves by .4 % of the returns."""
    skill = replace(summary.forecast_summary.skill, spread_within_folds=0.004, long_ratio=1.0, short_ratio=0.0)
    forecast = replace(summary.forecast_summary, skill=skill)
    return replace(summary, forecast_summary=forecast, significance=assess_significance(comparison, skill, seed=7))


@pytest.mark.parametrize("text_of", [page_of, printed_of, lambda run: json.dumps(json_of(run))])
def test_the_reader_is_told_once(constant, text_of):
    text = text_of(constant)
    assert text.count("nearly a constant") == 1
    assert WARNING in text
    assert "always on one side" not in text
    assert "hardly moves" not in text
    assert "hardly changes" not in text


def test_the_warning_is_one_of_the_list(constant):
    assert json_of(constant)["significance"]["warnings"].count(WARNING) == 1


def test_a_forecast_that_moves_has_no_such_warning(summary):
    assert "nearly a constant" not in page_of(summary)


def test_one_that_is_behind_the_mean_is_said_to_be_no_better(constant):
    skill = replace(constant.forecast_summary.skill, r_squared=-0.005)
    assert skill.verdict.startswith(
        "The forecast is no better than the mean of its training days. Its squared error is 0.5% larger than"
    )

"""Forecasts by fifths, and the errors of each fold, at values that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import calibrate, errors_by_fold, measure_forecast

DAYS = pd.bdate_range("2020-01-01", periods=11)


def forecasts(*predicted):
    return pd.DataFrame({"predicted_return": predicted}, DAYS[: len(predicted)])


def test_fifths_by_hand():
    """Ten days in no order, two a fifth; the eleventh return is not yet known."""
    predicted = forecasts(0.05, 0.01, 0.09, 0.02, 0.10, 0.03, 0.06, 0.04, 0.08, 0.07, 0.99)
    returns = pd.Series([0.0, -0.02, 0.01, 0.0, 0.03, 0.02, 0.02, 0.0, -0.01, 0.01, np.nan], DAYS)
    fifths = calibrate(predicted, returns)
    assert fifths.index.tolist() == [1, 2, 3, 4, 5]
    assert fifths["days"].tolist() == [2, 2, 2, 2, 2]
    assert fifths["predicted"].tolist() == pytest.approx([0.015, 0.035, 0.055, 0.075, 0.095])
    assert fifths["actual"].tolist() == pytest.approx([-0.01, 0.01, 0.01, 0.0, 0.02])
    assert fifths["standard_error"].tolist() == pytest.approx([0.01] * 5)  # half the distance of two returns


def test_days_that_do_not_divide_are_spread():
    fifths = calibrate(forecasts(*range(7)), pd.Series(0.0, DAYS))
    assert fifths["days"].tolist() == [1, 2, 1, 2, 1]
    assert fifths["standard_error"].isna().tolist() == [True, False, True, False, True]


def test_equal_forecasts_are_in_one_group():
    """Which of them comes first would be decided by the calendar."""
    returns = pd.Series([0.01, -0.01, 0.03, 0.01, 0.02, 0.0, 0.01, 0.0, 0.02, 0.01, 0.0], DAYS)
    constant = calibrate(forecasts(*[0.001] * 10), returns)
    assert constant.index.tolist() == [3]
    assert constant.loc[3, ["days", "predicted", "actual"]].tolist() == pytest.approx([10, 0.001, 0.01])
    two = calibrate(forecasts(*[-0.01] * 5, *[0.02] * 5), returns)
    assert two["days"].tolist() == [5, 5]
    assert two["predicted"].tolist() == pytest.approx([-0.01, 0.02])


def test_errors_by_fold_by_hand():
    table = forecasts(0.01, 0.01, 0.0, 0.02, 0.5).assign(fold=[3, 3, 4, 4, 5], training_mean=0.01)
    returns = pd.Series([0.02, 0.0, 0.03, 0.06, np.nan], DAYS[:5])
    errors = errors_by_fold(table, returns)
    assert errors.index.tolist() == [3, 4]  # no return of fold 5 is known
    assert errors["first_date"].tolist() == [DAYS[0], DAYS[2]]
    assert errors["days"].tolist() == [2, 2]
    assert errors["rmse"].tolist() == pytest.approx([0.01, ((0.03**2 + 0.04**2) / 2) ** 0.5])
    assert errors["mean_rmse"].tolist() == pytest.approx([0.01, ((0.02**2 + 0.05**2) / 2) ** 0.5])


def test_folds_add_up_to_the_whole():
    """The squared errors of the folds, weighted by their days, are those of the summary."""
    draw = np.random.default_rng(3)
    days = pd.bdate_range("2020-01-01", periods=100)
    table = pd.DataFrame({"predicted_return": draw.normal(0, 0.001, 100), "fold": np.arange(100) // 21}, days)
    table, returns = table.assign(training_mean=0.0004), pd.Series(draw.normal(0, 0.01, 100), days)
    errors, skill = errors_by_fold(table, returns), measure_forecast(table, returns, 1)
    for column, whole in (("rmse", skill.rmse), ("mean_rmse", skill.mean_rmse)):
        assert np.sqrt(np.average(errors[column] ** 2, weights=errors["days"])) == pytest.approx(whole)

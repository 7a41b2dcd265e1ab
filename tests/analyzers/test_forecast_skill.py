"""Errors of a forecast beside those of the naive one."""

import numpy as np
import pandas as pd
import pytest

from analyzers import measure_forecast

DAYS = pd.bdate_range("2020-01-01", periods=5)
CLOSE = pd.Series([100.0, 102, 101, 104, 104], DAYS)


def forecasts_of(predicted_close):
    predicted_close = pd.Series(predicted_close, DAYS, dtype=float)
    return pd.DataFrame({"predicted_close": predicted_close, "predicted_return": predicted_close / CLOSE - 1})


def test_by_hand():
    skill = measure_forecast(forecasts_of([101, 103, 103, 105, 999]), CLOSE)
    assert skill.days == 4
    assert skill.mae == pytest.approx((1 + 2 + 1 + 1) / 4)
    assert skill.rmse == pytest.approx(np.sqrt((1 + 4 + 1 + 1) / 4))
    assert skill.naive_mae == pytest.approx((2 + 1 + 3 + 0) / 4)
    assert skill.naive_rmse == pytest.approx(np.sqrt((4 + 1 + 9 + 0) / 4))
    assert skill.skill == pytest.approx(1 - 7 / 14)
    assert skill.directional_accuracy == pytest.approx(2 / 3)


def test_the_naive_forecast_has_no_skill_and_no_direction():
    skill = measure_forecast(forecasts_of(CLOSE), CLOSE)
    assert (skill.skill, skill.rmse, skill.directional_accuracy) == (0.0, skill.naive_rmse, None)


def test_the_perfect_forecast():
    skill = measure_forecast(forecasts_of([102, 101, 104, 104, 1]), CLOSE)
    assert (skill.skill, skill.rmse, skill.directional_accuracy) == (1.0, 0.0, 1.0)


def test_prices_that_never_move_leave_skill_undefined():
    flat = pd.Series(100.0, DAYS)
    assert measure_forecast(forecasts_of([100] * 5), flat).skill is None

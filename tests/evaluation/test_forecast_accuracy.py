"""Errors of a forecast beside those of the naive one."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import ForecastTest, measure_forecast

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
    assert skill.mean_error == pytest.approx((-1 + 2 - 1 + 1) / 4)
    assert skill.mean_error_share == pytest.approx(0.25 / np.sqrt(7 / 4))
    assert (skill.long_ratio, skill.short_ratio) == (1.0, 0.0)
    assert skill.pesaran_timmermann == ForecastTest(None, None, 3)


def test_errors_are_scaled_by_the_changes_before_the_first_forecast():
    before = pd.Series([90.0, 94, 98], pd.bdate_range(end="2019-12-31", periods=3))
    forecasts = forecasts_of([101, 103, 103, 105, 999])
    assert measure_forecast(forecasts, CLOSE).mase is None
    assert measure_forecast(forecasts, pd.concat([before, CLOSE])).mase == pytest.approx(1.25 / ((4 + 4 + 2) / 3))


def test_the_naive_forecast_has_no_skill_and_no_direction():
    skill = measure_forecast(forecasts_of(CLOSE), CLOSE)
    assert (skill.skill, skill.rmse, skill.directional_accuracy) == (0.0, skill.naive_rmse, None)
    assert (skill.theils_u2, skill.long_ratio, skill.short_ratio) == (1.0, 0.0, 0.0)
    assert skill.verdict == "The forecast is the naive one: tomorrow = today."


def test_the_perfect_forecast():
    skill = measure_forecast(forecasts_of([102, 101, 104, 104, 1]), CLOSE)
    assert (skill.skill, skill.rmse, skill.directional_accuracy) == (1.0, 0.0, 1.0)
    assert (skill.theils_u2, skill.mean_error_share) == (0.0, None)


def test_prices_that_never_move_leave_skill_undefined():
    flat = pd.Series(100.0, DAYS)
    skill = measure_forecast(forecasts_of([100] * 5).assign(predicted_return=0.01), flat)
    assert skill.skill is skill.theils_u2 is skill.clark_west.p_value is None
    assert skill.verdict == "The forecast cannot be judged: the price never moved."


def test_a_constant_miss_is_all_bias():
    skill = measure_forecast(forecasts_of(CLOSE.shift(-1).fillna(1.0) - 5), CLOSE)
    assert (skill.mean_error, skill.mean_error_share) == (-5.0, -1.0)
    assert skill.short_ratio == 1.0


@pytest.fixture
def verdict(sample):
    close = sample.loc["2016":"2018", "Close"]
    following = (close.shift(-1) / close - 1).fillna(0.0)

    def verdict(knowledge, noise):
        random = np.random.default_rng(3).normal(0, 0.01, len(close))
        predicted = knowledge * following + noise * random
        table = pd.DataFrame({"predicted_return": predicted, "predicted_close": close * (1 + predicted)})
        return measure_forecast(table, close).verdict

    return verdict


def test_a_forecast_is_called_what_it_is(verdict):
    naive = "The forecast is no better than the naive one, tomorrow = today: its squared error is "
    assert verdict(0, 0.1).startswith(naive)
    assert verdict(0, 0.1).endswith("% larger.")
    assert verdict(0, 5).startswith(naive)
    assert verdict(0, 5).endswith("times as large.")
    assert verdict(0.5, 0.0) == (
        "The forecast beats the naive one by 75.0% in squared error, more than chance would give (Clark-West)."
    )
    assert "0.1% in squared error, no more than chance may give (Clark-West p = 0.11)." in verdict(0, 0.01)

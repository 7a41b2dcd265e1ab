"""Errors of a forecast beside those of the mean of its training days, and of the naive forecast."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import ForecastTest, correlation, measure_forecast
from backtrader_walkforward.forecasting.windows import next_return

DAYS = pd.bdate_range("2020-01-01", periods=5)
CLOSE = pd.Series([100.0, 110, 99, 99, 108.9], DAYS)
"""Returns of 10 %, -10 %, 0 and 10 %."""
MEAN = 0.02


def measure(forecasts, price):
    return measure_forecast(forecasts, price.shift(-1) / price - 1, 1)


def forecasts_of(predicted_return, **columns):
    return pd.DataFrame({"predicted_return": predicted_return, "fold": [0, 0, 1, 1, 1]} | columns, DAYS)


def test_by_hand():
    """Errors of -.1, .2, 0 and 0 beside -.08, .12, .02 and -.08 of the mean, and of -.1, .1, 0 and -.1 of no change."""
    skill = measure(forecasts_of([0, 0.1, 0, 0.1, 9], training_mean=MEAN), CLOSE)
    assert skill.days == 4
    assert skill.rmse == pytest.approx(np.sqrt(0.05 / 4))
    assert skill.mean_rmse == pytest.approx(np.sqrt(0.0276 / 4))
    assert skill.naive_rmse == pytest.approx(np.sqrt(0.03 / 4))
    assert skill.r_squared == pytest.approx(1 - 0.05 / 0.0276)
    assert skill.naive_r_squared == pytest.approx(1 - 0.05 / 0.03)
    assert skill.spread_within_folds == pytest.approx(np.sqrt(0.01 / 2) / np.std([0.1, -0.1, 0, 0.1], ddof=1))
    assert skill.directional_accuracy == pytest.approx(1 / 2)
    assert skill.mean_error == pytest.approx(0.1 / 4)
    assert skill.mean_error_share == pytest.approx(0.025 / np.sqrt(0.05 / 4))
    assert (skill.long_ratio, skill.short_ratio) == (0.5, 0.0)
    assert skill.pesaran_timmermann == ForecastTest(None, None, 2)


def test_price_levels_do_not_mix():
    """The same returns at a hundred times the price, and after a fall to a tenth of it, weigh the same."""
    forecasts = forecasts_of([0, 0.1, 0, 0.1, 9], training_mean=MEAN)
    dear = pd.concat([pd.Series([1000.0], pd.bdate_range(end="2019-12-31", periods=1)), CLOSE])
    assert measure(forecasts, CLOSE * 100) == measure(forecasts, CLOSE)
    assert measure(forecasts, dear).rmse == measure(forecasts, CLOSE).rmse


def test_errors_are_scaled_by_the_returns_before_the_first_forecast():
    """Returns of 25 %, 25 % and -36 % before: mean absolute 28.67 %."""
    before = pd.Series([100.0, 125, 156.25], pd.bdate_range(end="2019-12-31", periods=3))
    forecasts = forecasts_of([0, 0.1, 0, 0.1, 9])
    assert measure(forecasts, CLOSE).mase is None
    skill = measure(forecasts, pd.concat([before, CLOSE]))
    assert skill.mase == pytest.approx((0.3 / 4) / (0.86 / 3))
    assert skill.naive_mase == pytest.approx((0.3 / 4) / (0.86 / 3))


def test_a_return_that_is_not_yet_known_at_the_first_forecast_scales_nothing():
    """From open to open: the return of the day before the first forecast, of 50 %, ends after it."""
    returns = pd.Series([0.1, -0.3, 0.5, 0.1, -0.1, 0.0, 0.1, np.nan], pd.bdate_range(end=DAYS[-1], periods=8))
    skill = measure_forecast(forecasts_of([0, 0.1, 0, 0.1, 9]), returns, horizon=2)
    assert skill.naive_mase == pytest.approx((0.3 / 4) / (0.4 / 2))


def test_the_naive_forecast_has_no_direction():
    skill = measure(forecasts_of(0.0, training_mean=MEAN), CLOSE)
    assert (skill.naive_r_squared, skill.rmse, skill.directional_accuracy) == (0.0, skill.naive_rmse, None)
    assert (skill.spread_within_folds, skill.long_ratio, skill.short_ratio) == (0.0, 0.0, 0.0)
    assert skill.verdict == (
        "The forecast is the naive one: tomorrow = today."
        " Its squared error is 8.7% larger than that of the mean of its training days."
    )


def test_the_perfect_forecast():
    skill = measure(forecasts_of((CLOSE.shift(-1) / CLOSE - 1).fillna(9), training_mean=MEAN), CLOSE)
    assert (skill.r_squared, skill.rmse, skill.directional_accuracy) == (1.0, 0.0, 1.0)
    assert (skill.mase, skill.mean_error_share) == (None, None)


def test_prices_that_never_move_leave_skill_undefined():
    skill = measure(forecasts_of(0.01, training_mean=0.0), pd.Series(100.0, DAYS))
    assert skill.r_squared is skill.naive_r_squared is skill.clark_west.p_value is skill.spread_within_folds is None
    assert skill.verdict == "The forecast cannot be judged: the price never moved."


def test_what_is_not_known_of_the_training_is_none():
    """A paper ledger records no training means, and forecasts of one's own may have no folds."""
    forecasts = forecasts_of([0, 0.1, 0, 0.1, 9])
    skill = measure(forecasts, CLOSE)
    assert skill.mean_rmse is skill.r_squared is skill.clark_west is None
    assert skill.verdict == (
        "The forecast is compared with the naive one alone: the mean of its training days is not known."
        " Its squared error is 66.7% larger than that of the naive forecast, tomorrow = today."
    )
    alone = measure(forecasts[["predicted_return"]] * 0, CLOSE)
    assert alone.spread_within_folds is None
    assert alone.verdict == "The forecast is the naive one: tomorrow = today."


def test_a_constant_miss_is_all_bias():
    skill = measure(forecasts_of((CLOSE.shift(-1) / CLOSE - 1).fillna(0) - 0.5), CLOSE)
    assert (skill.mean_error, skill.mean_error_share) == (pytest.approx(-0.5), pytest.approx(-1.0))
    assert skill.short_ratio == 1.0


@pytest.fixture
def verdict(sample):
    close = sample.loc["2016":"2018", "Close"]
    following = (close.shift(-1) / close - 1).fillna(0.0)
    fold = np.arange(len(close)) // 21

    def verdict(forecast, training_mean=0.0003):
        noise = np.random.default_rng(3).normal(0, 0.01, len(close))
        predicted = pd.Series(forecast(following, noise), close.index)
        table = {"predicted_return": predicted, "fold": fold, "training_mean": training_mean}
        return measure(pd.DataFrame(table), close).verdict

    return verdict


NAIVE = "that of the naive forecast, tomorrow = today."


@pytest.mark.parametrize(
    ("forecast", "opening", "ending"),
    [
        (
            lambda following, noise: 0.1 * noise,
            "The forecast is no better than the mean of its training days. Its squared error is ",
            f"% larger than {NAIVE}",
        ),
        (
            lambda following, noise: 5 * noise,
            "The forecast is no better than the mean of its training days. Its squared error is ",
            f" times {NAIVE}",
        ),
        (
            lambda following, noise: 0.5 * following,
            "The forecast beats the mean of its training days and the naive forecast, more than chance would give"
            " (Clark-West). Its squared error is 75.",
            f"75.0% smaller than {NAIVE}",
        ),
        (
            lambda following, noise: 0.2 * following + noise,
            "The forecast is no better than the mean of its training days, although its movements may say something"
            " (Clark-West). Its squared error is 2.",
            f" times {NAIVE}",
        ),
        (
            lambda following, noise: 0.0003 + 0.03 * noise,
            "The forecast beats the mean of its training days and the naive forecast, no more than chance may give"
            " (Clark-West p = 0.",
            f"% smaller than {NAIVE}",
        ),
        (
            lambda following, noise: 0.0003 + 0.01 * noise,
            "The squared error of the forecast is within 0.1% of that of the mean of its training days, and ",
            f" {NAIVE}",
        ),
    ],
    ids=["noise", "much noise", "knowledge", "knowledge in noise", "chance", "mean"],
)
def test_a_forecast_is_called_what_it_is(verdict, forecast, opening, ending):
    text = verdict(forecast)
    assert text.startswith(opening)
    assert text.endswith(ending)


def test_the_p_value_of_knowledge_is_the_larger_one():
    forecasts = forecasts_of([0.03, 0.01, 0.02, 0.05, 9], training_mean=MEAN)
    skill = measure(forecasts, CLOSE)
    assert skill.clark_west_p_value == max(skill.clark_west.p_value, skill.naive_clark_west.p_value)
    assert measure(forecasts.drop(columns="training_mean"), CLOSE).clark_west_p_value is None
    assert measure(forecasts.assign(predicted_return=0.0), CLOSE).clark_west_p_value is None


def test_a_training_mean_that_was_far_off_is_easy_to_beat(verdict):
    text = verdict(lambda following, noise: 0.1 * noise, training_mean=0.004)
    assert text.startswith("The forecast beats the mean of its training days, but not the naive forecast.")
    assert "% smaller than that of this mean, and " in text
    assert text.endswith(f"% larger than {NAIVE}")


def test_a_forecast_of_what_is_earned_is_measured_between_the_opens():
    """The returns from the opens of the next day to those of the day after: 10 %, -10 % and 0."""
    opens = pd.Series([50.0, 100, 110, 99, 99], DAYS)
    prices = pd.DataFrame({"Open": opens, "Close": 70.0})
    forecasts = forecasts_of([0.1, -0.1, 0, 9, 9], training_mean=MEAN)
    skill = measure_forecast(forecasts, next_return(prices, "traded"), 2)
    assert (skill.days, skill.rmse, skill.naive_rmse) == (3, pytest.approx(0), pytest.approx(np.sqrt(0.02 / 3)))
    assert measure_forecast(forecasts_of(0.0), next_return(prices, "return"), 1).naive_rmse == 0


def test_the_correlation_by_hand_and_where_there_is_none():
    earned = next_return(pd.DataFrame({"Open": CLOSE.shift(1), "Close": CLOSE}), "traded")
    assert earned[:3].tolist() == pytest.approx([0.1, -0.1, 0])
    assert correlation(forecasts_of([1, -1, 0, 7, 7]), earned) == pytest.approx(1)
    assert correlation(forecasts_of([0, 0, 1, 7, 7]), earned) == pytest.approx(0)
    assert correlation(forecasts_of(0.5), earned) is None
    assert correlation(forecasts_of([1, 2, 3, 4, 5]), earned * np.nan) is None

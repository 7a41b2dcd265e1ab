"""Each warning on a forecast is triggered beyond its limit and not before."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import measure_forecast
from backtrader_walkforward.evaluation.forecast.forecast_tests import persistent_bias
from backtrader_walkforward.evaluation.forecast.forecast_warnings import LEAK, MOST_BIAS, forecast_warnings


def test_a_sound_forecast_triggers_nothing():
    assert list(forecast_warnings(forecast_with(noise(100)))) == []


def noise(days, seed=1):
    return np.random.default_rng(seed).normal(0, 0.003, days)


def forecast_with(predicted, seed=2, fold=21, training_mean=0.0):
    """Measure predicted returns of as many days of noise of 1 %; the prices end where they began."""
    days = len(predicted)
    moves = np.random.default_rng(seed).normal(0, 0.01, days)
    close = pd.Series(100 * np.cumprod(1 + np.append(0, moves)), pd.bdate_range("2020-01-01", periods=days + 1))
    table = {"predicted_return": predicted, "fold": np.arange(days) // fold, "training_mean": training_mean}
    return measure_forecast(pd.DataFrame(table, close.index[:-1]), close.shift(-1) / close - 1, 1)


def moves_of(days, seed=2):
    """Return the moves that `forecast_with` measures by."""
    return np.random.default_rng(seed).normal(0, 0.01, days)


def only(forecast):
    """The only warning."""
    [text] = forecast_warnings(forecast)
    return text


def test_errors_that_go_one_way():
    high = forecast_with(noise(100) + 0.0075)
    texts = list(forecast_warnings(high))
    assert texts[0].startswith("The forecast is biased: it is too high day after day. The persistent error is ")
    assert texts[0].endswith(" of the RMSE, more than 50%; without bias it is about 22%.")
    [low, *_] = forecast_warnings(forecast_with(noise(100) - 0.0075))
    assert "it is too low day after day" in low
    assert list(forecast_warnings(forecast_with(noise(100) + 0.003))) == []


def test_errors_that_go_one_way_for_weeks():
    turning = np.repeat([1.0, -1.0], 50) * 0.008 + noise(100)
    warning = only(forecast_with(turning))
    assert warning.startswith("The forecast is biased: it is too low for weeks and too high for other weeks.")


def test_a_bias_of_a_few_days_may_be_chance():
    biased = forecast_with(noise(62) + 0.02)
    assert biased.persistent_bias > MOST_BIAS
    assert not [text for text in forecast_warnings(biased) if "biased" in text]
    assert [text for text in forecast_warnings(forecast_with(noise(63) + 0.02)) if "biased" in text]


def test_noise_is_hardly_ever_called_biased():
    shares = [persistent_bias(pd.Series(noise(150, seed))) for seed in range(300)]
    assert np.mean(shares) == pytest.approx(0.22, abs=0.02)
    assert max(shares) < MOST_BIAS


def test_a_forecast_on_one_side():
    def ups(days):
        return forecast_with(np.where(np.arange(100) < days, 1, -1) * np.abs(noise(100)))

    assert only(ups(96)) == (
        "The forecast is nearly always on one side: long on 96% of the days. Its direction is that of an account that"
        " is always long."
    )
    assert list(forecast_warnings(ups(95))) == []
    assert "short on 100%" in only(forecast_with(-np.abs(noise(100))))


def test_a_forecast_that_hardly_moves():
    """Returns move by 1 %, forecasts within a fit by .01 and .03 %, whatever they do between fits."""
    steps = 0.001 * (-1.0) ** (np.arange(100) // 21)
    still, moving = (forecast_with(steps + scale * noise(100)) for scale in (0.01, 0.2))
    assert only(still) == (
        "The forecast is nearly a constant: it does not tell one day from another. Within a fit its standard deviation"
        f" is {still.spread_within_folds:.2%} of that of the returns, less than 2%."
    )
    assert still.spread_within_folds == pytest.approx(0.003, abs=0.001)
    assert moving.spread_within_folds == pytest.approx(0.06, abs=0.02)
    assert list(forecast_warnings(moving)) == []
    assert list(forecast_warnings(replace(still, spread_within_folds=None))) == []
    always_long = replace(still, long_ratio=1.0, short_ratio=0.0)
    assert only(always_long).startswith("The forecast is nearly a constant: ")


def knowing(days, share, seed=1):
    """Forecast the sign of so many days of `forecast_with` rightly, of the others wrongly, in any order."""
    right = np.random.default_rng(seed).permutation(days) < round(share * days)
    return np.where(right, 1, -1) * np.sign(moves_of(days)) * 0.001


@pytest.mark.parametrize(
    ("days", "share", "leaks"),
    [(20, 0.6, False), (20, 0.9, True), (150, 0.54, False), (150, 0.66, True), (1500, 0.59, False), (1500, 0.61, True)],
)
def test_too_many_hits_to_be_luck(days, share, leaks):
    forecast = forecast_with(knowing(days, share))
    assert forecast.directional_accuracy == pytest.approx(share)
    texts = [text for text in forecast_warnings(forecast) if "direction" in text]
    assert (
        texts == [f"The direction of the forecast is right on {share:.0%} of the days, more than 60%. {LEAK}"] * leaks
    )


def test_an_error_too_small_to_be_honest():
    """A forecast of a fifth of each move takes 1 - .8² of the squared error away, one of 2 % of it 4 %."""
    noisy = forecast_with(0.2 * moves_of(100) + 1e-9)
    texts = [text for text in forecast_warnings(noisy) if "squared error" in text]
    assert texts == [
        "The squared error of the forecast is 36% smaller than that of the mean and of the naive forecast, more than"
        f" 5%. {LEAK}"
    ]
    small = forecast_with(0.02 * moves_of(100))
    assert small.r_squared == pytest.approx(0.0396)
    assert not [text for text in forecast_warnings(small) if "squared error" in text]


def test_a_training_mean_that_was_far_off_is_no_leak():
    easy = forecast_with(noise(100), training_mean=0.01)
    assert easy.r_squared > 0.3
    assert list(forecast_warnings(easy)) == []


def test_luck_is_hardly_ever_called_a_leak():
    """Of 120 tests of 20 days, one of 100 of the direction and of the error is expected, and a sixth has 60 % hits."""
    forecasts = [forecast_with(noise(20, seed), seed + 1) for seed in range(120)]
    texts = [text for forecast in forecasts for text in forecast_warnings(forecast) if LEAK in text]
    assert len(texts) <= 5
    assert sum(forecast.directional_accuracy > 0.6 for forecast in forecasts) >= 10

"""Each warning is triggered beyond its limit and not before, and the figures behind it are as it says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, measure_forecast
from backtrader_walkforward.evaluation.forecast.forecast_tests import persistent_bias
from backtrader_walkforward.evaluation.forecast.forecast_warnings import LEAK, MOST_BIAS
from backtrader_walkforward.evaluation.metrics import daily_returns, sharpe
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance.active_accounts import active_accounts
from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.significance.result_warnings import warnings_on
from backtrader_walkforward.significance.skill_test import find_skill
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies, variants_of


@pytest.fixture(scope="module")
def traded(signals):
    """A binary strategy over 120 days, always invested, beside buy & hold."""
    binary = variants_of(find_strategies(["binary"]))[:1]
    best, benchmark = run_backtest(signals, [*binary, BENCHMARK], Settings.of(threshold=0.0))
    return Comparison((best,), benchmark)


@pytest.fixture(scope="module")
def sound(traded):
    """Facts that trigger no warning."""
    sound = dict(comparison=traded, forecast=forecast_with(noise(100)), out_of_range=0.1)
    assert list(warnings_on(**sound)) == []
    return sound


@pytest.fixture
def earning(traded):
    """Return the run with other growth of its best account, day by day, and other attributes."""

    def earning(growth, **other):
        best = traded.best
        equity = pd.Series(100_000 * np.cumprod(growth), best.equity.index)
        metrics = best.metrics | dict(sharpe=sharpe(daily_returns(equity), 252))
        changed = replace(best, equity=equity, returns=daily_returns(equity), metrics=metrics, **other)
        return Comparison((changed,), traded.benchmark)

    return earning


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


def only(facts, **changed):
    """The only warning."""
    [text] = warnings_on(**facts | changed)
    return text


def test_what_is_not_known_triggers_nothing(traded):
    assert list(warnings_on(traded)) == []


def test_errors_that_go_one_way(sound):
    high = forecast_with(noise(100) + 0.0075)
    texts = list(warnings_on(**sound | dict(forecast=high)))
    assert texts[0].startswith("The forecast is biased: it is too high day after day. The persistent error is ")
    assert texts[0].endswith(" of the RMSE, more than 50%; without bias it is about 22%.")
    [low, *_] = warnings_on(**sound | dict(forecast=forecast_with(noise(100) - 0.0075)))
    assert "it is too low day after day" in low
    assert list(warnings_on(**sound | dict(forecast=forecast_with(noise(100) + 0.003)))) == []


def test_errors_that_go_one_way_for_weeks(sound):
    turning = np.repeat([1.0, -1.0], 50) * 0.008 + noise(100)
    warning = only(sound, forecast=forecast_with(turning))
    assert warning.startswith("The forecast is biased: it is too low for weeks and too high for other weeks.")


def test_a_bias_of_a_few_days_may_be_chance(sound):
    biased = forecast_with(noise(62) + 0.02)
    assert biased.persistent_bias > MOST_BIAS
    assert not [text for text in warnings_on(**sound | dict(forecast=biased)) if "biased" in text]
    assert [text for text in warnings_on(**sound | dict(forecast=forecast_with(noise(63) + 0.02))) if "biased" in text]


def test_noise_is_hardly_ever_called_biased():
    shares = [persistent_bias(pd.Series(noise(150, seed))) for seed in range(300)]
    assert np.mean(shares) == pytest.approx(0.22, abs=0.02)
    assert max(shares) < MOST_BIAS


def test_a_forecast_on_one_side(sound):
    def ups(days):
        return forecast_with(np.where(np.arange(100) < days, 1, -1) * np.abs(noise(100)))

    assert only(sound, forecast=ups(96)) == (
        "The forecast is nearly always on one side: long on 96% of the days. Its direction is that of an account that"
        " is always long."
    )
    assert list(warnings_on(**sound | dict(forecast=ups(95)))) == []
    assert "short on 100%" in only(sound, forecast=forecast_with(-np.abs(noise(100))))


def test_a_forecast_that_hardly_moves(sound):
    """Returns move by 1 %, forecasts within a fit by .01 and .03 %, whatever they do between fits."""
    steps = 0.001 * (-1.0) ** (np.arange(100) // 21)
    still, moving = (forecast_with(steps + scale * noise(100)) for scale in (0.01, 0.2))
    assert only(sound, forecast=still) == (
        "The forecast is nearly a constant: it does not tell one day from another. Within a fit its standard deviation"
        f" is {still.spread_within_folds:.2%} of that of the returns, less than 2%."
    )
    assert still.spread_within_folds == pytest.approx(0.003, abs=0.001)
    assert moving.spread_within_folds == pytest.approx(0.06, abs=0.02)
    assert list(warnings_on(**sound | dict(forecast=moving))) == []
    assert list(warnings_on(**sound | dict(forecast=replace(still, spread_within_folds=None)))) == []
    always_long = replace(still, long_ratio=1.0, short_ratio=0.0)
    assert only(sound, forecast=always_long).startswith("The forecast is nearly a constant: ")


def knowing(days, share, seed=1):
    """Forecast the sign of so many days of `forecast_with` rightly, of the others wrongly, in any order."""
    right = np.random.default_rng(seed).permutation(days) < round(share * days)
    return np.where(right, 1, -1) * np.sign(moves_of(days)) * 0.001


@pytest.mark.parametrize(
    ("days", "share", "leaks"),
    [(20, 0.6, False), (20, 0.9, True), (150, 0.54, False), (150, 0.66, True), (1500, 0.59, False), (1500, 0.61, True)],
)
def test_too_many_hits_to_be_luck(sound, days, share, leaks):
    forecast = forecast_with(knowing(days, share))
    assert forecast.directional_accuracy == pytest.approx(share)
    texts = [text for text in warnings_on(**sound | dict(forecast=forecast)) if "direction" in text]
    assert (
        texts == [f"The direction of the forecast is right on {share:.0%} of the days, more than 60%. {LEAK}"] * leaks
    )


def test_an_error_too_small_to_be_honest(sound):
    """A forecast of a fifth of each move takes 1 - .8² of the squared error away, one of 2 % of it 4 %."""
    noisy = forecast_with(0.2 * moves_of(100) + 1e-9)
    texts = [text for text in warnings_on(**sound | dict(forecast=noisy)) if "squared error" in text]
    assert texts == [
        "The squared error of the forecast is 36% smaller than that of the mean and of the naive forecast, more than"
        f" 5%. {LEAK}"
    ]
    small = forecast_with(0.02 * moves_of(100))
    assert small.r_squared == pytest.approx(0.0396)
    assert not [text for text in warnings_on(**sound | dict(forecast=small)) if "squared error" in text]


def test_a_training_mean_that_was_far_off_is_no_leak(sound):
    easy = forecast_with(noise(100), training_mean=0.01)
    assert easy.r_squared > 0.3
    assert list(warnings_on(**sound | dict(forecast=easy))) == []


def test_luck_is_hardly_ever_called_a_leak(traded):
    """Of 120 tests of 20 days, one of 100 of the direction and of the error is expected, and a sixth has 60 % hits."""
    forecasts = [forecast_with(noise(20, seed), seed + 1) for seed in range(120)]
    texts = [text for forecast in forecasts for text in warnings_on(traded, forecast) if LEAK in text]
    assert len(texts) <= 5
    assert sum(forecast.directional_accuracy > 0.6 for forecast in forecasts) >= 10


def test_a_sharpe_ratio_too_high_to_be_honest(sound, earning, traded):
    """.27 a day, 4.3 a year; it may be luck where the best of all trials has it in more than one of 100 cases."""
    drawn = np.random.default_rng(0).normal(size=len(traded.best.returns))
    moves = 0.0027 + 0.01 * (drawn - drawn.mean()) / drawn.std(ddof=1)
    alone = earning(np.append(1, 1 + moves))
    assert alone.best.metrics.sharpe == pytest.approx(4.29, abs=0.01)
    found, lucky = (SkillTest(account="binary", t_ratio=2.9, p_value=p, days=119) for p in (0.009, 0.011))
    assert only(sound, comparison=alone, skill=found) == f"Binary has a Sharpe ratio of 4.3, more than 4. {LEAK}"
    assert list(warnings_on(**sound | dict(comparison=alone, skill=lucky))) == []


def test_the_sharpe_ratio_of_the_market_is_no_leak(sound, traded):
    """The year is so good that whoever holds the market, near enough, has a ratio above 4."""
    days = traded.best.equity.index
    growth = 1.001 + 0.001 * (-1.0) ** np.arange(len(days))
    near = growth + np.random.default_rng(3).normal(0, 1e-4, len(days))
    market, best = (
        replace(
            one,
            equity=equity,
            accounts=equity.to_frame("active"),
            returns=daily_returns(equity),
            metrics=one.metrics | dict(sharpe=16.0),
        )
        for one, equity in (
            (traded.benchmark, pd.Series(100_000 * np.cumprod(growth), days)),
            (traded.best, pd.Series(100_000 * np.cumprod(near), days)),
        )
    )
    run = Comparison((best,), market)
    skill = find_skill(active_accounts(run))
    assert skill.p_value > 0.05
    assert list(warnings_on(**sound | dict(comparison=run, skill=skill))) == []


@pytest.mark.parametrize(("second_fall", "triggered"), [(0.1, True), (-0.2, False)])
def test_a_profit_of_one_day(sound, earning, traded, second_fall, triggered):
    """A fall of 10 %, a rise of 25 % and another fall of 10 %: 1.0125, and 0.81 without the rise."""
    growth = np.ones(len(traded.best.equity))
    growth[[10, 50, 70]] = 0.9, 1.25, 1 - second_fall
    day = traded.best.equity.index[50].date()
    text = f"The profit of Binary comes from one day: without {day} there is no profit."
    assert list(warnings_on(**sound | dict(comparison=earning(growth)))) == [text] * triggered


def test_interest_makes_a_profit_of_one_day_no_other(sound, earning, traded):
    """The same returns and 36.5 % interest a year: a profit on every day, but without the interest on one day only."""
    days = traded.best.equity.index
    growth = 1 + 0.001 * np.diff(days, prepend=days[0]) / np.timedelta64(1, "D")
    growth[[10, 50, 70]] += -0.1, 0.25, -0.1
    warning = only(sound, comparison=earning(growth, cash_rate=0.365))
    assert warning == f"The profit of Binary comes from one day: without {days[50].date()} there is no profit."


def test_a_loss_comes_from_no_day(sound, earning, traded):
    assert list(warnings_on(**sound | dict(comparison=earning(np.full(len(traded.best.equity), 0.999))))) == []


def test_another_seed_with_another_winner(sound):
    assert only(sound, best_changes_with_seed=True) == (
        "Another variant ranks first with another seed: the ranking depends on the seed, too."
    )
    assert list(warnings_on(**sound | dict(best_changes_with_seed=False))) == []


def test_short_tests(sound, traded):
    """sqrt(252 / 62) = 2.02, sqrt(252 / 63) = 2."""

    def lasting(days):
        return Comparison((replace(traded.best, returns=traded.best.returns.iloc[:days]),), traded.benchmark)

    assert only(sound, comparison=lasting(62)) == (
        "The test is short: over 62 days an annual Sharpe ratio has a standard error of about 2.0."
    )
    assert list(warnings_on(**sound | dict(comparison=lasting(63)))) == []


def test_the_standard_error_of_a_sharpe_ratio_is_what_the_warning_says():
    drawn = np.random.default_rng(4).normal(0.0003, 0.01, (2000, 62))
    assert (drawn.mean(axis=1) / drawn.std(axis=1, ddof=1) * 252**0.5).std() == pytest.approx(2.0, abs=0.1)


def test_an_account_in_cash(sound, traded):
    best = replace(traded.best, weights=traded.best.weights * 0.03)
    assert only(sound, comparison=Comparison((best,), traded.benchmark)) == (
        "Binary invests 3.00% of its active account on average, less than 5%: the Sharpe ratio does not show how little"
        " is at work."
    )


def test_few_closed_trades_are_no_fault(sound, traded):
    """A slow signal closes one trade a year: the days decide, not the trades."""
    best = replace(traded.best, metrics=traded.best.metrics | dict(trades=0))
    assert list(warnings_on(**sound | dict(comparison=Comparison((best,), traded.benchmark)))) == []


def test_features_never_seen(sound):
    assert only(sound, out_of_range=0.25) == (
        "25% of the test inputs lie outside the range of the training rows: a model has learned nothing about them."
    )
    assert list(warnings_on(**sound | dict(out_of_range=0.2))) == []

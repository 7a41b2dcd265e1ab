"""Each warning is triggered beyond its limit and not before."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import measure_forecast
from backtrader_walkforward.evaluation.metrics import daily_returns
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance.result_warnings import disqualifying_warnings, other_warnings
from backtrader_walkforward.trading.variants import find_strategies, variants_of

CLOSE = pd.Series(np.arange(100.0, 201.0), pd.bdate_range("2020-01-01", periods=101))


@pytest.fixture(scope="module")
def best(signals):
    """A binary strategy over 120 days with over 30 trades, always invested."""
    return run_backtest(signals, variants_of(find_strategies(["binary"]))[:1], Settings.of(threshold=0.0))[0]


@pytest.fixture(scope="module")
def sound(best):
    """Facts that trigger no warning."""
    assert best.metrics.trades >= 30
    sound = dict(best=best, needed_days=100, forecast=forecast_with(np.tile([3.0, -1.0], 50)), out_of_range=0.1)
    assert triggered_warnings(sound) == ([], [])
    return sound


def forecast_with(moves):
    """Forecast the given moves from 100 closes, each 1 higher than the one before."""
    predicted = CLOSE.iloc[:-1] + moves
    table = pd.DataFrame({"predicted_close": predicted, "predicted_return": predicted / CLOSE.iloc[:-1] - 1})
    return measure_forecast(table, CLOSE)


def triggered_warnings(facts):
    """Those that disqualify, and the others."""
    best, names = facts["best"], ("forecast", "best_changes_with_seed", "needed_days", "out_of_range")
    forecast, best_changes_with_seed, needed_days, out_of_range = map(facts.get, names)
    return (
        list(disqualifying_warnings(best, forecast, best_changes_with_seed)),
        list(other_warnings(best, needed_days, out_of_range)),
    )


def disqualifying(facts):
    """The only warning, which disqualifies."""
    [text], others = triggered_warnings(facts)
    assert others == []
    return text


def remark(facts):
    """The only warning, which disqualifies nothing."""
    disqualifying, [text] = triggered_warnings(facts)
    assert disqualifying == []
    return text


def test_errors_that_go_one_way(sound):
    """The errors are 4 and -4. Shifted by 3: 7 and -1, mean 3, RMSE 5. Shifted by 2: 6 and -2, mean 2, RMSE 4.47."""
    moves = np.tile([5.0, -3.0], 50)
    high = disqualifying(dict(sound, forecast=forecast_with(moves + 3)))
    assert high.startswith("The forecast is biased: it is too high day after day. The persistent error is ")
    assert " of the RMSE, more than 50%" in high
    assert "it is too low day after day" in disqualifying(dict(sound, forecast=forecast_with(moves - 3)))
    assert triggered_warnings(dict(sound, forecast=forecast_with(moves + 2))) == ([], [])


def test_errors_that_go_one_way_for_weeks(sound):
    turning = np.repeat([1.0, -1.0], 50) * 5 + 1
    warning = disqualifying(dict(sound, forecast=forecast_with(turning)))
    assert warning.startswith("The forecast is biased: it is too low for weeks and too high for other weeks.")


def test_a_forecast_on_one_side(sound):
    def ups(days):
        return forecast_with(np.where(np.arange(100) < days, np.tile([0.1, 1.9], 50), -0.01))

    assert disqualifying(dict(sound, forecast=ups(96))).startswith(
        "The forecast is nearly always on one side: long on 96%"
    )
    assert triggered_warnings(dict(sound, forecast=ups(95))) == ([], [])
    assert "short on 100%" in " ".join(triggered_warnings(dict(sound, forecast=forecast_with(np.full(100, -9.0))))[0])


@pytest.mark.parametrize(("trades", "triggered"), [(0, True), (29, True), (30, False)])
def test_few_trades(sound, best, trades, triggered):
    few = replace(best, metrics=best.metrics | dict(trades=trades))
    texts, _ = triggered_warnings(dict(sound, best=few))
    assert texts == [f"binary closed {trades} trades. At least 30 are needed to tell skill from luck."] * triggered


@pytest.mark.parametrize(("second_fall", "triggered"), [(0.1, True), (-0.2, False)])
def test_a_profit_of_one_day(sound, best, second_fall, triggered):
    """A fall of 10 %, a rise of 25 % and another fall of 10 %: 1.0125, and 0.81 without the rise."""
    growth = np.ones(len(best.equity))
    growth[[10, 50, 70]] = 0.9, 1.25, 1 - second_fall
    equity = pd.Series(100_000 * growth.cumprod(), best.equity.index)
    texts, _ = triggered_warnings(dict(sound, best=replace(best, equity=equity, returns=daily_returns(equity))))
    text = f"The profit of binary comes from one day: without {equity.index[50].date()} there is no profit."
    assert texts == [text] * triggered


def test_interest_makes_a_profit_of_one_day_no_other(sound, best):
    """The same returns and 36.5 % interest a year: a profit on every day, but without the interest on one day only."""
    days = best.equity.index
    nights = np.diff(days, prepend=days[0]) / np.timedelta64(1, "D")
    growth = 1 + 0.001 * nights
    growth[[10, 50, 70]] += -0.1, 0.25, -0.1
    equity = pd.Series(100_000 * growth.cumprod(), days)
    earning = replace(best, equity=equity, returns=daily_returns(equity), cash_rate=0.365)
    [warning], _ = triggered_warnings(dict(sound, best=earning))
    assert warning == f"The profit of binary comes from one day: without {days[50].date()} there is no profit."


def test_a_loss_comes_from_no_day(sound, best):
    equity = pd.Series(np.linspace(100_000, 50_000, len(best.equity)), best.equity.index)
    losing = replace(best, equity=equity, returns=daily_returns(equity))
    assert triggered_warnings(dict(sound, best=losing)) == ([], [])


def test_another_seed_with_another_winner(sound):
    assert disqualifying(dict(sound, best_changes_with_seed=True)).startswith("The best variant changes with the seed")
    assert triggered_warnings(dict(sound, best_changes_with_seed=False)) == ([], [])


def test_short_tests(sound, best):
    needed = remark(dict(sound, needed_days=252.0))
    assert needed == (
        "The test is too short: it takes 1.0 years to tell this Sharpe ratio from 0, and the test has 0.5."
    )
    short = disqualifying(dict(sound, best=replace(best, returns=best.returns.iloc[:62])))
    assert short == "The test is too short: it has 62 days, and at least 63 are needed."


def test_an_account_in_cash(sound, best):
    idle = remark(dict(sound, best=replace(best, weights=best.weights * 0.03)))
    assert idle.startswith("binary invests 3.0% of its active account on average, less than 5%")


def test_features_never_seen(sound):
    assert remark(dict(sound, out_of_range=0.25)).startswith("25% of the test features lie outside")
    assert triggered_warnings(dict(sound, out_of_range=0.2)) == ([], [])


def test_what_disqualifies_is_told_apart_and_what_is_not_known_triggers_nothing(sound, best):
    both = triggered_warnings(dict(sound, out_of_range=0.5, best_changes_with_seed=True))
    assert [len(texts) for texts in both] == [1, 1]
    assert triggered_warnings({"best": best}) == ([], [])

"""Each warning is triggered beyond its limit and not before, and the figures behind it are as it says."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, measure_forecast
from backtrader_walkforward.evaluation.forecast.forecast_warnings import LEAK
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
    sound = dict(comparison=traded, out_of_range=0.1)
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


def only(facts, **changed):
    """The only warning."""
    [text] = warnings_on(**facts | changed)
    return text


def test_warnings_on_the_forecast_come_first(sound):
    close = pd.Series(100 * 1.001 ** np.arange(101), pd.bdate_range("2020-01-01", periods=101))
    always_down = measure_forecast(
        pd.DataFrame({"predicted_return": -0.02}, close.index[:-1]), close.pct_change().shift(-1), 1
    )
    first, *_, last = warnings_on(**sound | dict(forecast=always_down, best_changes_with_seed=True))
    assert first.startswith("The forecast is biased: it is too low day after day.")
    assert last == "Another variant ranks first with another seed: the ranking depends on the seed, too."


def test_what_is_not_known_triggers_nothing(traded):
    assert list(warnings_on(traded)) == []


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
    assert only(sound, comparison=lasting(0)) == "The test has one day: there is no return to judge."


def test_a_warning_knows_its_variant_whatever_words_it_has(sound, traded):
    """A strategy of the name `sharpe` is not in the warning on the Sharpe ratio of another."""
    best = replace(traded.best, name="kelly", weights=traded.best.weights * 0)
    run = Comparison((best, replace(traded.best, name="sharpe")), traded.benchmark)
    [(text, subject)] = warnings_on(**sound | dict(comparison=run)).items()
    assert (text.split()[0], "Sharpe" in text, subject) == ("Kelly", True, "kelly")
    assert set(warnings_on(**sound | dict(best_changes_with_seed=True)).values()) == {""}


def test_the_standard_error_of_a_sharpe_ratio_is_what_the_warning_says():
    drawn = np.random.default_rng(4).normal(0.0003, 0.01, (2000, 62))
    assert (drawn.mean(axis=1) / drawn.std(axis=1, ddof=1) * 252**0.5).std() == pytest.approx(2.0, abs=0.1)


def test_an_account_in_cash(sound, traded):
    best = replace(traded.best, weights=traded.best.weights * 0.03)
    assert only(sound, comparison=Comparison((best,), traded.benchmark)) == (
        "Binary has a target weight of 3.00% on average, less than 5%: the Sharpe ratio does not show how little is at"
        " work."
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

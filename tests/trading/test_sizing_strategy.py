"""What the base class owns: accounts, threshold, shorting, NaN forecasts, clipping, errors."""

import backtrader as bt
import numpy as np
import pytest
from backtrader_walkforward.strategies.kelly import Kelly

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import RankingStrategy, SizingStrategy, StrategyError
from backtrader_walkforward.trading.forecast_feed import ForecastFeed
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from tests.trading.weights import Weights


@pytest.fixture
def decided(bars_of, run):
    """The weights decided for a list of predicted returns on a flat price."""

    def decided(predicted_return, strategy=Weights, **params):
        bars = bars_of([10.0] * len(predicted_return), [10.0] * len(predicted_return), predicted_return)
        [ran] = run(bars, (strategy, params))
        return ran.decided

    return decided


@pytest.mark.parametrize("documented", [SizingStrategy.predicted_return, RankingStrategy])
def test_a_forecast_is_documented_as_that_of_the_default_target(documented):
    """A quant who reads the docstring sizes by the return that a position earns."""
    assert Settings().forecast.target == "traded"
    assert "by default the return from" in documented.__doc__
    assert "next open to the open after it" in documented.__doc__


def test_weights_are_clipped_to_1_either_way(decided):
    assert decided([0.5, 2.0, -3.0]) == [0.5, 1.0, -1.0]


def test_without_shorting_negative_weights_are_cash(decided):
    assert decided([0.5, -0.5, -3.0], allow_short=False) == [0.5, 0.0, 0.0]


def test_a_nan_forecast_is_cash(decided):
    assert decided([0.5, np.nan, 0.25]) == [0.5, 0.0, 0.25]


def test_the_signal_needs_more_than_the_threshold(decided):
    class Signal(Weights):
        def target_weight(self):
            return self.signal

    forecasts = [0.0011, 0.001, 0.0, -0.001, -0.0011]
    assert decided(forecasts, Signal) == [1, 0, 0, 0, -1]
    assert decided(forecasts, Signal, threshold=0.0) == [1, 1, 0, -1, -1]
    assert decided(forecasts, Signal, threshold=np.float64(0.001)) == [1, 0, 0, 0, -1]


@pytest.mark.parametrize("weight", [np.nan, np.inf, None, "half", 1j, [1.0], 10**400], ids=str)
def test_what_is_no_weight_is_refused_with_strategy_day_and_value(decided, weight):
    class Odd(Weights):
        def target_weight(self):
            return weight

    with pytest.raises(StrategyError, match=r"^Odd.target_weight\(\) on 2020-01-01 must return a number .*: "):
        decided([0.5], Odd)


def test_a_strategy_that_fails_names_itself_the_day_and_the_reason(decided):
    class Broken(Weights):
        def target_weight(self):
            return 1 / (len(self) - 3)

    with pytest.raises(StrategyError, match=r"^Broken.target_weight\(\) on 2020-01-03 failed: ZeroDivisionError"):
        decided([0.5] * 5, Broken)


def test_a_strategy_that_does_not_start_names_itself_and_the_reason(decided):
    class Unready(Weights):
        def __init__(self):
            raise KeyError("no such setting")

    with pytest.raises(StrategyError, match=r"^Unready.__init__\(\) failed: KeyError: 'no such setting'$"):
        decided([0.5], Unready)


def test_indicators_that_need_more_bars_than_there_are_are_named(decided):
    class Patient(Weights):
        def __init__(self):
            super().__init__()
            self.average = bt.indicators.SMA(self.data.close, period=200)

    with pytest.raises(StrategyError, match=r"^Patient has indicators that need 200 bars, and there are 5$"):
        decided([0.5] * 5, Patient)


def test_bars_before_the_first_day_warm_indicators_up_and_are_not_traded(signals, run):
    class Warm(Weights):
        def __init__(self):
            super().__init__()
            self.average = bt.indicators.SMA(self.data.close, period=20)

    first_day = signals.index[30]
    [ran] = run(signals, (Warm, {"active_share": 0.5, "first_day": first_day}), analyzers=[EquityCurve, Fills])
    curve = ran.analyzers.EquityCurve.get_analysis()["equity"]
    fills = ran.analyzers.Fills.get_analysis()
    assert curve.index[0] == first_day
    assert curve.iloc[0] == 10_000
    assert set(fills["date"][:2]) == {signals.index[31]}
    assert set(fills["account"][:2]) == {"active", "passive"}


def test_a_ruined_strategy_wants_nothing_any_more(bars_of, run):
    bars = bars_of([10, 10, 12, 25, 25, 25], [10, 10, 22, 25, 25, 1], [-1, -1, -1, -1, -1, -1])
    bars["Open"] = bars["Open"].where(bars.index != bars.index[2], 10.0)
    [ran] = run(bars, (Weights, {}))
    assert ran.broker.bankrupt == bars.index[2].date()
    assert ran.decided == [-1, -1, 0, 0, 0, 0]


def test_numpy_numbers_are_numbers(decided):
    class Numpy(Weights):
        def target_weight(self):
            return np.float32(0.5)

    assert decided([0.5], Numpy) == [0.5]


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_active_share_lies_between_0_and_1(decided, share):
    with pytest.raises(ArgumentError, match="active_share must lie between 0 and 1"):
        decided([0.5], active_share=share)


def test_the_passive_account_buys_while_indicators_warm_up(signals, run):
    class Slow(Weights):
        def __init__(self):
            super().__init__()
            self.average = bt.indicators.SMA(self.data.close, period=20)

    [strategy] = run(signals, (Slow, {"active_share": 0.3}))
    assert len(strategy.decided) == len(signals) - 19
    assert strategy.broker.accounts["passive"].getvalue() == pytest.approx(
        0.7 * 10_000 / signals["Open"].iloc[1] * signals["Close"].iloc[-1]
    )


def test_a_subclass_may_forget_to_call_init(signals, run):
    class Forgetful(SizingStrategy):
        def __init__(self):
            self.mood = 0.5

        def target_weight(self):
            return self.mood

    [strategy] = run(signals, (Forgetful, {"active_share": 0.5}))
    assert list(strategy.broker.accounts) == ["active", "passive"]
    assert strategy.broker.accounts["active"].getposition(strategy.data).size > 0


def test_a_writer_of_backtraders_finds_the_analyses(bars_of, capsys):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(ForecastFeed(dataname=bars_of([10.0] * 3, [10.0] * 3, [0.5, 0.5, 0.5])))
    cerebro.addstrategy(Weights)
    cerebro.addanalyzer(Fills, _name="fills")
    cerebro.addwriter(bt.WriterFile)
    cerebro.run()
    assert "Analysis: date, booked, ticker, order, account, size, price, commission" in capsys.readouterr().out


@pytest.mark.parametrize("feed", [bt.feeds.PandasData, ForecastFeed])
def test_data_without_a_forecast_are_refused(signals, feed):
    """They would be traded like a forecast of nothing."""
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(feed(dataname=signals.drop(columns="predicted_return")))
    cerebro.addstrategy(Kelly)
    with pytest.raises(StrategyError, match=r"Kelly trades a forecast, and its data has none: use ForecastFeed"):
        cerebro.run()

"""A filter keeps a strategy out of a regime or halves it there, and does nothing else."""

import backtrader as bt
import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.brokers import SubAccountBroker
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.choices import REGIME_CODES
from backtrader_walkforward.trading import StrategyError
from backtrader_walkforward.trading.recorders import EquityCurve, Fills
from backtrader_walkforward.trading.regime_filter import RegimeFilter
from tests.trading.weights import Weights

UP, DOWN = REGIME_CODES["uptrend"], REGIME_CODES["downtrend"]
LOW, HIGH = REGIME_CODES["low_volatility"], REGIME_CODES["high_volatility"]


@pytest.fixture
def decided(bars_of, run):
    """The weights decided on a flat price for predicted returns and regimes, a day each."""

    def decided(predicted_return, regime_filter, strategy=Weights, **lines):
        bars = bars_of([10.0] * len(predicted_return), [10.0] * len(predicted_return), predicted_return)
        params = {} if regime_filter is None else {"regime_filter": regime_filter}
        [ran] = run(bars.assign(**lines), (strategy, params))
        return ran.decided

    return decided


def test_out_is_no_weight_half_is_half_and_an_unknown_regime_is_none(decided):
    weights, trend = [0.5, 0.5, 1.5, -3.0, -0.5, np.nan], [UP, DOWN, DOWN, DOWN, np.nan, DOWN]
    assert decided(weights, {"downtrend": "out"}, trend_regime=trend) == [0.5, 0, 0, 0, -0.5, 0]
    assert decided(weights, {"downtrend": "half"}, trend_regime=trend) == [0.5, 0.25, 0.5, -0.5, -0.5, 0]


def test_the_smallest_factor_wins_and_two_halves_are_no_quarter(decided):
    lines = dict(trend_regime=[DOWN, DOWN, UP], volatility_regime=[HIGH, LOW, HIGH])
    assert decided([0.8] * 3, {"downtrend": "half", "high_volatility": "half"}, **lines) == [0.4, 0.4, 0.4]
    assert decided([0.8] * 3, {"downtrend": "half", "high_volatility": "out"}, **lines) == [0, 0.4, 0]


def test_pairs_are_as_good_as_a_mapping_and_a_strategy_may_have_its_own(decided):
    class OutOfDowntrends(Weights):
        params = dict(regime_filter={"downtrend": "out"})

    trend = [UP, DOWN]
    assert decided([0.5, 0.5], (("downtrend", "out"),), trend_regime=trend) == [0.5, 0]
    assert decided([0.5, 0.5], None, OutOfDowntrends, trend_regime=trend) == [0.5, 0]


def test_no_weight_is_minus_zero(decided):
    out = decided([-0.5, -0.0], {"downtrend": "out"}, trend_regime=DOWN)
    assert not np.signbit(out).any()


def test_without_its_line_nothing_is_filtered_as_nothing_is_known(decided):
    assert decided([0.5], {"turbulent": "out"}, trend_regime=DOWN) == [0.5]


class Plain(bt.feeds.PandasData):
    """A user's own feed, which knows of no regimes."""

    lines = ("predicted_return",)
    params = (("predicted_return", -1), ("openinterest", None))


def test_data_that_cannot_have_the_line_are_refused(bars_of):
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.adddata(Plain(dataname=bars_of([10.0] * 3, [10.0] * 3, [0.5] * 3)))
    cerebro.addstrategy(Weights, regime_filter={"calm": "out"})
    with pytest.raises(StrategyError, match=r"^Weights filters by a regime, and its data has no line markov_regime: "):
        cerebro.run()


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("downtrend", r"Weights.regime_filter must say what to do by regime, as in {'downtrend': 'out'}: 'downtrend'"),
        (None, "regime_filter must say what to do by regime, as in {'downtrend': 'out'}: None"),
        ({5: 0.5}, "regime_filter knows no regime 5 - choose from uptrend"),
        ({"calm": 0.5}, "regime_filter must say out or half of calm: 0.5 - choose from out, half"),
        ([([], "out")], r"regime_filter knows no regime \[\] - choose from uptrend"),
        ({"calm": ["out"]}, r"regime_filter must say out or half of calm: \['out'\]"),
        ({"downtrnd": "out"}, "regime_filter knows no regime 'downtrnd' - did you mean 'downtrend'"),
        ({"downtrend": "hlf"}, "regime_filter must say out or half of downtrend: 'hlf' - did you mean 'half'"),
        ((("calm", "out"), ("calm", "half")), "regime_filter names calm twice - leave one of them out"),
    ],
)
def test_a_mistake_is_named(bars_of, run, rules, message):
    with pytest.raises(ArgumentError, match=message):
        run(bars_of([10.0], [10.0], [0.5]), (Weights, {"regime_filter": rules}))


def test_an_empty_filter_is_none():
    assert not RegimeFilter()
    assert not RegimeFilter({})
    assert RegimeFilter({"calm": "out", "uptrend": "half"}).kinds == {"markov", "trend"}


@pytest.mark.parametrize("coc", [False, True])
def test_the_active_account_alone_is_filtered_at_the_fill_that_follows(bars_of, run, coc):
    """Half of 1,000 is traded. It is out from the third close on, or, where orders fill at the next open, a day later:
    what it holds then has doubled over night.
    """
    bars = bars_of([10, 10, 10, 20, 20], [10, 10, 10, 20, 20], [1.0] * 5).assign(trend_regime=[UP, UP, DOWN, UP, UP])
    params = {"active_share": 0.5, "regime_filter": {"downtrend": "out"}}
    [ran] = run(bars, (Weights, params), broker=SubAccountBroker(cash=1_000.0, coc=coc), analyzers=[EquityCurve, Fills])
    assert ran.decided == [1, 1, 0, 1, 1]
    fills, days = ran.analyzers.Fills.get_analysis(), bars.index
    active = fills[fills["account"] == "active"].set_index("date")["size"]
    bought, sold, again = (days[0], days[2], days[3]) if coc else (days[1], days[3], days[4])
    assert active.to_dict() == pytest.approx({bought: 50.0, sold: -50.0, again: 25.0 if coc else 50.0})
    assert (fills["account"] == "passive").sum() == 1
    passive = ran.analyzers.EquityCurve.get_analysis()["accounts"]["passive"]
    assert passive.tolist() == pytest.approx([500, 500, 500, 1000, 1000])


def test_buy_and_hold_is_never_filtered(bars_of, run):
    from backtrader_walkforward.trading.variants import BuyAndHold

    bars = bars_of([10] * 4, [10, 11, 12, 13], [0.5] * 4).assign(trend_regime=DOWN)
    params = {"active_share": 0.0, "regime_filter": {"downtrend": "out"}}
    [filtered, free] = run(bars, (BuyAndHold, params), (BuyAndHold, {"active_share": 0.0}), analyzers=[EquityCurve])
    curves = [ran.analyzers.EquityCurve.get_analysis()["equity"] for ran in (filtered, free)]
    pd.testing.assert_series_equal(*curves, check_exact=True)
    assert curves[0].iloc[-1] > 10_000


PRICES = [100, 100, 90, 90, 90, 90, 90, 90]
FORECAST = [0.5, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0.5]
"""The fall of the third day stops what was bought on the second."""


def stopped(decided_with, bars_of, trend, **params):
    bars = bars_of(PRICES, PRICES, FORECAST).assign(trend_regime=trend)
    [ran] = decided_with(bars, (Weights, {"stop_loss": 0.05} | params))
    return ran.decided


def test_a_stop_waits_for_the_signal_and_not_for_a_filter(bars_of, run):
    """After a stop it stays out until its forecast turns on the sixth day, though a filter had it out on the fourth."""
    assert stopped(run, bars_of, UP) == [0.5, 0.5, 0, 0, 0, -0.5, 0.5, 0.5]
    trend = [UP, UP, UP, DOWN, UP, UP, UP, DOWN]
    filtered = stopped(run, bars_of, trend, regime_filter={"downtrend": "out"})
    assert filtered == [0.5, 0.5, 0, 0, 0, -0.5, 0.5, 0]


def test_a_signal_that_turns_while_a_filter_is_on_lets_the_strategy_in_again(bars_of, run):
    trend = [UP, UP, UP, UP, UP, DOWN, UP, UP]
    filtered = stopped(run, bars_of, trend, regime_filter={"downtrend": "out"})
    assert filtered == [0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5]


def test_what_is_halved_is_stopped_like_the_whole(bars_of, run):
    halved = stopped(run, bars_of, DOWN, regime_filter={"downtrend": "half"})
    assert halved == [0.25, 0.25, 0, 0, 0, -0.25, 0.25, 0.25]


def test_what_a_filter_has_closed_is_not_stopped(bars_of, run):
    """Out from the second close on: the fall comes when nothing is held."""
    trend = [UP, DOWN, UP, UP, UP, UP, UP, UP]
    prices = [100, 100, 100, 90, 90, 90, 90, 90]
    bars = bars_of([*prices[:3], 100, *prices[4:]], prices, [0.5] * 8).assign(trend_regime=trend)
    [ran] = run(bars, (Weights, {"stop_loss": 0.05, "regime_filter": {"downtrend": "out"}}))
    assert ran.decided[:3] == [0.5, 0, 0.5]

"""One Cerebro, one pass: what a backtest gives for every variant."""

import backtrader as bt
import numpy as np
import pandas as pd
import pytest
from backtrader_walkforward.strategies.binary import Binary

from backtrader_walkforward.backtest import notes_on, run_backtest
from backtrader_walkforward.evaluation import measure_performance
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import signals_frame
from backtrader_walkforward.trading import SizingStrategy, StrategyError
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of

VARIANTS = [*variants_of(find_strategies()), BENCHMARK]
SETTINGS = Settings.of(capital=10_000.0)


@pytest.fixture(scope="module")
def results(signals):
    return run_backtest(signals, VARIANTS, SETTINGS)


def test_all_variants_and_the_benchmark_in_their_order(results):
    assert [result.name for result in results] == [variant.name for variant in VARIANTS]


def test_series_share_the_days_of_the_market(results, signals):
    for result in results:
        for series in (result.equity, result.accounts, result.weights, result.exposure):
            assert series.index.equals(signals.index.rename("date"))
        assert result.returns.index.equals(signals.index[1:])
        assert np.isfinite(result.equity).all()


def test_metrics_follow_from_equity_and_orders(results):
    for result in results:
        figures = measure_performance(result.equity)
        assert {name: getattr(result.metrics, name) for name in figures} == figures
        assert result.metrics.trades == len(result.trades)
        assert result.metrics.rejected_orders == 0
        assert result.metrics.bankrupt is None


def test_orders_name_strategy_and_account(results):
    for result in results:
        assert set(result.fills["strategy"]) == {result.name}
        assert set(result.fills["account"]) == set(result.accounts)


def test_equity_follows_from_orders_and_prices_alone(results, signals):
    for result in results:
        fills = result.fills.assign(paid=result.fills["size"] * result.fills["price"] + result.fills["commission"])
        daily = fills.groupby("date")[["size", "paid"]].sum().reindex(signals.index, fill_value=0.0).cumsum()
        np.testing.assert_allclose(result.equity, 10_000 - daily["paid"] + daily["size"] * signals["Close"], rtol=1e-9)


def test_exposure_is_position_over_equity(results, signals):
    for result in results:
        shares = result.fills.groupby("date")["size"].sum().reindex(signals.index, fill_value=0.0).cumsum()
        np.testing.assert_allclose(result.exposure, shares * signals["Close"] / result.equity, rtol=1e-9, atol=1e-12)


def test_buy_and_hold_is_the_index_from_its_first_fill(results, signals):
    benchmark = results[-1]
    expected = 10_000 * signals["Close"] / signals["Open"].iloc[1]
    np.testing.assert_allclose(benchmark.equity.iloc[1:], expected.iloc[1:], rtol=1e-9)
    assert benchmark.metrics.win_rate is None
    assert (benchmark.weights == 1).all()


def test_filling_at_the_close_is_another_result(signals):
    [binary, hold] = run_backtest(signals, [VARIANTS[0], BENCHMARK], SETTINGS.replace(fill="close", rebalance_band=0))
    expected = 10_000 * signals["Close"] / signals["Close"].iloc[0]
    np.testing.assert_allclose(hold.equity, expected, rtol=1e-9)
    weights = signals["predicted_return"].map(lambda value: (value > 0.001) - (value < -0.001) * 1)
    growth = 1 + (weights * (signals["Close"].shift(-1) / signals["Close"] - 1)).iloc[:-1]
    np.testing.assert_allclose(binary.equity.iloc[1:], 10_000 * growth.cumprod(), rtol=1e-9)


def test_bars_before_the_first_forecast_change_nothing(signals, sample):
    before = sample.loc["2008-01-01" : signals.index[0]].iloc[:-1]
    for short, long in zip(
        run_backtest(signals, VARIANTS, SETTINGS),
        run_backtest(pd.concat([before, signals]), VARIANTS, SETTINGS),
        strict=True,
    ):
        pd.testing.assert_series_equal(short.equity, long.equity)
        pd.testing.assert_series_equal(short.weights, long.weights)
        assert short.metrics == long.metrics


def test_what_a_strategy_sets_itself_is_kept(signals):
    class Stubborn(Binary):
        params = dict(allow_short=False, threshold=0.5)

    [stubborn] = run_backtest(signals, [Variant("stubborn", Stubborn)], SETTINGS.replace(threshold=0.0))
    assert (stubborn.weights == 0).all()


def test_ruin_and_shares_too_dear_are_noted(signals):
    class AlwaysShort(SizingStrategy):
        def target_weight(self):
            return -1.0

    rising = signals.assign(Close=signals["Open"] * np.where(np.arange(len(signals)) == 50, 2.5, 1.0))
    rising["High"] = rising[["High", "Close"]].max(axis=1)
    results = run_backtest(rising, [Variant("always_short", AlwaysShort)], SETTINGS)
    day = signals.index[50].date()
    assert notes_on(results, SETTINGS) == (f"Always short: an account went bankrupt on {day} and closed",)
    poor = SETTINGS.replace(capital=10.0, whole_shares=True)
    assert "no variant could pay for a whole share" in notes_on(run_backtest(signals, VARIANTS, poor), poor)[0]


def test_no_short_is_passed_on(signals):
    [binary] = run_backtest(signals, VARIANTS[:1], SETTINGS.replace(allow_short=False))
    assert binary.weights.min() == 0
    assert binary.exposure.min() > -1e-9


def test_whole_shares_are_passed_on(signals):
    for result in run_backtest(signals, VARIANTS, SETTINGS.replace(whole_shares=True)):
        assert (result.fills["size"] % 1 == 0).all()


def test_market_of_knows_only_the_past(sample):
    prices = sample.iloc[-300:]
    features = pd.DataFrame({"volatility": prices["Close"].pct_change().rolling(20).std()})
    forecasts = pd.DataFrame({"predicted_return": 0.01, "predicted_close": 1.0, "fold": 0}, prices.index[-50:])
    signals = signals_frame(prices, features, forecasts)
    assert signals.index.equals(prices.index)
    assert signals["predicted_return"].first_valid_index() == forecasts.index[0]
    assert signals["median_volatility"].loc[forecasts.index[0]] == features["volatility"].iloc[:251].median()
    shorter = signals_frame(prices.iloc[:-10], features.iloc[:-10], forecasts.iloc[:-10])
    pd.testing.assert_frame_equal(shorter, signals.iloc[:-10])


def test_the_spread_of_an_ensemble_is_a_line_and_that_of_one_forecast_is_0(sample):
    prices, days = sample.iloc[-60:], sample.index[-20:]
    features = pd.DataFrame({"volatility": 0.01}, prices.index)
    forecasts = pd.DataFrame({"predicted_return": 0.01, "predicted_close": 1.0, "fold": 0}, days)
    single = signals_frame(prices, features, forecasts)["forecast_spread"]
    several = signals_frame(prices, features, forecasts.assign(forecast_spread=np.arange(20.0)))["forecast_spread"]
    assert single.iloc[:40].isna().all()
    assert several.iloc[:40].isna().all()
    assert single[days].tolist() == [0.0] * 20
    assert several[days].tolist() == list(range(20))


def test_a_spread_changes_nothing_for_strategies_that_do_not_ask_for_it(signals, results):
    for again, result in zip(
        run_backtest(signals.assign(forecast_spread=0.01), VARIANTS, SETTINGS), results, strict=True
    ):
        pd.testing.assert_series_equal(again.equity, result.equity, check_exact=True)
        pd.testing.assert_frame_equal(again.fills, result.fills, check_exact=True)
        assert again.metrics == result.metrics


@pytest.mark.parametrize("method", ["next", "notify_order", "notify_trade", "start", "stop", "prenext"])
def test_a_strategy_that_fails_anywhere_is_named(signals, method):
    def fails(self, *told):
        raise ValueError("no such thing")

    if method == "prenext":
        hooks = {"__init__": lambda self: setattr(self, "mean", bt.indicators.SMA(self.data, period=5))}
    else:
        hooks = {}
    fails.__code__ = fails.__code__.replace(co_name=method)
    always = {"target_weight": lambda self: len(self) % 2, method: fails, "__module__": __name__}
    strategy = type("Fails", (SizingStrategy,), always | hooks)
    with pytest.raises(StrategyError, match=rf"^Fails\.{method}\(\) failed: ValueError: no such thing$"):
        run_backtest(signals, [Variant("fails", strategy)], SETTINGS)


def test_an_error_that_is_no_strategys_keeps_its_own_words(signals):
    with pytest.raises(TypeError, match="must be real number"):
        run_backtest(signals.assign(Open="dear"), VARIANTS[:1], SETTINGS)


def test_a_strategy_that_never_begins_is_told_from_one_that_does_not_trade(signals):
    class Own(SizingStrategy):
        def next(self):
            """Decide nothing."""

        def target_weight(self):
            return 0.0

    with pytest.raises(StrategyError, match=r"Own never begins: its next\(\) must call super\(\).next\(\)"):
        run_backtest(signals, [Variant("own", Own)], SETTINGS)


@pytest.mark.parametrize("bar_by_bar", [False, True])
def test_a_failing_indicator_is_named_with_its_strategy(bars_of, bar_by_bar):
    """Backtrader's RSI divides by zero where the market only rises, unless `safediv` is on."""

    class Rises(SizingStrategy):
        def __init__(self):
            self.rsi = bt.indicators.RSI(self.data.close, period=3)

    rising = bars_of(range(100, 110), range(101, 111), [0.01] * 10)
    with pytest.raises(StrategyError, match=r"^Rises: its indicator RSI failed: ZeroDivisionError: float division"):
        run_backtest(rising, [Variant("rises", Rises)], SETTINGS, bar_by_bar=bar_by_bar)


@pytest.mark.parametrize(
    ("freq", "bars", "forecasts", "per_year"), [("W-FRI", 60, 3, 52), ("ME", 40, 9, 12), ("D", 60, 4, 365)]
)
def test_the_bars_before_the_first_forecast_tell_what_a_bar_is(freq, bars, forecasts, per_year):
    """The figures of a few bars become annual by the days of all of them."""
    days = pd.date_range("2020-01-31", periods=bars, freq=freq, name="Date")
    close = pd.Series(100 + np.arange(bars) % 3, days, dtype=float)
    prices = pd.DataFrame({"Open": close, "High": close, "Low": close, "Close": close, "Volume": 1.0})
    made = pd.DataFrame({"predicted_return": 0.01, "predicted_close": 101.0}, days[-forecasts:])
    signals = signals_frame(prices, pd.DataFrame({"volatility": 0.01}, days), made)
    [hold] = run_backtest(signals, [BENCHMARK], SETTINGS)
    assert (len(hold.equity), hold.bars_a_year) == (forecasts, per_year)
    assert hold.metrics.annual_volatility == pytest.approx(hold.returns.std() * per_year**0.5)

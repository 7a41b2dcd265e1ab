"""Laws of capital, prices, signs and shares that every backtest obeys, whatever the market and the forecasts."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation.books.reconstruct_equity import reconstruct_equity
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import BENCHMARK, Variant
from tests.laws.drawn_markets import PRICES, PURE, PURE_AND_A_HYBRID, both_fills, law, markets

SETTINGS = Settings.of(capital=1_000.0)

scales = st.integers(-9, 9).map(lambda power: 2.0**power) | st.floats(0.01, 100)


def tolerance_of(scale: float) -> float:
    """A power of two changes no digit of a float: what it scales must be equal to the last bit."""
    return 0.0 if math.frexp(scale)[0] == 0.5 else 1e-9


@both_fills
@law
@given(signals=markets(), scale=scales)
def test_more_capital_is_as_much_more_equity(signals, scale, fill):
    settings = SETTINGS.replace(fill=fill)
    for small, large in zip(
        run_backtest(signals, PURE_AND_A_HYBRID, settings),
        run_backtest(signals, PURE_AND_A_HYBRID, settings.replace(capital=scale * settings.trading.capital)),
        strict=True,
    ):
        np.testing.assert_allclose(large.equity, scale * small.equity, rtol=tolerance_of(scale))
        if not tolerance_of(scale):
            np.testing.assert_array_equal(large.fills["size"], scale * small.fills["size"])
        pd.testing.assert_series_equal(large.weights, small.weights, check_exact=True)


@both_fills
@law
@given(signals=markets(), scale=scales)
def test_returns_do_not_depend_on_the_unit_of_the_price(signals, scale, fill):
    settings, quoted = SETTINGS.replace(fill=fill), [*PRICES, "predicted_close"]
    rescaled = signals.assign(**scale * signals[quoted])
    for one, other in zip(
        run_backtest(signals, PURE_AND_A_HYBRID, settings),
        run_backtest(rescaled, PURE_AND_A_HYBRID, settings),
        strict=True,
    ):
        np.testing.assert_allclose(other.returns, one.returns, rtol=0, atol=tolerance_of(scale))
        if not tolerance_of(scale):
            assert other.metrics == one.metrics


def returns_from_fill_to_fill(result, signals: pd.DataFrame, fill: str) -> pd.Series:
    """Reconstruct the equity at the prices at which the account trades, and return its changes."""
    at = signals.loc[result.equity.index, "Open" if fill == "next-open" else "Close"]
    return reconstruct_equity(result.fills, at, {"active": SETTINGS.trading.capital})["active"].pct_change().iloc[1:]


@both_fills
@law
@given(signals=markets())
def test_mirrored_forecasts_give_mirrored_profits(signals, fill):
    """From one fill to the next, profit / equity is weight x price change, so the mirrored weight gives its negative.

    It holds day by day while nothing stands between weight and position: no costs, no ruin, no dead band, fractional
    shares, shorts allowed. Compounded it does not hold: 10 % up twice is 21 %, 10 % down twice 19 %. Nor does it hold
    from close to close with fills at the open, as a day then has two positions.
    """
    settings = SETTINGS.replace(fill=fill, rebalance_band=0)
    mirrored = signals.assign(predicted_return=-signals["predicted_return"])
    for one, other in zip(run_backtest(signals, PURE, settings), run_backtest(mirrored, PURE, settings), strict=True):
        gained, lost = (returns_from_fill_to_fill(result, signals, fill) for result in (one, other))
        np.testing.assert_allclose(gained, -lost, rtol=0, atol=1e-9)
        np.testing.assert_array_equal(one.weights, -other.weights)


class Always(SizingStrategy):
    """Wants the same weight every day."""

    params = dict(wanted=0.0)

    def target_weight(self):
        return self.p.wanted


class AlwaysAll(Always):
    params = dict(wanted=1.0)


@both_fills
@law
@given(signals=markets())
def test_weight_0_is_cash_and_weight_1_is_buy_and_hold(signals, fill):
    variants = [Variant("nothing", Always), Variant("all", AlwaysAll), BENCHMARK]
    nothing, everything, hold = run_backtest(signals, variants, SETTINGS.replace(fill=fill))
    assert (nothing.equity == SETTINGS.trading.capital).all()
    assert nothing.fills.empty
    np.testing.assert_array_equal(everything.equity, hold.equity)
    assert len(everything.fills) == 1


@both_fills
@law
@given(signals=markets(), share=st.floats(0.01, 0.99))
def test_hybrids_are_linear_in_their_share(signals, share, fill):
    hybrids = [replace(variant, active_share=share) for variant in PURE]
    *results, hold = run_backtest(signals, [*PURE, *hybrids, BENCHMARK], SETTINGS.replace(fill=fill))
    for pure, hybrid in zip(results[: len(PURE)], results[len(PURE) :], strict=True):
        np.testing.assert_allclose(hybrid.equity, share * pure.equity + (1 - share) * hold.equity, rtol=1e-9)

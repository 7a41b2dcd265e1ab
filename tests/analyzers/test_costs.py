"""What each cost took, by hand, and the laws of costs over every variant."""

import backtrader as bt
import pandas as pd
import pytest
from backtrader_walkforward.analyzers.costs import Costs

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.evaluation import Comparison, CostTotals, WithoutCosts
from backtrader_walkforward.settings.settings import COSTS, Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies, variants_of

VARIANTS = [*variants_of(find_strategies()), BENCHMARK]
SOME = {"commission_bps": 5.0, "slippage_bps": 3.0, "borrow_rate": 0.05, "cash_rate": 0.02}


class Half(SizingStrategy):
    """Half the account for two days, then nothing."""

    def target_weight(self):
        return 0.5 if len(self) < 3 else 0.0


@pytest.fixture(scope="module")
def free(signals):
    return run_backtest(signals, VARIANTS, Settings.of())


def test_commission_and_slippage_of_a_hybrid_by_hand(bars_of):
    bars = bars_of([10] * 5, [10] * 5, predicted_return=[0.0] * 5).assign(volatility=0.0, median_volatility=0.0)
    settings = Settings.of(capital=2_000, commission_bps=100, slippage_bps=100)
    [half] = run_backtest(bars.assign(forecast_spread=0.0), [Variant("half", Half, active_share=0.5)], settings)
    bought = half.fills.groupby("account")["size"].first()
    assert bought["active"] == pytest.approx(50)
    assert bought["passive"] == pytest.approx(1_000 / (10.1 * 1.01))
    active = half.fills[half.fills["account"] == "active"]
    assert active["price"].tolist()[0] == 10.1
    assert active["price"].tolist()[-1] == 9.9
    traded = (half.fills["size"].abs() * half.fills["price"]).sum()
    assert half.costs.commission == pytest.approx(0.01 * traded)
    assert half.costs.slippage == pytest.approx(0.1 * half.fills["size"].abs().sum())
    assert (half.costs.borrowing, half.costs.cash_interest) == (0.0, 0.0)
    assert half.equity.iloc[-1] == pytest.approx(2_000 - half.costs.paid)


def test_costs_of_zero_change_nothing_to_the_bit(signals, free):
    zero = run_backtest(signals, VARIANTS, Settings.of(**dict.fromkeys(COSTS, 0.0)))
    for one, other in zip(free, zero, strict=True):
        pd.testing.assert_series_equal(one.equity, other.equity, check_exact=True)
        pd.testing.assert_frame_equal(one.fills, other.fills, check_exact=True)
        assert one.metrics == other.metrics
        assert one.costs == CostTotals()
        assert one.cash_flows.empty


@pytest.mark.parametrize(
    ("name", "some", "more"),
    [("commission_bps", 5, 50), ("commission_min", 1, 10), ("slippage_bps", 5, 50), ("borrow_rate", 0.05, 0.5)],
)
def test_more_costs_never_more_profit(signals, free, name, some, more):
    runs = [free, *(run_backtest(signals, VARIANTS, Settings.of(**{name: value})) for value in (some, more))]
    for results in zip(*runs, strict=True):
        finals = [result.metrics.final_value for result in results]
        assert finals == sorted(finals, reverse=True)
        shorts = (results[0].weights < 0).any()
        assert (finals[0] > finals[-1]) == (name != "borrow_rate" or shorts)
        assert not any(result.metrics.rejected_orders for result in results)


def test_interest_on_cash_never_costs(signals, free):
    for without, earning in zip(free, run_backtest(signals, VARIANTS, Settings.of(cash_rate=0.05)), strict=True):
        assert earning.metrics.final_value >= without.metrics.final_value
        assert earning.costs.cash_interest >= 0


def test_the_report_holds_the_result_before_and_what_each_cost_took(signals, free):
    after = {result.name: result for result in run_backtest(signals, VARIANTS, Settings.of(**SOME))}
    *before, benchmark = free
    without = WithoutCosts.by_name(Comparison.of(before, benchmark))
    assert set(without) == {variant.name for variant in VARIANTS}
    for result in free:
        assert without[result.name].metrics == result.metrics
    paid = after["binary"].costs
    assert min(paid.commission, paid.slippage, paid.borrowing, paid.cash_interest) > 0
    assert without["buy_and_hold"].break_even_against_benchmark_bps is None
    assert after["buy_and_hold"].costs.borrowing == 0


def test_a_broker_that_does_not_tell_is_refused(signals, run):
    with pytest.raises(ArgumentError, match="needs a strategy with sub-accounts, found a BackBroker: trade a"):
        run(signals, (bt.Strategy, {}), analyzers=[Costs])


def test_a_run_bar_by_bar_is_the_same(signals):
    settings, pair = Settings.of(**SOME), VARIANTS[:2]
    for one, other in zip(
        run_backtest(signals, pair, settings), run_backtest(signals, pair, settings, bar_by_bar=True), strict=True
    ):
        pd.testing.assert_series_equal(one.equity, other.equity, check_exact=True)
        assert one.costs == other.costs

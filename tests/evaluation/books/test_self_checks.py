"""What every backtest checks of itself: planted faults are found, and unusual but right books are not."""

from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation.books.self_checks import first_fault
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading import SizingStrategy
from backtrader_walkforward.trading.variants import Variant

CAPITAL = {"active": 700.0, "passive": 300.0}
SETTINGS = Settings.of(capital=1_000.0)
FREE = SETTINGS.trading


class Half(SizingStrategy):
    def target_weight(self):
        return 0.5


@pytest.fixture
def bars(bars_of):
    """Closes 10, 11, 12, 9; a fill at the open of the second day, at 10.5."""
    return bars_of([10, 10.5, 11, 12], [10, 11, 12, 9], [0.01] * 4)


@pytest.fixture
def result(bars):
    return run_backtest(bars, [Variant("half", Half, active_share=0.7)], SETTINGS)[0]


def with_fills(result, **columns):
    fills = result.fills.assign(**columns)
    recorded = result.analyses["fills"].assign(**columns)
    return replace(result, fills=fills, analyses={**result.analyses, "fills": recorded})


def test_books_that_add_up_have_no_fault(result, bars):
    assert first_fault(result, bars, CAPITAL, FREE) == ""


def test_cash_that_came_from_nowhere_is_found(result, bars):
    richer = result.accounts.assign(active=result.accounts["active"] + [0, 0, 0.01, 0.01])
    assert first_fault(replace(result, accounts=richer), bars, CAPITAL, FREE) == (
        "account active: an equity of 750.01 on 2020-01-03, where its fills, flows of cash and closes give 750.00"
    )


def test_a_missing_fill_is_found(result, bars):
    fault = first_fault(with_fills(result, size=0.0), bars, CAPITAL, FREE)
    assert fault == (
        "account active: an equity of 716.67 on 2020-01-02, where its fills, flows of cash and closes give 700.00"
    )


def test_other_accounts_than_those_of_the_variant_are_found(result, bars):
    fault = first_fault(result, bars, {"active": 1_000.0}, FREE)
    assert fault == "its accounts are active, passive, and should be active"


@pytest.mark.parametrize(("price", "slippage_bps"), [(11.01, 0), (10.49, 1000), (12.2, 1000), (float("nan"), 1000)])
def test_a_price_that_the_bar_does_not_have_is_found(result, bars, price, slippage_bps):
    trading = SETTINGS.replace(slippage_bps=slippage_bps).trading
    fault = first_fault(with_fills(result, price=price), bars, CAPITAL, trading)
    assert f"at {price:,.4f} on 2020-01-02, whose bar goes from 10.5000 to 11.0000" in fault


@pytest.mark.parametrize(("price", "slippage_bps", "right"), [(10.51, 0, "10.5000"), (10.5, 100, "10.6050")])
def test_a_market_order_fills_at_the_open_with_the_slippage_of_the_settings(result, bars, price, slippage_bps, right):
    trading = SETTINGS.replace(slippage_bps=slippage_bps).trading
    fault = first_fault(with_fills(result, price=price), bars, CAPITAL, trading)
    assert fault.endswith(f"at {price:.4f} on 2020-01-02, where a market order fills at {right}")


def test_any_other_order_fills_within_the_bar(result, bars):
    fault = first_fault(with_fills(result, price=10.9, order="Limit"), bars, CAPITAL, FREE)
    assert fault.startswith("account active: an equity of 716.67")  # its price is no fault


def test_a_fill_at_the_close_is_none_of_a_run_with_fills_at_the_open(bars_of):
    bars = bars_of([10, 10.5, 11], [10.2, 10.8, 11], [0.01] * 3)
    at_close = SETTINGS.replace(fill="close")
    [result] = run_backtest(bars, [Variant("half", Half)], at_close)
    capital = {"active": 1_000.0}
    assert result.fills["price"].iloc[0] == 10.2
    assert first_fault(result, bars, capital, at_close.trading) == ""
    assert first_fault(result, bars, capital, FREE).endswith("on 2020-01-01, where a market order fills at 10.0000")


def test_slippage_is_beyond_the_bar_on_the_worse_side_alone(bars_of):
    bars = bars_of([10, 10, 10], [10, 10, 10], [0.01] * 3)
    results = run_backtest(bars, [Variant("half", Half)], SETTINGS.replace(slippage_bps=100))
    assert results[0].fills["price"].iloc[0] == pytest.approx(10.1)
    assert "at 10.1000" in first_fault(results[0], bars, {"active": 1_000.0}, SETTINGS.replace(slippage_bps=99).trading)


@pytest.mark.parametrize(("costs", "least"), [({"commission_bps": 10}, "0.3500"), ({"commission_min": 1}, "1.0000")])
def test_too_small_a_commission_is_found(result, bars, costs, least):
    """The first fill is worth 350."""
    fault = first_fault(result, bars, CAPITAL, SETTINGS.replace(**costs).trading)
    assert fault == (
        "account active: a fill of 33.3333 at 10.5000 on 2020-01-02, with a commission of 0.0000, and not"
        f" {least} or more"
    )


def test_a_fill_on_a_day_without_a_bar_is_found(result, bars):
    for day in ("2020-01-04", "2021-01-01"):
        fault = first_fault(with_fills(result, date=pd.Timestamp(day)), bars, CAPITAL, FREE)
        assert fault.endswith(f"at 10.5000 on {day}, which has no bar")


def test_a_stop_at_the_very_close_is_booked_at_once(bars_of):
    """It costs 1 on the day of the stop; a fill at that close would be booked a day later."""
    bars = bars_of([100, 100, 95, 95], [100, 95, 95, 95], [0.01, 0.01, 0.01, 0.01])
    settings = SETTINGS.replace(fill="close", stop_loss=0.05, commission_min=1.0)
    [result] = run_backtest(bars, [Variant("half", Half)], settings)
    assert result.fills["price"].tolist() == [100, 95]
    assert result.equity.tolist() == [1000, 1000 - 1 - 5 * 5 - 1, 973, 973]

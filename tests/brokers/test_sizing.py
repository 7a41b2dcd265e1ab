"""What an account can afford."""

import backtrader as bt
import pandas as pd
import pytest

from backtrader_walkforward.brokers.sizing import affordable_size, free_to_hold, in_lots


def free(size, price):
    return 0.0


def percent(size, price):
    return 0.01 * abs(size) * price


def flat(size, price):
    return 25.0


@pytest.mark.parametrize(
    ("size", "short", "commission", "expected"),
    [
        (5, 0, free, 5),
        (10, 0, free, 8),
        (10, 0, percent, 1000 / (1.01 * 125)),
        (10, 0, flat, 975 / 125),
        (10, 9.5, free, 9.5),
        (20, -3, free, 8),
    ],
)
def test_the_largest_purchase_that_1000_pay_at_125(size, short, commission, expected):
    assert affordable_size(size, short, 1000.0, 125.0, commission) == pytest.approx(expected, rel=1e-11)


def test_whole_shares_are_rounded_down_but_a_short_is_covered():
    assert affordable_size(10, 0, 999.0, 125.0, free, lot=1.0) == 7
    assert affordable_size(10, 9.5, 999.0, 125.0, free, lot=1.0) == 9.5


class OwnInterest(bt.CommInfoBase):
    def _get_credit_interest(self, data, size, price, days, dt0, dt1):
        return 1.0


@pytest.mark.parametrize(
    ("scheme", "is_free"),
    [
        (bt.CommInfoBase(percabs=True), True),
        (bt.CommInfoBase(commission=0.1, percabs=True), True),
        (bt.CommInfoBase(interest=0.05), False),
        (bt.CommInfoBase(margin=100.0), False),
        (OwnInterest(), False),
    ],
)
def test_interest_and_daily_settlement_make_holding_cost_something(scheme, is_free):
    assert free_to_hold(scheme) == is_free


@pytest.mark.parametrize(
    ("target", "held", "lot", "whole"),
    [
        (15.0, 0.0, 18.46, 0.0),
        (40.0, 0.0, 18.46, 36.92),
        (-40.0, 0.0, 18.46, -36.92),
        (9.9, 9.47, 1.0, 9.47),
        (9.9, 9.53, 1.0, 9.0),
        (9.0, 8.9999, 1.0, 8.9999),
        (0.4, 0.3, 1.0, 0.0),
        (-9.9, 9.47, 1.0, -9.0),
        (9.0, 4.5, 0.5, 9.0),
    ],
)
def test_whole_lots(target, held, lot, whole):
    assert in_lots(target, held, lot) == pytest.approx(whole, rel=1e-12)
    assert in_lots(pd.Series([target]), held, lot).tolist() == [in_lots(target, held, lot)]


@pytest.mark.parametrize(("cash", "bought"), [(999.99, 9), (1000.0, 10), (1000.01, 10)])
def test_the_last_cent_buys_the_last_whole_share(cash, bought):
    assert affordable_size(10, 0, cash, 100.0, free, lot=1.0) == bought


@pytest.mark.parametrize(("cash", "bought"), [(999.99, 15), (1000.0, 16)])
def test_with_leverage_too(cash, bought):
    assert affordable_size(16, 0, cash, 125.0, free, lot=1.0, leverage=2.0) == bought


def test_what_cash_pays_is_a_number_of_lots_beyond_what_is_covered():
    """1,000 pay 8 at 125: one lot of 5; beyond 2.5 that are covered for 312.50, one, too."""
    assert affordable_size(20, 0, 1001.0, 125.0, free, lot=5.0) == 5
    assert affordable_size(20, 2.5, 1001.0, 125.0, free, lot=5.0) == 7.5

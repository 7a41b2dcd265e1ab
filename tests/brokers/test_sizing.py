"""What an account can afford."""

import backtrader as bt
import pytest

from backtrader_walkforward.brokers.sizing import affordable_size, free_to_hold


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
    assert affordable_size(10, 0, 999.0, 125.0, free, whole_shares=True) == 7
    assert affordable_size(10, 9.5, 999.0, 125.0, free, whole_shares=True) == 9.5


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

"""Dividends and splits in shares of the first day, with numbers that can be checked by hand."""

import pandas as pd
import pytest

from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.live.paper.corporate_actions import (
    actions_of,
    dividends_per_share,
    growth_of,
    read_confirmations,
    rows_of,
    shares_for_one,
)

DAYS = pd.bdate_range("2024-01-01", periods=5, unit="us")


def test_splits_multiply_the_shares():
    actions = actions_of([(DAYS[3], "split", 0.5, False), (DAYS[1], "split", 3.0, False)])
    assert shares_for_one(actions, DAYS).tolist() == [1.0, 3.0, 3.0, 1.5, 1.5]
    assert shares_for_one(actions_of(), DAYS).tolist() == [1.0] * 5


def test_a_dividend_is_paid_on_the_shares_of_the_day_before():
    """A share of the first day is two on the third; the split of the fourth day comes after its dividend."""
    actions = actions_of(
        [
            *((DAYS[2], "split", 2.0, False), (DAYS[1], "dividend", 1.0, False)),
            *((DAYS[3], "dividend", 1.0, False), (DAYS[3], "split", 10.0, False)),
        ]
    )
    assert dividends_per_share(actions, DAYS).tolist() == [0.0, 1.0, 0.0, 2.0, 0.0]


def test_a_dividend_of_a_day_without_prices_is_paid_on_the_next():
    actions = actions_of([(pd.Timestamp("2024-01-06"), "dividend", 1.0, False)])
    days = DAYS[:4].append(pd.DatetimeIndex(["2024-01-08"]))
    assert dividends_per_share(actions, days).tolist() == [0.0, 0.0, 0.0, 0.0, 1.0]
    assert dividends_per_share(actions, DAYS).tolist() == [0.0] * 5


def test_growth_buys_shares_at_the_close_before_and_no_later_day_changes_it():
    """20 of 100 buy a quarter of a share at 80, where the price would be without other news."""
    bars = pd.DataFrame({"Close": [100.0, 80.0, 80.0, 60.0, 60.0]}, DAYS)
    first, second = (DAYS[1], "dividend", 20.0, False), (DAYS[3], "dividend", 20.0, False)
    assert growth_of(bars, actions_of([first])).tolist() == [1.0, 1.25, 1.25, 1.25, 1.25]
    assert growth_of(bars, actions_of([first, second])).tolist() == pytest.approx([1.0, 1.25, 1.25, 5 / 3, 5 / 3])
    assert growth_of(bars, actions_of()).tolist() == [1.0] * 5


def test_a_dividend_of_more_than_the_price_is_refused():
    bars = pd.DataFrame({"Close": [100.0] * 5}, DAYS)
    with pytest.raises(DataError, match=r"the dividend of 2024-01-02 is 100.00 a share, and the close before 100.00"):
        growth_of(bars, actions_of([(DAYS[1], "dividend", 100.0, False)]))


def test_confirmations():
    read = read_confirmations(["2018-10-05:split=3/2", "2018-09-05:dividend=1.25", "2018-10-04:split=0.1"])
    assert read.to_numpy().tolist() == [
        [pd.Timestamp("2018-09-05"), "dividend", 1.25, True],
        [pd.Timestamp("2018-10-04"), "split", 0.1, True],
        [pd.Timestamp("2018-10-05"), "split", 1.5, True],
    ]
    assert [action.text for action in rows_of(read)] == [
        "dividend of 1.25 on 2018-09-05, as confirmed",
        "split of 1 for 10 on 2018-10-04, as confirmed",
        "split of 3 for 2 on 2018-10-05, as confirmed",
    ]
    assert [action.option for action in rows_of(read)] == [
        *("2018-09-05:dividend=1.25", "2018-10-04:split=1/10", "2018-10-05:split=3/2")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "split=2",
        "2018-10-05",
        "2018-13-05:split=2",
        "2018-10-05:split=2/0",
        "2018-10-05:split=.",
        "x:y=1",
    ],
)
def test_a_confirmation_that_is_not_clear_is_refused(text):
    with pytest.raises(ArgumentError) as refused:
        read_confirmations([text])
    assert str(refused.value) == (
        "--confirm must be a day with a split (new shares for one) or a dividend (cash per share): "
        f"{text!r} - for example 2018-10-05:split=2 or 2018-10-05:dividend=1.25"
    )


def test_a_number_that_no_computer_holds_is_refused():
    with pytest.raises(ArgumentError, match=r"^--confirm must be a day with a split"):
        read_confirmations(["2018-10-05:split=1" + 400 * "0"])

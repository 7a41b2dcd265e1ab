"""Dividends and splits of a file follow from its closes and adjusted closes."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.actions.found import actions_found
from backtrader_walkforward.data.csv.csv_file import read_csv


def found(closes, adjusted):
    days = pd.date_range("2024-01-02", periods=len(closes), name="Date")
    return actions_found(pd.Series(closes, days, dtype=float), pd.Series(adjusted, days, dtype=float))


def events(actions):
    return {f"{day:%d}": (round(paid, 9), split) for day, paid, split in actions.itertuples()}


def test_a_dividend_and_a_split():
    """2 on a close of 100 is 2 %; two shares for one halve all closes before. The last adjusted close is the close."""
    closes, adjusted = [100, 100, 98, 98, 49, 49.25], [49, 49, 49, 49, 49, 49.25]
    assert events(found(closes, adjusted)) == {"04": (2.0, 1.0), "06": (0.0, 2.0)}


def test_both_on_a_day_the_dividend_on_the_old_share():
    assert events(found([100, 100, 48, 48.25], [48, 48, 48, 48.25])) == {"04": (4.0, 2.0)}


@pytest.mark.parametrize(
    ("before", "after", "split"), [(100, 80, 1.25), (100, 75, 4 / 3), (10, 100, 0.1), (80, 100, 0.8)]
)
def test_ratios_forwards_and_backwards(before, after, split):
    assert events(found([before, after, after * 1.0001], [after, after, after * 1.0001])) == {"03": (0.0, split)}


def test_a_step_that_the_quoted_close_does_not_follow_is_a_dividend():
    """Half of the price was paid out, and the market thinks that it is worth as much as before."""
    assert events(found([100, 100, 100.5], [50, 100, 100.5])) == {"03": (50.0, 1.0)}


def test_closes_that_were_adjusted_for_splits_show_dividends_alone():
    assert events(found([50, 50, 49, 49.5], [49, 49, 49, 49.5])) == {"04": (1.0, 1.0)}


@pytest.mark.parametrize(("digits", "misses"), [(6, 1e-4), (4, 1e-3), (2, 0.02)])
def test_rounded_adjusted_closes_bring_no_dividends_of_their_own(digits, misses):
    """Ten years of 0.4 % a quarter, in numbers of seven digits, as Yahoo keeps them, and rounded in a file."""
    closes = (100 * np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.01, 2520)))).round(2)
    ex_days = np.arange(63, 2520, 63)
    factor = 0.996 ** (len(ex_days) - np.searchsorted(ex_days, np.arange(2520), side="right"))
    closes, adjusted = (values.astype(np.float32).astype(float).round(digits) for values in (closes, closes * factor))
    actions = found(closes, adjusted)
    days = pd.date_range("2024-01-02", periods=2520)
    assert actions.index.tolist() == days[ex_days].tolist()
    assert actions["Dividend"].to_numpy() == pytest.approx(0.004 * closes[ex_days - 1], rel=misses)
    assert (actions["Split"] == 1).all()


def test_an_adjusted_close_without_reason_is_told(tmp_path):
    path = tmp_path / "mine.csv"
    rows = ["2024-01-02,10,10,10,10,10.5", "2024-01-03,10,10,10,10,9.75", "2024-01-04,10,10,10,10,9.95"]
    path.write_text("\n".join(["Date,Open,High,Low,Close,Adj Close", *rows]))
    prices = read_csv(path, "SPY")
    assert prices.actions is None
    assert prices.notes[-1] == "mine.csv: no dividends and splits lead from its close to its adjusted close"
    assert prices.unadjusted_close.tolist() == [10, 10, 10]


def test_rows_that_are_no_prices_are_left_out():
    assert events(found([100, np.nan, 0, 98, 98.5], [98, np.nan, 0, 98, 98.5])) == {"05": (2.0, 1.0)}


@pytest.mark.parametrize(("new", "old"), [(5, 3), (7, 4), (8, 5), (6, 5), (7, 2), (11, 10), (21, 20), (1, 35)], ids=str)
def test_every_usual_ratio_that_the_close_follows_is_a_split(new, old):
    """A step of 11:10 was a dividend of 9.09 before, one of 5:3 a dividend of 40, and 6:5 lost all actions."""
    before, after, last = 12.3456 * new, 12.3456 * old, 12.4567 * old
    assert events(found([before, before, after, last], [after, after, after, last])) == {"04": (0.0, new / old)}


def test_a_ratio_that_rounding_hides_is_a_split_all_the_same():
    assert events(found([30.01, 30.02, 20.01, 20.02], [20.0067, 20.0133, 20.01, 20.02])) == {"04": (0.0, 1.5)}


def test_a_reverse_split_of_rounded_closes_is_found():
    """1:10 of 8.0041, 8.0149, 7.9951 and 8.0049, rounded to cents: no actions were found for steps to and fro."""
    closes, adjusted = [8.00, 8.01, 8.00, 8.00, 80.27, 80.31], [80.04, 80.15, 79.95, 80.05, 80.27, 80.31]
    assert events(found(closes, adjusted)) == {"06": (0.0, 0.1)}


def test_a_step_below_all_rounding_is_no_dividend():
    assert found([75.6166, 75.6166, 75.62], [75.616599, 75.6166, 75.62]).empty


def test_a_dividend_beside_a_small_ratio_is_not_split_in_two():
    """18 of 100: 6:5 and 1.6 would give the same step."""
    assert events(found([100, 100, 82, 82.5], [82, 82, 82, 82.5])) == {"04": (18.0, 1.0)}


def test_rounded_closes_do_not_tell_a_stock_dividend():
    """A tenth of the shares, or 1.91 in cash: with two decimals nobody knows."""
    assert events(found([21.0, 21.0, 19.09, 19.2], [19.09, 19.09, 19.09, 19.2])) == {"04": (1.91, 1.0)}


def test_a_large_dividend_of_a_file_is_told(tmp_path):
    path = tmp_path / "mine.csv"
    rows = ["2024-01-02,100,100,100,100,63.4567", "2024-01-03,63,63,63,63,63", "2024-01-04,64,64,64,64,64"]
    path.write_text("\n".join(["Date,Open,High,Low,Close,Adj Close", *rows]))
    prices = read_csv(path, "SPY")
    assert events(prices.actions) == {"03": (36.5433, 1.0)}
    assert prices.notes[-1] == (
        "mine.csv: its adjusted closes show a dividend of 36.54 on 2024-01-03, a large part of the close before: is it"
        " a split, or shares of another company?"
    )

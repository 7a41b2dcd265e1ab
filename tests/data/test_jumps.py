"""Doubtful prices are told, and ordinary ones are not."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.jumps import jump_notes, night_jumps


def bars(opens, closes, **columns):
    days = pd.date_range("2024-01-02", periods=len(opens))
    ends = pd.DataFrame({"Open": opens, "Close": closes}, index=days, dtype=float)
    return ends.assign(High=ends.max(axis=1), Low=ends.min(axis=1), Volume=1000.0).assign(**columns)


@pytest.mark.parametrize(
    ("opens", "closes", "split"),
    [
        (50, 50, " 4:1"),
        (100, 102, " 2:1"),
        (100, 108, " 2:1"),
        (98, 96, " 2:1"),
        (133, 136, " 3:2"),
        (80, 80, " 5:2"),
        (400, 390, " 1:2"),
        (300, 310, " 2:3"),
        (2000, 2000, " 1:10"),
        (200, 90, ""),
        (210, 480, ""),
        (133, 170, None),
        (190, 133, None),
        (150, 150, " 4:3"),
        (162, 158, " 5:4"),
        (162, 140, None),
        (180, 170, None),
        (266, 268, None),
        (120, 121, " 5:3"),
        (114.3, 114, " 7:4"),
        (125, 124, " 8:5"),
        (167, 166, " 6:5"),
        (168.5, 168.5, None),
        (57, 57, " 7:2"),
        (7000, 7050, " 1:35"),
        (105.3, 105, ""),
        (133, 120, ""),
        (6400, 6400, ""),
    ],
)
def test_a_leap_may_be_a_split_and_its_ratio_is_told(opens, closes, split):
    notes = jump_notes(bars([200, 200, opens, closes], [200, 200, closes, closes]))
    told = f"the close goes from 200.00 to {closes:,.2f} on 2024-01-04: a split{split} that is not adjusted for?"
    assert [note for note in notes if "split" in note] == ([] if split is None else [told])


@pytest.mark.parametrize(("close", "is_far"), [(133.0, True), (134.0, False), (299.0, False), (301.0, True)])
def test_a_night_is_far_from_half_as_much_again_on(close, is_far):
    """200 / 1.5 is 133.33, and 200 x 1.5 is 300."""
    jumps = night_jumps(bars([200, 200, close, close], [200, 200, close, close]))
    assert jumps.tolist() == [False, False, is_far, False]


@pytest.mark.parametrize(
    ("column", "value", "beside"),
    [
        ("Open", 195.0, "102.00 to 103.00"),
        ("Open", 51.0, "102.00 to 103.00"),
        ("High", 165.0, "102.00 to 103.00"),
        ("Low", 0.01, "102.00 to 103.00"),
        ("Close", 195.0, "102.00 to 103.00"),
    ],
)
def test_a_price_far_from_those_beside_it_is_told(column, value, beside):
    frame = bars(np.arange(100.0, 110), np.arange(101.0, 111))
    frame.iloc[2, frame.columns.get_loc(column)] = value
    prices = frame.drop(columns="Volume")
    frame["High"], frame["Low"] = prices.max(axis=1), prices.min(axis=1)
    told = f"the {column.lower()} of 2024-01-04, {value:,.2f}, is far from the prices beside it, {beside}: is it right?"
    assert jump_notes(frame) == [told]


@pytest.mark.parametrize(("factor", "low", "high"), [(1.9, "190.00", "193.80"), (0.6, "60.00", "61.20")])
def test_a_bar_that_leaves_the_prices_beside_it_and_comes_back_is_told_once(factor, low, high):
    frame = bars([100.0] * 6, [102.0] * 6)
    frame.iloc[3, frame.columns.get_indexer(["Open", "High", "Low", "Close"])] *= factor
    told = f"the bar of 2024-01-05, {low} to {high}, is far from the close before, 102.00, and from the open after"
    assert jump_notes(frame) == [f"{told}, 100.00: is it right?"]


def test_crashes_are_no_doubtful_prices():
    """New York in October 1987, and two days that lose a third and gain a quarter."""
    opens = [314.52, 305.21, 298.08, 282.70, 225.06, 236.83, 258.38]
    closes = [305.23, 298.08, 282.70, 224.84, 236.83, 258.38, 248.25]
    assert jump_notes(bars(opens, closes)) == []
    assert jump_notes(bars([100, 84, 67, 84, 84], [100, 67, 67, 84, 84])) == []


def test_several_are_counted():
    frame = bars([100.0] * 9, [100.0] * 9)
    frame.iloc[[2, 5, 6], frame.columns.get_loc("Low")] = 1.0
    told = "the low of 2024-01-04, 1.00, is far from the prices beside it, 100.00 to 100.00 (and 2 more): is it right?"
    assert jump_notes(frame) == [told]


@pytest.mark.parametrize(("n_bars", "told"), [(4, False), (5, True), (6, True)])
def test_bars_without_volume_or_range_in_a_row(n_bars, told):
    idle = [0.0 if 2 <= day < 2 + n_bars else 1000.0 for day in range(12)]
    frame = bars([100.0] * 12, [100.0] * 12, Volume=idle)
    last = f"2024-01-{3 + n_bars:02}"
    note = f"{n_bars} bars in a row, 2024-01-04 to {last}, have one price and no volume"
    assert jump_notes(frame) == [note] * told
    assert jump_notes(frame.assign(High=101.0)) == []


def test_closes_alone_are_no_idle_bars():
    closes = [100.0 + day for day in range(12)]
    assert jump_notes(bars(closes, closes, Volume=0.0)) == []


def test_nothing():
    assert jump_notes(bars([], [])) == []
    assert jump_notes(bars([100], [100])) == []

"""Columns that name dividends and splits: what they settle."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.actions.named import as_quoted, named_actions, settled_splits
from backtrader_walkforward.data.csv.csv_file import read_csv


def read(tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    return read_csv(path, "SPY")


ADJUSTED = "Date,Close,Adj Close,Dividends,Stock Splits\n2024-01-02,100,{0},0,0\n2024-01-03,{1},{1},{2},{3}\n"


@pytest.mark.parametrize(
    ("cells", "action"),
    [
        ((60, 60, 40, 0), (40.0, 1.0)),
        ((60, 60, 0, "1.6666666667"), (0.0, 5 / 3)),
        ((70, 70, 2, 1.4), (2.0, 1.4)),
        ((42.5, 42.5, 15, 2), (15.0, 2.0)),
        ((30, 30, 40, 2), (40.0, 2.0)),
        ((600, 600, 40, 0.1), (40.0, 0.1)),
    ],
    ids=str,
)
def test_what_the_columns_name_is_settled(tmp_path, cells, action):
    """40 of 100 was 5:3; 7:5 and 2 were one dividend; 2:1 and 15 were 7:3 and 0.83."""
    prices = read(tmp_path, ADJUSTED.format(*cells) + "2024-01-04,61,61,0,0\n")
    assert [tuple(row) for row in prices.actions.to_numpy()] == [pytest.approx(action)]
    assert not [note for note in prices.notes if "show" in note]


def test_divided_closes_with_a_large_dividend_on_the_day_of_a_split(tmp_path):
    """Half of 100 is 50 in new shares, of which 20 are paid: the close of 30 seemed to follow the split."""
    prices = read(
        tmp_path, "Date,Close,Adj Close,Dividends,Stock Splits\n2024-01-02,50,30,0,0\n2024-01-03,30,30,20,2\n"
    )
    assert prices.unadjusted_close.tolist() == [100.0, 30.0]
    assert prices.actions.to_numpy().tolist() == [[40.0, 2.0]]


def test_the_columns_of_alpha_vantage_name_actions(tmp_path):
    text = "timestamp,close,adjusted_close,dividend_amount,split_coefficient\n"
    prices = read(tmp_path, f"{text}2024-01-04,61,61,0,1\n2024-01-03,60,60,40,1\n2024-01-02,100,60,0,1\n")
    assert prices.actions.to_numpy().tolist() == [[40.0, 1.0]]


@pytest.mark.parametrize("is_divided", [False, True])
def test_a_small_split_on_a_rising_day_hides_in_no_close(is_divided):
    """51 for 50, and a close that is 2 % higher: the closes alone look as if the split had divided them."""
    quoted = np.r_[np.full(10, 100.0), np.full(11, 100.0)]
    adjusted = np.r_[np.full(10, 100 / 1.02), np.full(11, 100.0)]
    values = pd.DataFrame({"Close": adjusted if is_divided else quoted, "Dividends": 0.0, "Stock Splits": 0.0})
    values.loc[10, "Stock Splits"] = 1.02
    found = as_quoted(values["Close"], pd.Series(adjusted), named_actions(values))
    assert found.tolist() == pytest.approx(quoted.tolist())


@pytest.mark.parametrize(("cash", "is_settled"), [(2.08, True), (2.12, False), (1.92, True), (1.88, False)])
def test_a_dividend_that_is_within_a_twentieth_of_what_the_closes_show_leaves_no_split(cash, is_settled):
    """The adjusted closes show one of 2."""
    named = pd.DataFrame({"Dividend": [0.0, cash], "Split": np.nan})
    settled = settled_splits(named, pd.Series([100.0, 98.0]), pd.Series([98.0, 98.0]))
    assert settled.notna().tolist() == [False, is_settled]


@pytest.mark.parametrize("cell", ["0.81%", "Cash Dividend", "True"])
def test_a_column_that_cannot_be_read_is_left_out(tmp_path, cell):
    """Prices that are whole were refused for a column that they do not need."""
    rows = [f"2024-01-{day:02},100,101,99,100,1000,{cell if day == 4 else 0}" for day in range(2, 12)]
    file = tmp_path / "a.csv"
    file.write_text("\n".join(["Date,Open,High,Low,Close,Volume,Dividends", *rows]))
    prices = read_csv(file, "A")
    assert len(prices.frame) == 10
    assert prices.notes[0].startswith("a.csv: columns that are not used: 'Dividends', as they cannot be read: line ")

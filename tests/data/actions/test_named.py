"""Columns that name dividends and splits: whether the closes are adjusted for them, and what they settle."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.actions.named import adjusted_by_columns, as_quoted, named_actions
from backtrader_walkforward.data.csv.csv_file import read_csv
from backtrader_walkforward.data.csv.form import CsvForm

NIGHTS = [0.0, *np.tile([0.1, -0.1, 0.2, -0.2], 5)]
"""Closes move by up to four tenths of a point."""


def table(ex_close, dividends=0.0, splits=0.0, day=10):
    """Twenty-one closes of 100 with small moves; from a day on they are lower."""
    closes = np.r_[np.full(day, 100.0), np.full(21 - day, ex_close)] + NIGHTS
    values = pd.DataFrame({"Close": closes, "Dividends": 0.0, "Stock Splits": 0.0})
    values.loc[day, ["Dividends", "Stock Splits"]] = dividends, splits
    return values


def test_closes_that_fall_by_a_dividend_are_adjusted_for_it():
    """15 of a close of 100.1: 0.8502 of each close before. The loss of 15 % was one of the results."""
    values, notes = adjusted_by_columns(table(85.0, dividends=15.0))
    assert values["Adj Close"].iloc[[0, 9, 10]].tolist() == pytest.approx([100 * 85.1 / 100.1, 85.1, 84.9])
    assert notes == ["its closes fall by its 'Dividends': the adjusted close is computed from them"]


def test_closes_that_fall_by_a_small_split_are_adjusted_for_it():
    values, notes = adjusted_by_columns(table(1000 / 11, splits=1.1))
    assert values["Adj Close"].iloc[[0, 10]].tolist() == pytest.approx([1000 / 11, 1000 / 11 - 0.1])
    assert notes == ["its closes fall by its 'Stock Splits': the adjusted close is computed from them"]


@pytest.mark.parametrize(("dividends", "splits"), [(15.0, 0.0), (0.0, 2.0)])
def test_closes_that_do_not_fall_are_adjusted_already(dividends, splits):
    """As yfinance writes them with auto_adjust."""
    values, notes = adjusted_by_columns(table(100.0, dividends, splits))
    assert "Adj Close" not in values
    assert notes == []


def test_a_dividend_that_moves_hide_is_told():
    values, notes = adjusted_by_columns(table(100.0, dividends=0.6))
    assert "Adj Close" not in values
    assert notes == [
        "columns that are not used: 'Dividends', as its closes do not tell whether they are adjusted for them; an"
        " adjusted close would"
    ]


@pytest.mark.parametrize("rows", [40, 80])
def test_many_small_dividends_are_plain_together(rows):
    """1 of 100 each, in nights of half a point: 40 of them leave no doubt."""
    paid = np.where(np.arange(4 * rows) % 4 == 3, 1.0, 0.0)
    noise = np.random.default_rng(1).normal(0, 0.005, 4 * rows)
    quoted = 100 * np.exp(np.cumsum(noise + np.log1p(-paid / 100)))
    named = pd.DataFrame({"Close": quoted, "Dividends": paid * quoted / 100})
    assert "Adj Close" in adjusted_by_columns(named)[0]
    assert adjusted_by_columns(named.assign(Close=100 * np.exp(np.cumsum(noise))))[1] == []


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


def test_a_file_is_adjusted_by_its_columns_unless_the_user_wants_its_closes(tmp_path):
    path = tmp_path / "mine.csv"
    table(85.0, dividends=15.0).set_index(pd.bdate_range("2024-01-01", periods=21, name="Date")).to_csv(path)
    prices = read_csv(path, "SPY")
    assert prices.frame["Close"].iloc[0] == pytest.approx(100 * 85.1 / 100.1)
    assert prices.actions.to_numpy().tolist() == [pytest.approx([15.0, 1.0])]
    unread = CsvForm(columns={"adjusted": "none"})
    assert read_csv(path, "SPY", form=unread).frame["Close"].iloc[0] == 100


@pytest.mark.parametrize("is_divided", [False, True])
def test_a_small_split_on_a_rising_day_hides_in_no_close(is_divided):
    """51 for 50, and a close that is 2 % higher: the closes alone look as if the split had divided them."""
    quoted = np.r_[np.full(10, 100.0), np.full(11, 100.0)]
    adjusted = np.r_[np.full(10, 100 / 1.02), np.full(11, 100.0)]
    values = pd.DataFrame({"Close": adjusted if is_divided else quoted, "Dividends": 0.0, "Stock Splits": 0.0})
    values.loc[10, "Stock Splits"] = 1.02
    found = as_quoted(values["Close"], pd.Series(adjusted), named_actions(values))
    assert found.tolist() == pytest.approx(quoted.tolist())


def test_a_dividend_on_the_day_of_a_split_is_used_with_it():
    """15 of 100.1, then two for one: closes that no split has divided are adjusted for no dividend."""
    values, notes = adjusted_by_columns(table(42.5, dividends=15.0, splits=2.0))
    assert values["Adj Close"].iloc[[0, 9, 10]].tolist() == pytest.approx([100 * 42.55 / 100.1, 42.55, 42.4])
    assert notes == ["its closes fall by its 'Dividends' and 'Stock Splits': the adjusted close is computed from them"]


@pytest.mark.parametrize("cell", ["0.81%", "Cash Dividend", "True"])
def test_a_column_that_cannot_be_read_is_left_out(tmp_path, cell):
    """Prices that are whole were refused for a column that they do not need."""
    rows = [f"2024-01-{day:02},100,101,99,100,1000,{cell if day == 4 else 0}" for day in range(2, 12)]
    file = tmp_path / "a.csv"
    file.write_text("\n".join(["Date,Open,High,Low,Close,Volume,Dividends", *rows]))
    prices = read_csv(file, "A")
    assert len(prices.frame) == 10
    assert prices.notes[0].startswith("a.csv: columns that are not used: 'Dividends', as they cannot be read: line ")

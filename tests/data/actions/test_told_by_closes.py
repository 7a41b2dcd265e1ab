"""Columns that name dividends and splits: whether the closes are adjusted for them."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.data.actions.told_by_closes import adjusted_by_columns
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
    values, _, notes = adjusted_by_columns(table(85.0, dividends=15.0))
    assert values["Adj Close"].iloc[[0, 9, 10]].tolist() == pytest.approx([100 * 85.1 / 100.1, 85.1, 84.9])
    assert notes == ["its closes fall by its 'Dividends': the adjusted close is computed from them"]


def test_closes_that_fall_by_a_small_split_are_adjusted_for_it():
    values, _, notes = adjusted_by_columns(table(1000 / 11, splits=1.1))
    assert values["Adj Close"].iloc[[0, 10]].tolist() == pytest.approx([1000 / 11, 1000 / 11 - 0.1])
    assert notes == ["its closes fall by its 'Stock Splits': the adjusted close is computed from them"]


@pytest.mark.parametrize(("dividends", "splits"), [(15.0, 0.0), (0.0, 2.0)])
def test_closes_that_do_not_fall_are_adjusted_already(dividends, splits):
    """As yfinance writes them with auto_adjust."""
    values, _, notes = adjusted_by_columns(table(100.0, dividends, splits))
    assert "Adj Close" not in values
    assert notes == []


def test_a_dividend_that_moves_hide_is_told():
    values, _, notes = adjusted_by_columns(table(100.0, dividends=0.6))
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
    assert adjusted_by_columns(named.assign(Close=100 * np.exp(np.cumsum(noise)))).notes == []


def test_a_file_is_adjusted_by_its_columns_unless_the_user_wants_its_closes(tmp_path):
    path = tmp_path / "mine.csv"
    table(85.0, dividends=15.0).set_index(pd.bdate_range("2024-01-01", periods=21, name="Date")).to_csv(path)
    prices = read_csv(path, "SPY")
    assert prices.frame["Close"].iloc[0] == pytest.approx(100 * 85.1 / 100.1)
    assert prices.actions.to_numpy().tolist() == [pytest.approx([15.0, 1.0])]
    unread = CsvForm(columns={"adjusted": "none"})
    assert read_csv(path, "SPY", form=unread).frame["Close"].iloc[0] == 100


def test_a_dividend_on_the_day_of_a_split_is_used_with_it():
    """15 of 100.1, then two for one: closes that no split has divided are adjusted for no dividend."""
    values, _, notes = adjusted_by_columns(table(42.5, dividends=15.0, splits=2.0))
    assert values["Adj Close"].iloc[[0, 9, 10]].tolist() == pytest.approx([100 * 42.55 / 100.1, 42.55, 42.4])
    assert notes == ["its closes fall by its 'Dividends' and 'Stock Splits': the adjusted close is computed from them"]


@pytest.mark.parametrize("last", [15.39, 15.395])
def test_whole_cents_prove_nothing(last):
    """Closes in steps of half a cent as they were quoted: the last one, of an ex-day, is a whole cent by chance."""
    values = table(15.4, dividends=0.06, day=20).assign(Close=[*np.tile([15.405, 15.425, 15.395, 15.435], 5), last])
    assert adjusted_by_columns(values).kinds == {"Dividends": "unclear"}


def test_what_was_recorded_needs_no_note():
    """A ledger knows that the closes are adjusted, whatever they tell today."""
    assert adjusted_by_columns(table(100.0, dividends=0.6), {"Dividends": "adjusted"}).notes == []

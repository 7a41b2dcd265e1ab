"""Columns: by their usual names, or by those that the user gives."""

import pandas as pd
import pytest

from backtrader_walkforward.data.csv.csv_file import read_csv
from backtrader_walkforward.data.csv.form import CsvForm
from backtrader_walkforward.errors import DataError

GERMAN = "Datum;Erster;Hoch;Tief;Schluss;Stück\n25.11.2024;10,5;12;9;11;1000\n"
NAMED = {"date": "Datum", "open": "Erster", "high": "Hoch", "low": "Tief", "close": "Schluss", "volume": "Stück"}
ADJUSTED = "Date,Open,High,Low,Close,Adj Close,Volume\n2024-11-25,20,40,10,20,10,1000\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(text, columns=(), **form):
        (tmp_path / "mine.csv").write_text(text)
        return read_csv(tmp_path / "mine.csv", "SPY", form=CsvForm(columns=dict(columns), **form))

    return write_and_read


def test_names_that_the_user_gives(read):
    prices = read(GERMAN, NAMED)
    assert prices.frame.index.tolist() == [pd.Timestamp("2024-11-25")]
    assert prices.frame.to_numpy().tolist() == [[10.5, 12, 9, 11, 1000]]
    assert prices.notes == (
        "mine.csv: its column 'Schluss' is the close",
        "mine.csv: read as day-month-year, decimal commas",
    )
    assert read(GERMAN, {key: name.upper() for key, name in NAMED.items()}).frame.equals(prices.frame)


def test_a_name_that_is_given_goes_before_the_usual_one(read):
    text = "Date,Close,Last\n2024-11-25,10.5,11.5\n"
    assert read(text).frame["Close"].tolist() == [10.5]
    assert read(text, {"close": "Last"}).frame["Close"].tolist() == [11.5]


def test_the_adjusted_close_may_be_left_unread(read):
    assert read(ADJUSTED).frame.to_numpy().tolist() == [[10, 20, 5, 10, 2000]]
    prices = read(ADJUSTED, {"adjusted": "none", "volume": "none"})
    assert prices.frame.to_numpy().tolist() == [[20, 40, 10, 20, 0]]
    assert prices.notes == ("mine.csv: no volume column, volume is taken as 0",)
    assert prices.unadjusted_close is None


def test_adjusted_closes_alone(read):
    prices = read("Date,Adj Close\n2024-11-25,10.5\n")
    assert prices.frame.to_numpy().tolist() == [[10.5, 10.5, 10.5, 10.5, 0]]
    assert prices.notes[0] == "mine.csv: its column 'Adj Close' is the close"
    with pytest.raises(DataError, match="there is no column for close"):
        read("Date,Open,High,Low,Adj Close\n2024-11-25,10.5,10.5,10.5,10.5\n")


@pytest.mark.parametrize(
    ("text", "columns", "says"),
    [
        (GERMAN, {}, "does not name the columns: 'Datum', .*, or add --csv-columns date=NAME,close=NAME"),
        (GERMAN, {"close": "Schluß"}, "no column 'Schluß' for close: 'Datum', .* - correct --csv-columns"),
        (GERMAN, {"date": "Datum", "close": "Schluss", "open": "Erster"}, "no column for high, low: .*: add"),
        (GERMAN.replace("Hoch", "Schluss"), NAMED | {"high": "Tief"}, "two columns are named 'schluss' - leave one"),
        ("Date,Close,close\n2024-11-25,1,2\n", {}, "two columns are named 'close' - leave one of them out"),
        ("Date,Close,4. close\n2024-11-25,1,2\n", {}, "two columns are named 'close' - leave one of them out"),
        (ADJUSTED, {"close": "none"}, "there is no column for close"),
        ("Date,Open,High,Close\n2024-11-25,1,2,1\n", {}, "add --csv-columns low=NAME"),
        ("Date,Close\nDate,Close\n2024-11-25,1\n", {}, "line 2: the date 'Date' is not clear"),
        ("Date,Close\n2024-11-25,1\nDate,Close\n2024-11-26,1\n", {}, "line 3: the date 'Date' is not clear"),
        ("Date,Close\n,null\n2024-11-25,1\n", {}, "line 2: the date '' is not clear"),
        ("Date,SPY\n2024-11-25,1\n", {}, "add --csv-columns close=NAME"),
        ("Price,Close\nTicker,SPY\nTicker,SPY\n2024-11-26,1\n", {}, "line 3: the date 'Ticker' is not clear"),
    ],
)
def test_what_is_not_clear_is_refused(read, text, columns, says):
    with pytest.raises(DataError, match=f"^mine.csv: .*{says}"):
        read(text, columns)


def test_what_the_user_says_settles_dates_and_decimals(read):
    text = "Date;Close\n03/04/2020;1,234\n"
    with pytest.raises(DataError, match="add --csv-dates day-month-year or --csv-dates month-day-year"):
        read(text)
    with pytest.raises(DataError, match="add --csv-decimals point or --csv-decimals comma"):
        read(text, dates="day-month-year")
    prices = read(text, dates="month-day-year", decimals="comma")
    assert prices.frame["Close"].to_dict() == {pd.Timestamp("2020-03-04"): 1.234}


NAMES_OF_ADJUSTED = [
    "Adj. Close",
    "Close Adj",
    "Close_Adj.",
    "closeadj",
    "Adjusted Close*",
    "Adj Close**",
    "AdjustedClose",
]


@pytest.mark.parametrize("name", NAMES_OF_ADJUSTED)
def test_names_of_the_adjusted_close(read, name):
    prices = read(ADJUSTED.replace("Adj Close", name))
    assert prices.frame.to_numpy().tolist() == [[10, 20, 5, 10, 2000]]
    assert prices.unadjusted_close.tolist() == [20]


def test_unread_columns_that_tell_of_adjustment_are_noted(read):
    text = ADJUSTED.replace("Adj Close", "Adj Factor")
    told = "mine.csv: columns that are not read: 'Adj Factor'"
    assert read(text).notes == (f"{told} (--csv-columns adjusted=NAME names the adjusted close)",)
    assert read(text, {"adjusted": "none"}).notes == ()
    quandl = "Date,Close,Adj. Open,Adj. Close\n2024-11-25,20,5,10\n"
    assert read(quandl).frame["Close"].tolist() == [10]
    assert read(quandl).notes[0] == "mine.csv: columns that are not read: 'Adj. Open'"


@pytest.mark.parametrize("columns", [{"close": "Adj Close"}, {"adjusted": "Close"}])
def test_one_column_is_not_close_and_adjusted_close_at_once(read, columns):
    with pytest.raises(DataError) as error:
        read(ADJUSTED, columns)
    [column] = columns.values()
    assert str(error.value) == (
        f"mine.csv: the column {column.lower()!r} cannot be both the close and the adjusted close - leave it out of"
        " --csv-columns, and all prices are scaled to the adjusted close; or add adjusted=none if all are adjusted"
    )
    assert read(ADJUSTED, columns | {"adjusted": "none"}).unadjusted_close is None


def test_adjusted_closes_without_other_prices_may_be_named_the_close(read):
    prices = read("Date,Close,Adj Close\n2024-11-25,20,10\n", {"close": "Adj Close"})
    assert prices.frame.to_numpy().tolist() == [[10, 10, 10, 10, 0]]
    assert not any("scaled" in note for note in prices.notes)


@pytest.mark.parametrize(
    ("text", "names", "key", "chosen", "close"),
    [
        ("Date,Close,Price\n2024-11-25,20,20\n2024-11-26,20,10\n", "'Close', 'Price'", "close", "Price", [20, 10]),
        (
            "Date,Close,Adj Close,AdjClose\n2024-11-25,20,5,5\n2024-11-26,20,20,10\n",
            "'Adj Close', 'AdjClose'",
            "adjusted",
            "AdjClose",
            [5, 10],
        ),
        (
            "Date,Adj Close,AdjClose\n2024-11-25,5,5\n2024-11-26,20,10\n",
            "'Adj Close', 'AdjClose'",
            "adjusted",
            "AdjClose",
            [5, 10],
        ),
    ],
    ids=["closes", "adjusted closes", "adjusted closes alone"],
)
def test_two_columns_of_one_price_that_differ_are_refused(read, text, names, key, chosen, close):
    with pytest.raises(DataError) as error:
        read(text)
    assert str(error.value) == (
        f"mine.csv: line 3: the columns {names} differ, and the names do not tell which is read"
        f" - add --csv-columns {key}=NAME"
    )
    assert read(text, {key: chosen}).frame["Close"].tolist() == close


def test_two_columns_of_one_price_may_agree(read):
    prices = read("Date,Close,Price\n2024-11-25,20.0,20\n2024-11-26,null,null\n")
    assert prices.frame["Close"].tolist() == [20]

"""What is read from a price file; what is refused is in `tests/test_hostile_input.py`."""

import re

import pandas as pd
import pytest

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.csv.csv_file import read_csv
from backtrader_walkforward.errors import DataError

GOOD = "Date,Open,High,Low,Close,Volume\n2020-01-02,10,12,9,11,1000\n2020-01-03,11,13,10,12,0\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(text, calendar=None):
        path = tmp_path / "mine.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(path, "SPY", calendar and ExchangeCalendar(calendar))

    return write_and_read


def test_good_file(read):
    prices = read(GOOD)
    assert prices.source == "CSV file mine.csv"
    assert prices.ticker == "SPY"
    assert prices.notes == ()
    assert prices.frame.loc["2020-01-03"].tolist() == [11, 13, 10, 12, 0]
    assert prices.frame.index.name == "Date"
    assert set(prices.frame.dtypes.astype(str)) == {"float64"}


@pytest.mark.parametrize(
    "text",
    [
        GOOD.upper(),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        "\n" + GOOD.replace("\n", "\n\n"),
        GOOD.replace(",", " , "),
        GOOD.replace("Date", "timestamp").replace("Volume", "vol"),
        GOOD.replace("Date,Open", "<DATE>,<OPEN>"),
        GOOD.replace("2020-01-02", "2020-01-02 00:00:00-05:00").replace("2020-01-03", "2020-01-03T00:00Z"),
        GOOD.replace("Date,", "Date,Ticker,").replace("2020-01-02,", "2020-01-02,A,").replace("01-03,", "01-03,A,"),
        '"' + GOOD.replace(",", '","').replace("\n", '"\n"')[:-1],
    ],
)
def test_same_table_in_other_clothes(read, text):
    assert read(text).frame.to_numpy().tolist() == [[10, 12, 9, 11, 1000], [11, 13, 10, 12, 0]]


def test_adjusted_close_scales_the_prices(read):
    """A split of 2:1 on the second day: 1,000 shares of 20 are 2,000 of 10."""
    text = "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,20,40,10,20,10,1000\n2020-01-03,9,10,8,9,9,2000\n"
    prices = read(text)
    assert prices.frame.to_numpy().tolist() == [[10, 20, 5, 10, 2000], [9, 10, 8, 9, 2000]]
    told = "mine.csv: open, high, low and close are scaled to its adjusted close, volume the other way round"
    assert prices.notes == (told,)
    assert prices.unadjusted_close.tolist() == [20, 9]
    assert prices.actions.to_dict("index") == {pd.Timestamp("2020-01-03"): {"Dividend": 0.0, "Split": 2.0}}
    assert read(GOOD).unadjusted_close is read(GOOD).actions is None


YFINANCE = """Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits
2020-01-02,25,25,25,25,24.75,4000,0,0
2020-01-03,25,25,25,25,24.75,4000,0,4
2020-01-06,24.75,25,24.75,24.75,24.75,1000,0.25,0
"""


def test_closes_that_yfinance_divided_by_later_splits_are_quoted_again(read):
    """A share cost 100 before 4:1: whole shares were sized at 25."""
    prices = read(YFINANCE)
    assert prices.unadjusted_close.tolist() == [100, 25, 24.75]
    assert [tuple(row) for row in prices.actions.itertuples()] == [
        (pd.Timestamp("2020-01-03"), 0.0, 4.0),
        (pd.Timestamp("2020-01-06"), pytest.approx(0.25), 1.0),
    ]
    assert prices.frame["Close"].tolist() == [24.75, 24.75, 24.75]
    assert prices.lot_size.tolist() == pytest.approx([400 / 99, 100 / 99, 1])


def test_a_split_that_the_closes_of_a_file_follow_is_not_undone(read):
    text = YFINANCE.replace("25,25,25,25,24.75,4000,0,0", "100,100,100,100,24.75,1000,0,0")
    assert read(text).unadjusted_close.tolist() == [100, 25, 24.75]


def test_a_row_with_no_price_beside_its_split_is_blank(read):
    prices = read(f"{YFINANCE}2020-01-07,,,,,,,0,0\n")
    assert len(prices.frame) == 3
    assert prices.notes[0] == "mine.csv: 1 of its rows have no price and are left out, first line 5"


@pytest.mark.parametrize(("title", "shown"), [("Ticker", "'Ticker'"), ("symbol", "'symbol'")])
def test_rows_of_several_tickers_are_refused(read, title, shown):
    text = f"{title},Date,Open,High,Low,Close\nA,2020-01-02,1,1,1,1\nB,2020-01-03,2,2,2,2\nA,2020-01-06,1,1,1,1\n"
    with pytest.raises(DataError) as refused:
        read(text)
    assert str(refused.value) == (
        f"mine.csv: its column {shown} names A, B - keep the rows of one of them, or leave the column out if all are"
        " prices of one"
    )


@pytest.mark.parametrize(
    ("calendar", "first", "second"),
    [
        ("XTKS", "2020-01-05T15:00:00Z", "2020-01-06 15:00:00+00:00"),
        ("XNYS", "2020-01-06T05:00:00Z", "2020-01-07T05:00:00Z"),
        ("XTKS", "2020-01-06T00:00:00Z", "2020-01-07"),
        ("XTKS", "2020-01-05T15:00:00Z", "2020-01-07 00:00:00+09:00"),
        (None, "2020-01-06 00:00:00+09:00", "2020-01-07"),
    ],
    ids=["Tokyo in UTC", "New York in UTC", "days with a Z", "two ways to write it", "as it is written"],
)
def test_a_day_is_that_of_the_exchange(read, calendar, first, second):
    """Monday, 6 January, and Tuesday."""
    prices = read(GOOD.replace("2020-01-02", first).replace("2020-01-03", second), calendar)
    assert [f"{day:%a %d}" for day in prices.frame.index] == ["Mon 06", "Tue 07"]


def test_midnights_of_summer_and_winter_are_days(read):
    stamps = GOOD.replace("2020-01-02", "2020-03-06T05:00Z").replace("2020-01-03", "2020-03-09T04:00Z")
    assert [f"{day:%m-%d}" for day in read(stamps, "XNYS").frame.index] == ["03-06", "03-09"]


@pytest.mark.parametrize(
    ("calendar", "stamp", "says"),
    [
        (None, "2020-01-05T15:00:00Z", "it is not midnight, so the day is another one in other places: add --calendar"),
        ("XNYS", "2020-01-05T15:00:00Z", "it is not midnight in America/New_York: write the days of the exchange"),
        ("XNYS", "2020-01-03T21:00:00Z", "it is not midnight in America/New_York: write the days of the exchange"),
        ("XNYS", "2020-01-03 16:00", "a time that is not midnight needs its zone"),
        ("XNYS", "2020-01-03 25:00Z", "it is not midnight in America/New_York: write the days of the exchange"),
    ],
)
def test_a_stamp_that_is_not_midnight_is_refused(read, calendar, stamp, says):
    with pytest.raises(DataError, match=f"mine.csv: line 3: the date '{re.escape(stamp)}' is not clear - {says}"):
        read(GOOD.replace("2020-01-03", stamp), calendar)


def test_no_volume(read):
    prices = read("date,open,high,low,close\n2020-01-02,10,12,9,11\n")
    assert prices.frame["Volume"].tolist() == [0]
    assert prices.notes == ("mine.csv: no volume column, volume is taken as 0",)


def test_closes_alone(read):
    prices = read("date,close\n2020-01-02,10\n2020-01-03,11\n")
    assert prices.frame.to_numpy().tolist() == [[10, 10, 10, 10, 0], [11, 11, 11, 11, 0]]
    assert prices.notes[0] == (
        "mine.csv: no open, high and low columns, each is taken as the close: orders fill at closes"
    )
    adjusted = read("date,close,adj close\n2020-01-02,10,5\n2020-01-03,11,11\n")
    assert adjusted.frame["Low"].tolist() == [5, 11]


@pytest.mark.parametrize("header", ["date,open,close", "date,high,low,close"])
def test_a_part_of_the_range_is_refused(read, header):
    with pytest.raises(DataError, match=r"there is no column for (high, low|open)"):
        read(f"{header}\n2020-01-02{',10' * header.count(',')}\n")


@pytest.mark.parametrize(("largest", "volume"), [(999, 0), (1000, 1000)])
def test_a_column_vol_is_one_of_volume_from_a_thousand_on(read, largest, volume):
    prices = read(GOOD.replace("Volume", "Vol").replace(",1000", f",{largest}"))
    assert prices.frame["Volume"].tolist() == [volume, 0]


def test_a_column_of_volatility_is_no_volume(read):
    prices = read(GOOD.replace("Volume", "Vol").replace(",1000", ",0.21").replace(",0\n", ",0.19\n"))
    assert prices.frame["Volume"].tolist() == [0, 0]
    assert prices.notes == (
        "mine.csv: its column 'Vol' is not read as volume",
        "mine.csv: no volume column, volume is taken as 0",
    )


@pytest.mark.parametrize("cell", ["1012", "9.95", "9.9595", "0.959", "1012.500"])
def test_one_number_tells_that_points_are_decimal(read, cell):
    text = "Date,Open,High,Low,Close,Volume\n2020-01-02,9.959,9.999,9.900,9.950,12.000\n"
    prices = read(text.replace("9.900", cell))
    assert prices.frame["Open"].tolist() == [9.959]


def test_empty_cells_are_left_to_validation(read):
    prices = read(GOOD.replace(",12,0\n", ",null,\n"))
    assert prices.frame.loc["2020-01-03", ["Close", "Volume"]].isna().all()


def test_file_as_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"Not a directory - name a file of one ticker's daily prices"):
        read_csv(tmp_path / "file" / "mine.csv", "SPY")


@pytest.mark.parametrize(
    ("symbol", "noted"), [("AAPL", True), ("SPY", False), ("SPY.US", False), ("none known", False)]
)
def test_a_column_that_names_another_ticker_is_told(read, symbol, noted):
    prices = read(f"Symbol,Date,Close\n{symbol},2020-01-02,10\n{symbol},2020-01-03,11\n")
    told = "mine.csv: it names AAPL, and the run is of SPY: add --ticker AAPL if these are its prices"
    assert prices.ticker == "SPY"
    assert (told in prices.notes) == noted
    assert any("it names" in note for note in prices.notes) == noted


@pytest.mark.parametrize(
    ("name", "told"), [("QQQ.csv", "QQQ"), ("daily_IBM.csv", "IBM"), ("data1.csv", None), ("spy_us_d.csv", None)]
)
def test_a_name_that_tells_another_ticker_than_the_file_is_told(tmp_path, name, told):
    (tmp_path / name).write_text("Symbol,Date,Close\nSPY,2020-01-02,10\nSPY,2020-01-03,11\n")
    notes = [note for note in read_csv(tmp_path / name, "SPY").notes if "inside" in note]
    note = f"{name}: its name tells {told}, and SPY inside counts: add --ticker {told} if these are its prices"
    assert notes == ([note] if told else [])


def test_a_header_that_names_another_ticker_is_told(read):
    header = "Price,Close,High,Low,Open,Volume\nTicker,QQQ,QQQ,QQQ,QQQ,QQQ\nDate,,,,,\n"
    prices = read(f"{header}2020-01-02,11,12,9,10,1000\n2020-01-03,12,13,10,11,1000\n")
    assert "mine.csv: it names QQQ, and the run is of SPY: add --ticker QQQ if these are its prices" in prices.notes

"""What is read from a price file; what is refused is in `tests/test_hostile_input.py`."""

import pytest

from backtrader_walkforward.data.csv_file import read_csv
from backtrader_walkforward.errors import DataError

GOOD = "Date,Open,High,Low,Close,Volume\n2020-01-02,10,12,9,11,1000\n2020-01-03,11,13,10,12,0\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(text):
        path = tmp_path / "mine.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_csv(path, "SPY")

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
        GOOD.replace("2020-01-02", "2020-01-02 00:00:00-05:00").replace("2020-01-03", "2020-01-03T23:59:59.5Z"),
        GOOD.replace("Date,", "Date,Ticker,").replace("2020-01-02,", "2020-01-02,A,").replace("01-03,", "01-03,A,"),
        '"' + GOOD.replace(",", '","').replace("\n", '"\n"')[:-1],
    ],
)
def test_same_table_in_other_clothes(read, text):
    assert read(text).frame.to_numpy().tolist() == [[10, 12, 9, 11, 1000], [11, 13, 10, 12, 0]]


def test_adjusted_close_scales_the_prices(read):
    prices = read("Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,10,20,5,10,9,7\n2020-01-03,9,10,8,9,9,7\n")
    assert prices.frame.to_numpy().tolist() == [[9, 18, 4.5, 9, 7], [9, 10, 8, 9, 7]]
    assert prices.notes == ("mine.csv: open, high, low and close are scaled to its adjusted close",)


def test_no_volume(read):
    prices = read("date,open,high,low,close\n2020-01-02,10,12,9,11\n")
    assert prices.frame["Volume"].tolist() == [0]
    assert prices.notes == ("mine.csv: no volume column, volume is taken as 0",)


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

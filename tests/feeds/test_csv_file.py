import pytest

from errors import DataError
from feeds.csv_file import read_csv

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


def test_empty_cells_are_left_to_validation(read):
    prices = read(GOOD.replace(",12,0\n", ",null,\n"))
    assert prices.frame.loc["2020-01-03", ["Close", "Volume"]].isna().all()


def row(cells):
    return GOOD + cells + "\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (row("03/04/2020,1,1,1,1,1"), r"mine.csv: line 4: the date '03/04/2020' is not clear - .*YYYY-MM-DD"),
        (row("04.03.2020,1,1,1,1,1"), "line 4: the date '04.03.2020' is not clear"),
        (row("2020-02-30,1,1,1,1,1"), "line 4: the date '2020-02-30' is not clear"),
        (row("20200104,1,1,1,1,1"), "line 4: the date '20200104' is not clear"),
        (row("2020-01-04x,1,1,1,1,1"), "line 4: the date '2020-01-04x' is not clear"),
        (row(",1,1,1,1,1"), "line 4: the date '' is not clear"),
        (row("\n03/04/2020,1,1,1,1,1\n03/05/2020,1,1,1,1,1"), r"line 5: the date .* \(and 1 more\)"),
        (row('2020-01-06,"1,234.5",1,1,1,1'), "line 4: the open '1,234.5' is not clear - .*without thousands sep"),
        (row("2020-01-06,1,1,1,$12,1"), r"line 4: the close '\$12' is not clear"),
        (row("2020-01-06,1_000,1,1,1,1"), "line 4: the open '1_000' is not clear"),
        (row("2020-01-06,1,234,1,1,1,1"), "line 4 has 7 columns, the first line has 6 - .*thousands"),
        (row("2020-01-06,1,1"), "line 4 has 3 columns, the first line has 6"),
        (GOOD.replace("Close", "Last"), "mine.csv: there is no column for close: 'Date', 'Open'"),
        (GOOD.replace("Low", "Open"), "two columns are named 'open' - leave one"),
        (GOOD.split("\n", 1)[1], "first line does not name the columns: '2020-01-02', '10'.* - begin with Date,Open"),
        (GOOD.replace(",", "|"), "first line has one column only: 'Date|Open.* - separate the columns by commas"),
        ("Date,Open,High,Low,Close,Volume\n", "mine.csv: no rows below the column names"),
        ("", "mine.csv: the file is empty"),
        (" \n\n", "mine.csv: the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "mine.csv: this is not a text file"),
        (GOOD.encode("utf-16"), "mine.csv: this is not a text file in UTF-8 - save"),
        (b"Date,Open\x00,High", "mine.csv: this is not a text file"),
        ("Date,Open,High,Low,Close,Adj Close\n2020-01-02,1,1,1,1,\n", "line 2: the adjusted close is missing"),
        ('Date,Open,High,Low,Close\n2020-01-02,"' + "1" * 200_000 + '",1,1,1\n', "line 2 is not CSV .*save the file"),
    ],
)
def test_what_cannot_be_understood(read, text, message):
    with pytest.raises(DataError, match=message) as raised:
        read(text)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 300


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match=r"--csv .*none.csv: there is no such file - check the name"):
        read_csv(tmp_path / "none.csv", "SPY")


def test_folder(tmp_path):
    with pytest.raises(DataError, match="this is a folder - name a file in it"):
        read_csv(tmp_path, "SPY")


def test_file_as_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"it cannot be read \(Not a directory\)"):
        read_csv(tmp_path / "file" / "mine.csv", "SPY")

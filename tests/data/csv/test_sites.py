"""Files as the sites give them: each a few literal lines, and the frame that they are read as."""

import gzip

import pytest

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.csv.csv_file import read_csv
from backtrader_walkforward.errors import DataError

SITES = {
    "Yahoo": (
        """\
Date,Open,High,Low,Close,Adj Close,Volume
2024-11-25,20.000000,22.000000,18.000000,20.000000,10.000000,1000
2024-11-26,null,null,null,null,null,null
2024-11-27,9.000000,10.000000,8.000000,9.000000,9.000000,2000
""",
        {"2024-11-25": [10, 11, 9, 10, 2000], "2024-11-27": [9, 10, 8, 9, 2000]},
        (
            "1 of its rows have no price and are left out, first line 3",
            "open, high, low and close are scaled to its adjusted close, volume the other way round",
        ),
    ),
    "yfinance, three rows": (
        """\
Price,Close,High,Low,Open,Volume
Ticker,SPY,SPY,SPY,SPY,SPY
Date,,,,,
2024-11-25,597.53,600.86,595.20,599.52,42441400
2024-11-26,600.65,601.33,598.07,598.80,45621300
""",
        {
            "2024-11-25": [599.52, 600.86, 595.20, 597.53, 42441400],
            "2024-11-26": [598.80, 601.33, 598.07, 600.65, 45621300],
        },
        ("its columns of SPY are read",),
    ),
    "yfinance, two rows": (
        """\
Price,Close,High,Low,Open,Volume
Ticker,SPY,SPY,SPY,SPY,SPY
2024-11-25,597.53,600.86,595.20,599.52,42441400
""",
        {"2024-11-25": [599.52, 600.86, 595.20, 597.53, 42441400]},
        ("its columns of SPY are read",),
    ),
    "yfinance, by ticker": (
        """\
Ticker,QQQ,QQQ,QQQ,QQQ,QQQ,SPY,SPY,SPY,SPY,SPY
Price,Open,High,Low,Close,Volume,Open,High,Low,Close,Volume
Date,,,,,,,,,,
2024-11-25,1.0,2.0,1.0,2.0,3,599.52,600.86,595.20,597.53,42441400
2024-11-26,1.0,2.0,1.0,2.0,3,,,,,
""",
        {"2024-11-25": [599.52, 600.86, 595.20, 597.53, 42441400]},
        ("its columns of SPY are read", "1 of its rows have no price and are left out, first line 5"),
    ),
    "yfinance, index as a column": (
        """\
Price,Date,Adj Close,Close,High,Low,Open,Volume
Ticker,,SPY,SPY,SPY,SPY,SPY,SPY
0,2024-11-25,10.0,20.0,22.0,18.0,20.0,1000
""",
        {"2024-11-25": [10, 11, 9, 10, 2000]},
        (
            "its columns of SPY are read",
            "open, high, low and close are scaled to its adjusted close, volume the other way round",
        ),
    ),
    "yfinance, history": (
        """\
Date,Open,High,Low,Close,Volume,Dividends,Stock Splits,Capital Gains
2024-07-05 00:00:00-04:00,599.52,600.86,595.20,597.53,42441400,0.0,0.0,0.0
2024-11-26 00:00:00-05:00,598.80,601.33,598.07,600.65,45621300,0.0,0.0,0.0
""",
        {
            "2024-07-05": [599.52, 600.86, 595.20, 597.53, 42441400],
            "2024-11-26": [598.80, 601.33, 598.07, 600.65, 45621300],
        },
        (),
    ),
    "Nasdaq": (
        """\
Date,Close/Last,Volume,Open,High,Low
11/26/2024,$235.06,45986190,$233.33,$235.57,$233.33
11/25/2024,$232.87,90152830,$231.46,$233.245,$229.74
""",
        {
            "2024-11-25": [231.46, 233.245, 229.74, 232.87, 90152830],
            "2024-11-26": [233.33, 235.57, 233.33, 235.06, 45986190],
        },
        (
            "its column 'Close/Last' is the close",
            "read as month-day-year, newest first, prices in $",
        ),
    ),
    "Nasdaq, an index": (
        """\
Date,Close/Last,Open,High,Low,Volume
11/26/2024,19174.30,19112.50,19215.79,19065.73,--
11/25/2024,19054.84,19152.81,19209.01,18961.25,--
""",
        {
            "2024-11-25": [19152.81, 19209.01, 18961.25, 19054.84, 0],
            "2024-11-26": [19112.50, 19215.79, 19065.73, 19174.30, 0],
        },
        (
            "its column 'Close/Last' is the close",
            "read as month-day-year, newest first",
            "its column 'Volume' is empty",
            "no volume column, volume is taken as 0",
        ),
    ),
    "Investing.com": (
        """\
\ufeff"Date","Price","Open","High","Low","Vol.","Change %"
"11/26/2024","6,021.63","6,000.03","6,025.42","5,992.27","1.2B","0.57%"
"11/25/2024","5,987.37","5,992.28","6,020.75","5,963.91","85.67M","0.30%"
"11/22/2024","5,969.34","5,944.36","5,972.90","5,944.36","920.5K","0.35%"
""",
        {
            "2024-11-22": [5944.36, 5972.90, 5944.36, 5969.34, 920_500],
            "2024-11-25": [5992.28, 6020.75, 5963.91, 5987.37, 85_670_000],
            "2024-11-26": [6000.03, 6025.42, 5992.27, 6021.63, 1_200_000_000],
        },
        (
            "its column 'Price' is the close",
            "read as month-day-year, newest first, commas between thousands, volume in K, M, B",
        ),
    ),
    "Investing.com, earlier": (
        """\
"Date","Price","Open","High","Low","Vol.","Change %"
"Jan 03, 2020","3,234.85","3,226.36","3,246.15","3,222.34","-","-0.71%"
"Dec 31, 2019","3,230.78","3,215.18","3,231.72","3,212.03","-","0.29%"
""",
        {
            "2019-12-31": [3215.18, 3231.72, 3212.03, 3230.78, 0],
            "2020-01-03": [3226.36, 3246.15, 3222.34, 3234.85, 0],
        },
        (
            "its column 'Price' is the close",
            "read as month-day-year, newest first, commas between thousands",
            "its column 'Vol.' is empty",
            "no volume column, volume is taken as 0",
        ),
    ),
    "Alpha Vantage": (
        """\
timestamp,open,high,low,close,volume
2024-11-26,222.2600,222.6100,219.4200,220.2200,2906390
2024-11-25,225.4000,225.7200,221.5800,226.1300,8164500
""",
        {
            "2024-11-25": [225.4, 225.72, 221.58, 226.13, 8164500],
            "2024-11-26": [222.26, 222.61, 219.42, 220.22, 2906390],
        },
        ("read as newest first",),
    ),
    "Alpha Vantage, daily_adjusted": (
        """\
timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient
2024-11-26,9.0000,10.0000,8.0000,9.0000,9.0,2000,0.0000,2.0
2024-11-25,20.0000,22.0000,18.0000,20.0000,10.0,1000,0.0000,1.0
""",
        {"2024-11-25": [10, 11, 9, 10, 2000], "2024-11-26": [9, 10, 8, 9, 2000]},
        (
            "read as newest first",
            "open, high, low and close are scaled to its adjusted close, volume the other way round",
        ),
    ),
    "Alpha Vantage, from JSON": (
        """\
,1. open,2. high,3. low,4. close,5. adjusted close,6. volume,7. dividend amount,8. split coefficient
2024-11-26,9.0000,10.0000,8.0000,9.0000,9.0,2000,0.0000,2.0
2024-11-25,20.0000,22.0000,18.0000,20.0000,10.0,1000,0.0000,1.0
""",
        {"2024-11-25": [10, 11, 9, 10, 2000], "2024-11-26": [9, 10, 8, 9, 2000]},
        (
            "read as newest first",
            "open, high, low and close are scaled to its adjusted close, volume the other way round",
        ),
    ),
    "Stooq": (
        "Date,Open,High,Low,Close,Volume\r\n2024-11-26,598.8,601.33,598.07,600.65,45621258\r\n",
        {"2024-11-26": [598.8, 601.33, 598.07, 600.65, 45621258]},
        (),
    ),
    "Stooq in Poland": (
        "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen\n2024-11-26,598.8,601.33,598.07,600.65,45621258\n",
        {"2024-11-26": [598.8, 601.33, 598.07, 600.65, 45621258]},
        ("its column 'Zamkniecie' is the close",),
    ),
    "Stooq, packed": (
        gzip.compress(
            b"<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
            b"SPY.US,D,20241126,000000,598.8,601.33,598.07,600.65,45621258,0\n"
        ),
        {"2024-11-26": [598.8, 601.33, 598.07, 600.65, 45621258]},
        ("read as year-month-day",),
    ),
    "TradingView": (
        """\
time,open,high,low,close,Volume,Volume MA
1732492800,97901.28,98935.03,92600.19,93010.01,50847.45,
1732579200,93010.01,94973.37,90791.10,91965.16,57858.73,41000.5
""",
        {
            "2024-11-25": [97901.28, 98935.03, 92600.19, 93010.01, 50847.45],
            "2024-11-26": [93010.01, 94973.37, 90791.10, 91965.16, 57858.73],
        },
        ("read as seconds since 1970",),
    ),
    "FRED": (
        "Date,Close\n2020-01-02,3257.85\n2020-01-03,.\n",
        {"2020-01-02": [3257.85] * 4 + [0]},
        (
            "1 of its rows have no price and are left out, first line 3",
            "no open, high and low columns, each is taken as the close: orders fill at closes",
            "no volume column, volume is taken as 0",
        ),
    ),
    "Excel in Germany": (
        "sep=;\r\nDate;Open;High;Low;Close\r\n2020-01-13;1,5;1,6;1,4;1,5\r\n",
        {"2020-01-13": [1.5, 1.6, 1.4, 1.5, 0]},
        ("read as decimal commas", "no volume column, volume is taken as 0"),
    ),
    "in Germany": (
        """\
Date;Open;High;Low;Close;Volume
25.11.2024;1.231,46;1.233,25;1.229,74;1.232,87;90.152.830
26.11.2024;1.233,33;1.235,57;1.233,33;1.235,06;45.986.190
""".encode("utf-16"),
        {
            "2024-11-25": [1231.46, 1233.25, 1229.74, 1232.87, 90152830],
            "2024-11-26": [1233.33, 1235.57, 1233.33, 1235.06, 45986190],
        },
        ("read as day-month-year, decimal commas, points between thousands",),
    ),
}
"""Content, rows by day, and notes."""


@pytest.fixture
def read(tmp_path):
    def write_and_read(content, ticker="SPY", calendar=None):
        path = tmp_path / "mine.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_csv(path, ticker, calendar and ExchangeCalendar(calendar))

    return write_and_read


@pytest.mark.parametrize(("content", "rows", "notes"), SITES.values(), ids=SITES)
def test_a_file_is_read_as_it_comes(read, content, rows, notes):
    prices = read(content)
    assert {f"{day:%Y-%m-%d}": row.tolist() for day, row in prices.frame.iterrows()} == rows
    assert prices.notes == tuple(f"mine.csv: {note}" for note in notes)
    assert prices.frame.columns.tolist() == ["Open", "High", "Low", "Close", "Volume"]


def test_of_several_tickers_that_of_the_run_is_read(read):
    content = SITES["yfinance, by ticker"][0]
    assert read(content, "QQQ").frame.to_numpy().tolist() == [[1, 2, 1, 2, 3], [1, 2, 1, 2, 3]]
    with pytest.raises(DataError, match=r"^mine.csv: it has prices of QQQ, SPY, and none of MINE - add --ticker QQQ$"):
        read(content, "MINE")


WEEK = [1730727000 + 86_400 * day for day in range(5)]
"""Half past nine in New York from Monday, 2024-11-04, on."""


def bars_of(times):
    return "\n".join(["time,open,high,low,close,volume", *(f"{time},10,12,9,11,1000" for time in times), ""])


@pytest.mark.parametrize("calendar", [None, "XNYS"])
def test_sessions_of_tradingview_are_days(read, calendar):
    prices = read(bars_of(WEEK), calendar=calendar)
    assert [f"{day:%a %d}" for day in prices.frame.index] == ["Mon 04", "Tue 05", "Wed 06", "Thu 07", "Fri 08"]
    told = "read as seconds since 1970" + (", days of UTC, Monday to Friday" if not calendar else "")
    assert prices.notes == (f"mine.csv: {told}",)


@pytest.mark.parametrize(
    ("calendar", "first", "second"),
    [
        ("XASX", "2024-11-03T23:00:00Z", "2024-11-04T23:00:00Z"),
        ("CMES", "2024-11-03T23:00:00Z", "2024-11-04T23:00:00Z"),
        ("XLON", "2024-11-04T08:00:00Z", "2024-11-05T08:00:00Z"),
    ],
    ids=["Sydney", "futures in Chicago", "London"],
)
def test_a_session_may_begin_on_the_day_before(read, calendar, first, second):
    """Monday, 4 November, and Tuesday."""
    prices = read(bars_of([first, second]), calendar=calendar)
    assert [f"{day:%a %d}" for day in prices.frame.index] == ["Mon 04", "Tue 05"]
    with pytest.raises(DataError, match="it is not midnight, so the day is another one in other places"):
        read(bars_of([first, second]))


def test_sundays_of_utc_are_mondays_elsewhere(read):
    """Sydney from 23:00 UTC on Sunday to Thursday: the days are not those of UTC, and the file alone does not tell."""
    with pytest.raises(DataError, match="add --calendar, such as XTKS"):
        read(bars_of([time - 55_800 for time in WEEK]))
    with pytest.raises(DataError, match="it is not midnight in America/New_York: write the days of the exchange"):
        read(bars_of([WEEK[0] - 2 * 86_400]), calendar="XNYS")

"""The ticker of a file, from the names that sites and people give."""

import gzip
from pathlib import Path

import pytest

from backtrader_walkforward.settings.file_ticker import ticker_of_file


@pytest.mark.parametrize(
    ("name", "ticker"),
    [
        ("brk-b.csv", "BRK-B"),
        ("^GSPC.csv", "^GSPC"),
        ("aapl.us.txt", "AAPL.US"),
        ("7203.T.csv.gz", "7203.T"),
        ("AAPL (1).csv", "AAPL"),
        ("aapl_us_d.csv", "AAPL"),
        ("^spx_d.csv", "^SPX"),
        ("daily_IBM.csv", "IBM"),
        ("daily_adjusted_BRK.B (2).csv", "BRK.B"),
        ("BATS_SPY, 1D.csv", "SPY"),
        ("CME_MINI_ES1!, 1D_0a1b2.csv", "ES1"),
        ("AAPL Historical Data.csv", "AAPL"),
        ("S&P 500 Historical Data.csv", "S-P-500"),
        ("Apple Stock Price History.csv", "APPLE"),
        ("HistoricalData_1732612345678.csv", "HISTORICALDATA"),
        ("my_prices_of_2020.csv", "MY-PRICES-OF-20"),
        ("Münchner Rück.csv", "MUNCHNER-RUCK"),
        ("US0378331005.csv", "US0378331005"),
        ("=cmd().csv", "CMD"),
        ("..csv.csv", "CSV"),
        ("日本.csv", "CSV"),
        ("a\x1b[2J\udcff<b>.csv", "A-2J-B"),
    ],
)
def test_any_name_has_a_ticker(name, ticker):
    assert ticker_of_file(Path(name)) == ticker


COLUMN = "Date,Symbol,Open,High,Low,Close\n2024-01-02,{ticker},1,2,1,2\n2024-01-03,{ticker},1,2,1,2\n"
HEADER = "Price,Close,High,Low,Open,Volume\nTicker,SPY,SPY,SPY,SPY,SPY\nDate,,,,,\n2024-01-02,2,2,1,1,10\n"


@pytest.mark.parametrize(
    ("name", "text", "ticker"),
    [
        ("my prices of last year.csv", COLUMN.format(ticker="AAPL"), "AAPL"),
        ("HistoricalData_1732612345678.csv", COLUMN.format(ticker="NASDAQ:brk-b"), "BRK-B"),
        ("download (from the web).csv", HEADER, "SPY"),
        ("data1.csv", COLUMN.format(ticker="NESN.SW"), "NESN.SW"),
        ("download.csv", HEADER, "SPY"),
        ("nesn.csv", COLUMN.format(ticker="NESN.SW"), "NESN.SW"),
        ("QQQ.csv", COLUMN.format(ticker="AAPL"), "AAPL"),  # a note tells the contradiction
        ("daily_IBM.csv", COLUMN.format(ticker="AAPL"), "AAPL"),
        ("QQQ.csv", HEADER.replace("SPY,SPY\n", "SPY,QQQ\n"), "QQQ"),
        ("my prices.csv", COLUMN.format(ticker="Apple Inc."), "MY-PRICES"),
        ("my prices.csv", COLUMN.replace("{ticker}", "A", 1).format(ticker="B"), "MY-PRICES"),
        ("my prices.csv", HEADER.replace("SPY,SPY\n", "SPY,QQQ\n"), "MY-PRICES"),
        ("my prices.csv", "", "MY-PRICES"),
        ("my prices.csv", "\x00\xff", "MY-PRICES"),
    ],
)
def test_the_one_ticker_inside_wins_over_the_name(tmp_path, name, text, ticker):
    (tmp_path / name).write_text(text, encoding="latin-1")
    assert ticker_of_file(tmp_path / name) == ticker


def test_only_the_first_lines_of_a_file_are_read(tmp_path):
    """A file of 60 MB: its end is a hole."""
    path = tmp_path / "my prices.csv"
    path.write_text(COLUMN.format(ticker="AAPL") + "\n" * 8)
    with path.open("r+b") as file:
        file.truncate(60_000_000)
    assert ticker_of_file(path) == "AAPL"


@pytest.mark.parametrize("ends", [0, 1])
def test_they_may_end_within_a_letter(tmp_path, ends):
    text = COLUMN.format(ticker="AAPL") + "\n" * 8 + " " * ends
    (tmp_path / "my prices.csv").write_text(text + "\u00fc" * 80_000, encoding="utf-8")
    assert ticker_of_file(tmp_path / "my prices.csv") == "AAPL"


def test_a_packed_file_and_one_in_utf_16_are_looked_into_as_where_their_prices_are_read(tmp_path):
    text = COLUMN.format(ticker="AAPL")
    (tmp_path / "my prices.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "my prices.csv").write_text(text, encoding="utf-16")
    (tmp_path / "damaged.csv.gz").write_bytes(gzip.compress(text.encode())[:-30])
    found = [ticker_of_file(tmp_path / name) for name in ("my prices.csv.gz", "my prices.csv", "damaged.csv.gz")]
    assert found == ["AAPL", "AAPL", "DAMAGED"]

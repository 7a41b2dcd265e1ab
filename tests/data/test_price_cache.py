import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from backtrader_walkforward.data.period import Span
from backtrader_walkforward.data.price_cache import find_prices, save_prices
from backtrader_walkforward.data.prices import Prices, prices_frame
from backtrader_walkforward.system.cache import Cache

MONDAY, TUESDAY = date(2024, 1, 8), date(2024, 1, 9)
SPAN = Span(date(2024, 1, 1), date(2024, 1, 9))


def made(close, ticker="SPY", first="2024-01-02"):
    days = pd.date_range(first, periods=3)
    values = {"Open": close, "High": close, "Low": close, "Close": [close, 1 / 3, close], "Volume": 5}
    return Prices(prices_frame(pd.DataFrame(values, index=days)), ticker, "Yahoo Finance, adjusted", ("a note",))


@pytest.fixture
def cache(tmp_path):
    return Cache("prices", tmp_path / "cache")


def test_what_goes_in_comes_out(cache):
    save_prices(cache, made(7.0), SPAN, MONDAY)
    stored = find_prices(cache, "SPY", SPAN)
    assert stored.fetched == MONDAY
    assert stored.prices.source == "Yahoo Finance, adjusted"
    assert stored.prices.notes == ("a note",)
    pd.testing.assert_frame_equal(stored.prices.frame, made(7.0).frame, check_freq=False)
    assert cache.notes == []


@pytest.mark.parametrize("days", [[], ["2024-01-03", "2024-01-04"]])
def test_quoted_closes_and_actions_come_back(cache, days):
    index = pd.DatetimeIndex(days, name="Date").as_unit("us")
    actions = pd.DataFrame({"Dividend": [0.1, 1 / 3][: len(days)], "Split": [2.0, 1.0][: len(days)]}, index)
    prices = made(7.0)
    prices = replace(prices, unadjusted_close=prices.frame["Close"] * 2, actions=actions)
    save_prices(cache, prices, SPAN, MONDAY)
    stored = find_prices(cache, "SPY", SPAN).prices
    pd.testing.assert_frame_equal(stored.actions, actions, check_freq=False)
    assert stored.unadjusted_close.tolist() == [14, 2 / 3, 14]
    assert made(7.0).actions is None


def test_nothing_stored(cache):
    assert find_prices(cache, "SPY", SPAN) is None
    assert not cache.path.exists()
    save_prices(cache, made(7.0), SPAN, MONDAY)
    assert find_prices(cache, "AAPL", SPAN) is None


def test_only_fetches_of_the_day_that_cover_the_span(cache):
    save_prices(cache, made(7.0), SPAN, MONDAY)
    assert find_prices(cache, "SPY", SPAN, fetched=MONDAY)
    assert find_prices(cache, "SPY", Span(date(2024, 1, 5), date(2024, 1, 8)), fetched=MONDAY)
    assert find_prices(cache, "SPY", SPAN, fetched=TUESDAY) is None
    assert find_prices(cache, "SPY", Span(date(2023, 12, 31), SPAN.last), fetched=MONDAY) is None
    assert find_prices(cache, "SPY", Span(SPAN.first, date(2024, 1, 10)), fetched=MONDAY) is None


def test_latest_that_begins_early_enough(cache):
    long = Span(date(2020, 1, 1), MONDAY)
    save_prices(cache, made(1.0), long, MONDAY)
    save_prices(cache, made(2.0), SPAN, TUESDAY)
    assert find_prices(cache, "SPY", SPAN).prices.frame["Close"].iloc[0] == 2
    assert find_prices(cache, "SPY", long).prices.frame["Close"].iloc[0] == 1
    assert find_prices(cache, "SPY", Span(date(2010, 1, 1), TUESDAY)).prices.frame["Close"].iloc[0] == 2
    assert find_prices(cache, "SPY", Span(date(2010, 1, 1), date(2010, 2, 1))) is None


def test_new_fetch_of_the_day_replaces_the_one_before(cache):
    for close in (1.0, 2.0):
        save_prices(cache, made(close), SPAN, MONDAY)
    save_prices(cache, made(3.0, ticker="AAPL"), SPAN, MONDAY)
    assert cache.keys("SPY") == ["SPY 2024-01-01 2024-01-09 2024-01-08"]
    assert find_prices(cache, "SPY", SPAN, MONDAY).prices.frame["Close"].iloc[0] == 2
    assert find_prices(cache, "AAPL", SPAN, MONDAY).prices.frame["Close"].iloc[0] == 3


def test_of_two_fetches_of_a_span_the_later_is_found(cache):
    save_prices(cache, made(2.0), SPAN, TUESDAY)
    save_prices(cache, made(1.0), SPAN, MONDAY)
    assert find_prices(cache, "SPY", SPAN).prices.frame["Close"].iloc[0] == 2
    assert find_prices(cache, "SPY", SPAN, fetched=MONDAY).prices.frame["Close"].iloc[0] == 1


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be read as one" * 100, b"SQLite format 3\0x"]
)
def test_damaged_file_is_set_aside(cache, content):
    cache.path.parent.mkdir()
    cache.path.write_bytes(content)
    save_prices(cache, made(7.0), SPAN, MONDAY)
    assert cache.notes == ["prices.sqlite was damaged: it is now prices.sqlite.damaged, and a new one takes its place"]
    assert cache.path.with_name("prices.sqlite.damaged").read_bytes() == content
    assert find_prices(cache, "SPY", SPAN)


def test_damaged_pages_are_noticed(cache):
    save_prices(cache, made(7.0), SPAN, MONDAY)
    whole = cache.path.read_bytes()
    cache.path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert find_prices(cache, "SPY", SPAN) is None
    assert "damaged" in cache.notes[0]
    save_prices(cache, made(7.0), SPAN, MONDAY)
    assert find_prices(cache, "SPY", SPAN)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entries SET payload = CAST(replace(CAST(payload AS TEXT), '7.0', '7.1') AS BLOB)",
        "UPDATE entries SET payload = substr(payload, 1, length(payload) - 1)",
        "UPDATE entries SET key = replace(key, '2024-01-08', '2024-01-09')",
        "UPDATE entries SET checksum = NULL",
    ],
)
def test_a_damaged_fetch_is_noticed_and_its_prices_are_not_used(cache, damage):
    save_prices(cache, made(7.0), SPAN, MONDAY)
    with sqlite3.connect(cache.path) as connection:
        connection.execute(damage)
    connection.close()
    assert find_prices(cache, "SPY", SPAN) is None
    assert cache.notes == ["prices in prices.sqlite were damaged: they are not used"]
    save_prices(cache, made(8.0), SPAN, TUESDAY)
    assert find_prices(cache, "SPY", SPAN).prices.frame["Close"].iloc[0] == 8


def test_other_tables_of_the_same_name_are_set_aside(cache):
    cache.path.parent.mkdir()
    with sqlite3.connect(cache.path) as connection:
        connection.execute("CREATE TABLE entries (something INTEGER)")
    connection.close()
    assert find_prices(cache, "SPY", SPAN) is None
    assert "damaged" in cache.notes[0]


def test_folder_that_cannot_be_made_is_a_note(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache("prices", tmp_path / "file" / "cache")
    save_prices(cache, made(7.0), SPAN, MONDAY)
    assert find_prices(cache, "SPY", SPAN) is None
    (note,) = cache.notes
    assert note.startswith("prices could not be stored or read in prices.sqlite: ")


def test_locked_file_is_a_note(cache, monkeypatch):
    monkeypatch.setattr("backtrader_walkforward.system.sqlite_file.LOCK_SECONDS", 0.05)
    save_prices(cache, made(7.0), SPAN, MONDAY)
    other = sqlite3.connect(cache.path)
    other.execute("BEGIN EXCLUSIVE")
    save_prices(cache, made(8.0), SPAN, MONDAY)
    other.close()
    assert "locked" in cache.notes[0]
    assert find_prices(cache, "SPY", SPAN).prices.frame["Close"].iloc[0] == 7


WRITER = """
import sys
from datetime import date
from pathlib import Path
from backtrader_walkforward.data.price_cache import find_prices, save_prices
from backtrader_walkforward.data.period import Span
from backtrader_walkforward.system.cache import Cache
from test_price_cache import made

cache = Cache("prices", Path(sys.argv[1]))
span = Span(date(2024, 1, 1), date(2024, 1, 9))
for number in range(20):
    save_prices(cache, made(float(number + 1), ticker=sys.argv[2]), span, date(2024, 1, 8))
sys.exit("; ".join(cache.notes) or 0)
"""


def test_two_processes_at_once(tmp_path):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, str(tmp_path / "cache")]
    environment = {"PYTHONPATH": f"{root}:{Path(__file__).parent}", "PATH": ""}
    writers = [subprocess.Popen([*command, ticker], env=environment) for ticker in ("SPY", "AAPL")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    cache = Cache("prices", tmp_path / "cache")
    for ticker in ("SPY", "AAPL"):
        assert find_prices(cache, ticker, SPAN).prices.frame["Close"].iloc[0] == 20

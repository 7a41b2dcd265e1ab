import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from backtrader_walkforward.data.period import Span
from backtrader_walkforward.data.price_cache import PriceCache
from backtrader_walkforward.data.prices import Prices, prices_frame

MONDAY, TUESDAY = date(2024, 1, 8), date(2024, 1, 9)
SPAN = Span(date(2024, 1, 1), date(2024, 1, 9))


def made(close, ticker="SPY", first="2024-01-02"):
    days = pd.date_range(first, periods=3)
    values = {"Open": close, "High": close, "Low": close, "Close": [close, 1 / 3, close], "Volume": 5}
    return Prices(prices_frame(pd.DataFrame(values, index=days)), ticker, "Yahoo Finance, adjusted", ("a note",))


@pytest.fixture
def store(tmp_path):
    return PriceCache(tmp_path / "cache")


def test_what_goes_in_comes_out(store):
    store.save(made(7.0), SPAN, MONDAY)
    stored = store.find("SPY", SPAN)
    assert stored.fetched == MONDAY
    assert stored.prices.source == "Yahoo Finance, adjusted"
    assert stored.prices.notes == ("a note",)
    pd.testing.assert_frame_equal(stored.prices.frame, made(7.0).frame, check_freq=False)
    assert store.notes == []


def test_nothing_stored(store):
    assert store.find("SPY", SPAN) is None
    assert not store.path.exists()
    store.save(made(7.0), SPAN, MONDAY)
    assert store.find("AAPL", SPAN) is None


def test_only_fetches_of_the_day_that_cover_the_span(store):
    store.save(made(7.0), SPAN, MONDAY)
    assert store.find("SPY", SPAN, fetched=MONDAY)
    assert store.find("SPY", Span(date(2024, 1, 5), date(2024, 1, 8)), fetched=MONDAY)
    assert store.find("SPY", SPAN, fetched=TUESDAY) is None
    assert store.find("SPY", Span(date(2023, 12, 31), SPAN.last), fetched=MONDAY) is None
    assert store.find("SPY", Span(SPAN.first, date(2024, 1, 10)), fetched=MONDAY) is None


def test_latest_that_begins_early_enough(store):
    long = Span(date(2020, 1, 1), MONDAY)
    store.save(made(1.0), long, MONDAY)
    store.save(made(2.0), SPAN, TUESDAY)
    assert store.find("SPY", SPAN).prices.frame["Close"].iloc[0] == 2
    assert store.find("SPY", long).prices.frame["Close"].iloc[0] == 1
    assert store.find("SPY", Span(date(2010, 1, 1), TUESDAY)).prices.frame["Close"].iloc[0] == 2
    assert store.find("SPY", Span(date(2010, 1, 1), date(2010, 2, 1))) is None


def test_new_fetch_replaces_those_within_it(store):
    for close in (1.0, 2.0):
        store.save(made(close), SPAN, MONDAY)
    store.save(made(3.0, ticker="AAPL"), SPAN, MONDAY)
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT ticker FROM fetches").fetchall() == [("SPY",), ("AAPL",)]
        assert connection.execute("SELECT count(*) FROM bars").fetchone() == (6,)
    connection.close()


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be read as one" * 100, b"SQLite format 3\0x"]
)
def test_damaged_file_is_set_aside(store, content):
    store.path.parent.mkdir()
    store.path.write_bytes(content)
    store.save(made(7.0), SPAN, MONDAY)
    assert store.notes == ["prices.sqlite was damaged: it is now prices.sqlite.damaged, and a new one takes its place"]
    assert store.path.with_name("prices.sqlite.damaged").read_bytes() == content
    assert store.find("SPY", SPAN)


def test_damaged_pages_are_noticed(store):
    store.save(made(7.0), SPAN, MONDAY)
    whole = store.path.read_bytes()
    store.path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert store.find("SPY", SPAN) is None
    assert "damaged" in store.notes[0]
    store.save(made(7.0), SPAN, MONDAY)
    assert store.find("SPY", SPAN)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE bars SET close = close + 1e-9 WHERE day = '2024-01-03'",
        "UPDATE bars SET day = 'x' || substr(day, 2) WHERE day = '2024-01-03'",
        "UPDATE bars SET volume = 'much' WHERE day = '2024-01-03'",
        "DELETE FROM bars WHERE day = '2024-01-03'",
        "UPDATE fetches SET source = 'elsewhere'",
        "UPDATE fetches SET notes = '[1'",
        "UPDATE fetches SET fetched = '2024-01-07'",
        "UPDATE fetches SET sha256 = NULL",
    ],
)
def test_a_damaged_cell_is_noticed_and_its_prices_are_not_used(store, damage):
    store.save(made(7.0), SPAN, MONDAY)
    with sqlite3.connect(store.path) as connection:
        connection.execute(damage)
    connection.close()
    assert store.find("SPY", SPAN) is None
    assert store.notes == ["the prices of SPY in prices.sqlite were damaged: they are not used"]
    store.save(made(8.0), SPAN, MONDAY)
    assert store.find("SPY", SPAN).prices.frame["Close"].iloc[0] == 8


def test_other_tables_of_the_same_name_are_set_aside(store):
    store.path.parent.mkdir()
    with sqlite3.connect(store.path) as connection:
        connection.execute("CREATE TABLE fetches (something INTEGER)")
    connection.close()
    assert store.find("SPY", SPAN) is None
    assert "damaged" in store.notes[0]


def test_folder_that_cannot_be_made_is_a_note(tmp_path):
    (tmp_path / "file").write_text("")
    store = PriceCache(tmp_path / "file" / "cache")
    store.save(made(7.0), SPAN, MONDAY)
    assert store.find("SPY", SPAN) is None
    (note,) = store.notes
    assert note.startswith("prices could not be stored or read in prices.sqlite: ")


def test_locked_file_is_a_note(store, monkeypatch):
    monkeypatch.setattr("backtrader_walkforward.system.sqlite_store.LOCK_SECONDS", 0.05)
    store.save(made(7.0), SPAN, MONDAY)
    other = sqlite3.connect(store.path)
    other.execute("BEGIN EXCLUSIVE")
    store.save(made(8.0), SPAN, MONDAY)
    other.close()
    assert "locked" in store.notes[0]
    assert store.find("SPY", SPAN).prices.frame["Close"].iloc[0] == 7


WRITER = """
import sys
from datetime import date
from pathlib import Path
from backtrader_walkforward.data.price_cache import PriceCache
from backtrader_walkforward.data.period import Span
from test_price_cache import made

store = PriceCache(Path(sys.argv[1]))
for number in range(20):
    store.save(made(float(number + 1), ticker=sys.argv[2]), Span(date(2024, 1, 1), date(2024, 1, 9)), date(2024, 1, 8))
sys.exit("; ".join(store.notes) or 0)
"""


def test_two_processes_at_once(tmp_path):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, str(tmp_path / "cache")]
    environment = {"PYTHONPATH": f"{root}:{Path(__file__).parent}", "PATH": ""}
    writers = [subprocess.Popen([*command, ticker], env=environment) for ticker in ("SPY", "AAPL")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    store = PriceCache(tmp_path / "cache")
    for ticker in ("SPY", "AAPL"):
        assert store.find(ticker, SPAN).prices.frame["Close"].iloc[0] == 20

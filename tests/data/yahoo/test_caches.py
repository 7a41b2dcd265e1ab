from datetime import UTC, date, datetime

from backtrader_walkforward.data.period import Span
from backtrader_walkforward.data.yahoo.client import fetch, place_caches
from tests.data.yahoo_server import chart

SPAN = Span(date(2024, 1, 1), date(2024, 1, 31))


def fetch_two_bars(yahoo):
    yahoo.answer = 200, chart([0, 1])
    assert len(fetch("SPY", SPAN, datetime(2024, 3, 1, tzinfo=UTC)).frame) == 2


def test_stores_lie_in_the_cache_folder(yahoo, tmp_path):
    assert place_caches(tmp_path) == []
    fetch_two_bars(yahoo)
    assert (tmp_path / "yfinance" / "tkr-tz.db").is_file()


def test_damaged_stores_are_set_aside(yahoo, tmp_path):
    (tmp_path / "yfinance").mkdir()
    (tmp_path / "yfinance" / "tkr-tz.db").write_bytes(b"garbage" * 1000)
    assert place_caches(tmp_path) == [
        "tkr-tz.db was damaged: it is now tkr-tz.db.damaged, and a new one takes its place"
    ]
    fetch_two_bars(yahoo)


def test_folder_that_cannot_be_written(yahoo, tmp_path):
    (tmp_path / "file").write_text("")
    assert place_caches(tmp_path / "file") == []
    fetch_two_bars(yahoo)

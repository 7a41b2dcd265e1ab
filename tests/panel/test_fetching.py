"""The prices of many tickers: from a Yahoo that refuses most requests, from the cache, from files, and not at all."""

import inspect
from datetime import UTC, datetime

import pandas as pd
import pytest

from backtrader_walkforward.data.yahoo import patient_fetch
from backtrader_walkforward.data.yahoo.client import fetch
from backtrader_walkforward.data.yahoo.patient_fetch import PatientFetch
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.panels.tasks.fetching import load_all
from backtrader_walkforward.settings.settings import Settings
from tests.data.yahoo_server import DROPPED, UNKNOWN, chart

NOW = datetime(2024, 10, 1, 23, tzinfo=UTC)
WEEKDAYS = [day for day in range(273) if day % 7 not in (4, 5)]  # from Tuesday, 2024-01-02, to 2024-09-30
HUNDRED = [f"T{number:02}" for number in range(100)]


@pytest.fixture
def load(tmp_path):
    """Load panels of tickers: the prices or the error of each, as they come."""

    def load(tickers, **arguments):
        shared = Settings.of(period=200, lookback=5, cache_dir=tmp_path / "cache")
        members = {ticker: shared.replace(ticker=ticker) for ticker in tickers}
        return load_all(members, now=NOW, **arguments)

    return load


@pytest.fixture
def market(yahoo):
    """A Yahoo that knows 100 tickers."""
    yahoo.by_symbol = {ticker: (200, chart(WEEKDAYS, symbol=ticker)) for ticker in HUNDRED}
    return yahoo


class Patience:
    """Waits in no time, for a Yahoo that answers some requests more after each wait."""

    def __init__(self, yahoo, more):
        self.waits, self.told, self.yahoo, self.more = [], [], yahoo, more

    def fetch(self):
        return PatientFetch(on_wait=lambda *event: self.told.append(event), sleep=self.sleep)

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.yahoo.granted = self.more


def symbols_of(loaded):
    return [ticker for ticker, prices in loaded if not isinstance(prices, UserError)]


@pytest.mark.slow
def test_a_hundred_tickers_arrive_from_a_yahoo_that_refuses_most(market, load):
    patience = Patience(market, more=61)
    market.granted = 40
    assert symbols_of(load(HUNDRED, fetch=patience.fetch())) == HUNDRED
    assert patience.waits == [15, 15, 15]
    assert patience.told[0] == ("T20", 15)
    assert sorted(set(market.symbols())) == HUNDRED


def test_what_was_fetched_is_not_asked_for_again(market, load):
    begun = load(HUNDRED[:8])
    assert symbols_of(next(begun) for _ in range(3)) == HUNDRED[:3]
    begun.close()
    market.requests.clear()
    assert symbols_of(load(HUNDRED[:8])) == HUNDRED[:8]
    assert market.symbols() == HUNDRED[3:8]


def test_what_is_at_hand_comes_first(market, load):
    assert symbols_of(load(["T05", "T07"])) == ["T05", "T07"]
    assert symbols_of(load(HUNDRED[4:8])) == ["T05", "T07", "T04", "T06"]


def test_waits_double_until_patience_ends_and_the_others_fail_at_once(market, load):
    patience = Patience(market, more=0)
    market.granted = 2
    (_, first), *others = load(HUNDRED[:4], fetch=patience.fetch())
    assert len(first.frame) > 100
    assert patience.waits == [15, 30, 60, 120, 240, 480, 600]
    assert [ticker for ticker, _ in others] == HUNDRED[1:4]
    for _, error in others:
        assert "(it refuses more requests for now, 26 minutes long) and no prices of T0" in str(error)
        assert str(error).endswith(" - try later, or use --csv FILE")
    asked = len(market.requests)
    list(load(["T01"], fetch=patience.fetch()))
    assert len(market.requests) > asked


def test_a_ticker_that_fails_stops_nobody(market, load, tmp_path):
    market.by_symbol |= {"T01": UNKNOWN, "T02": (200, chart(WEEKDAYS[-9:], symbol="T02")), "T03": DROPPED}
    failed = {ticker: str(error) for ticker, error in load(HUNDRED[:5]) if isinstance(error, UserError)}
    assert list(failed) == ["T01", "T02", "T03"]
    assert "knows no ticker 'T01'" in failed["T01"]
    assert "ask for a longer --period" in failed["T02"]
    assert "the connection was dropped, 4 times" in failed["T03"]


def test_without_a_connection_three_tickers_are_tried(no_network, load, monkeypatch):
    tried = []
    monkeypatch.setattr(
        patient_fetch, "fetch", lambda ticker, *_, **__: tried.append(ticker) or fetch(ticker, *_, **__)
    )
    errors = [str(error) for _, error in load(HUNDRED[:6])]
    assert len(errors) == 6
    assert all("no connection" in error for error in errors)
    assert tried == HUNDRED[:3]


def test_files_need_no_yahoo(no_network, tmp_path):
    days = pd.bdate_range("2023-01-02", periods=300)
    table = pd.DataFrame(100.0, days.rename("Date"), ["Open", "High", "Low", "Close", "Volume"])
    table.to_csv(tmp_path / "B.csv")
    (tmp_path / "A.csv").write_text("no prices")
    members = {name: Settings.of(csv=tmp_path / f"{name}.csv", lookback=5, period=300) for name in ("B", "A")}
    members["SPY"] = Settings.of(source="sample")
    loaded = load_all(members, now=NOW)
    assert inspect.isgenerator(loaded)
    (a, broken), (b, prices), (spy, sample) = loaded
    assert (a, b, spy) == ("A", "B", "SPY")
    assert "A.csv" in str(broken)
    assert prices.frame["Close"].eq(100).all()
    assert sample.used_source == "sample"

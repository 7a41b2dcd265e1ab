"""The other tickers that a run trains with: from where, of which days, and what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from backtrader_walkforward.data import Prices, load_prices
from backtrader_walkforward.data.peers import settings_of_peers
from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.settings.settings import Settings
from tests.data.yahoo_server import chart

WEEKDAYS = [0, 1, 2, 3, 6, 7, 8, 9, 10]


def sample_prices(tmp_path: Path, **values: object) -> Prices:
    given = {"ticker": "^GSPC", "source": "sample", "train_with": "^IXIC", "cache_dir": tmp_path}
    return load_prices(Settings.of(**(given | values)), warm_up=33)


def test_peers_have_the_days_of_the_ticker_with_its_warm_up(tmp_path: Path) -> None:
    prices = sample_prices(tmp_path)
    [peer] = prices.peers
    assert peer.ticker == "^IXIC"
    pd.testing.assert_index_equal(peer.frame.index, prices.frame.index)
    assert peer.peers == ()
    assert sample_prices(tmp_path, train_with=()).peers == ()


def test_peers_come_from_the_source_of_the_ticker(
    yahoo: object, tmp_path: Path, asked_for: Callable[[], list[str]]
) -> None:
    settings = Settings.of(ticker="SPY", train_with="QQQ,dia", period=5, cache_dir=tmp_path)
    prices = load_prices(settings, 2, now=datetime(2024, 1, 12, 23, tzinfo=UTC))
    assert [peer.ticker for peer in prices.peers] == ["QQQ", "DIA"]
    assert asked_for() == ["SPY", "QQQ", "DIA"]
    again = load_prices(settings, 2, now=datetime(2024, 1, 12, 23, tzinfo=UTC))
    assert again.sha256_of_peers == prices.sha256_of_peers
    assert asked_for() == ["SPY", "QQQ", "DIA"]  # the second time they are stored


@pytest.fixture
def asked_for(yahoo: object) -> Callable[[], list[str]]:
    """Symbols that Yahoo was asked for, each once."""
    for first, symbol in enumerate(("SPY", "QQQ", "DIA"), 100):
        closes = [float(first + day) for day in WEEKDAYS]
        yahoo.by_symbol[symbol] = 200, chart(WEEKDAYS, symbol=symbol, close=closes)  # type: ignore[attr-defined]

    def asked() -> list[str]:
        paths = [path for path, query in yahoo.requests if "period1" in query]  # type: ignore[attr-defined]
        return list(dict.fromkeys(path.rsplit("/", 1)[1] for path in paths))

    return asked


def test_a_peer_that_the_source_does_not_have_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^--train-with QQQ: the bundled sample has no 'QQQ'"):
        sample_prices(tmp_path, train_with="^IXIC,QQQ")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"train_with": "SPY"}, r"--train-with SPY has the same prices as \^GSPC - leave it out"),
        ({"ticker": "^IXIC", "train_with": "SPY,^GSPC"}, r"--train-with \^GSPC has the same prices as SPY"),
    ],
)
def test_one_ticker_under_two_names_is_refused(tmp_path: Path, values: dict[str, object], message: str) -> None:
    """The sample has the S&P 500 twice: as a fit weighs every ticker alike, it would count double."""
    with pytest.raises(ArgumentError, match=message):
        sample_prices(tmp_path, **values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"train_with": "^GSPC"}, r"--train-with names the ticker of the run: \^GSPC - leave it out"),
        ({"train_with": "two words"}, "train_with must be one symbol"),
        ({"inputs": "raw"}, "--train-with needs --inputs scale-free"),
        ({"target": "price"}, "--target price needs --inputs raw"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, values: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        sample_prices(tmp_path, **values)


def test_other_prices_of_a_peer_are_refused_where_the_settings_know_them(tmp_path: Path) -> None:
    prices = sample_prices(tmp_path)
    assert sample_prices(tmp_path, **prices.snapshot).sha256_of_peers == prices.snapshot["peers_sha256"]
    others = prices.snapshot | {"peers_sha256": "0" * 64}
    with pytest.raises(DataError, match=r"the prices of \^IXIC, to train with, are others: .* --peers-sha256 none"):
        sample_prices(tmp_path, **others)


def test_days_that_a_peer_lacks_are_told() -> None:
    days = pd.bdate_range("2020-01-01", periods=5)
    frame = pd.DataFrame(1.0, days, ["Open", "High", "Low", "Close", "Volume"])
    late, same = Prices(frame[2:], "LATE", "a file", ("flat", "known")), Prices(frame, "SAME", "a file")
    assert Prices(frame, "OWN", "a file", ("known",)).with_peers([late, same]).notes == (
        "known",
        "LATE: flat",
        "LATE: no prices on 2 of the 5 days, from which the fits learn nothing of it",
    )


def test_how_the_file_of_the_run_is_read_does_not_matter_to_peers(tmp_path: Path) -> None:
    of_file = {
        "csv": "x.csv",
        "csv_columns": {"close": "Schluss"},
        "csv_dates": "day-month-year",
        "csv_decimals": "comma",
    }
    settings = Settings.of(ticker="SPY", train_with="QQQ", **of_file)
    [peer] = settings_of_peers(settings, sample_prices(tmp_path, train_with=()))
    found = peer.data.csv, peer.data.csv_columns, peer.data.csv_dates, peer.data.csv_decimals
    assert found == (None, (), None, None)


def test_a_peer_of_a_csv_file_is_the_file_of_its_name_beside_it(tmp_path: Path) -> None:
    """Both files come from one place, so they are read in the same way."""
    days = pd.bdate_range("2020-01-01", periods=40)
    for name, first in (("MINE.csv", 100), ("qqq.csv.gz", 300)):
        closes = [str(first + day).replace(".", ",") for day in range(40)]
        pd.DataFrame({"Datum": days, "Schluss": closes}).to_csv(tmp_path / name, sep=";", index=False)
    own = {"csv": tmp_path / "MINE.csv", "csv_columns": {"date": "Datum", "close": "Schluss"}, "cache_dir": tmp_path}
    [peer] = load_prices(Settings.of(train_with="QQQ", **own), 0).peers
    assert (peer.ticker, peer.used_source) == ("QQQ", "csv")
    assert peer.frame["Close"].iloc[[0, -1]].tolist() == [300.0, 339.0]
    pd.testing.assert_index_equal(peer.frame.index, days, check_names=False, check_freq=False, exact=False)


def test_a_file_beside_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    days = pd.bdate_range("2020-01-01", periods=40)
    pd.DataFrame({"Date": days, "Close": range(100, 140)}).to_csv(tmp_path / "MINE.csv", index=False)
    (tmp_path / "QQQ.csv").write_text("nothing\n")
    with pytest.raises(DataError, match=r"^--train-with QQQ: .*QQQ\.csv"):
        load_prices(Settings.of(train_with="QQQ", csv=tmp_path / "MINE.csv", cache_dir=tmp_path), 0)

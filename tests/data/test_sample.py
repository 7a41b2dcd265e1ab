import pytest

from backtrader_walkforward.data.gaps import gap_notes
from backtrader_walkforward.data.jumps import jump_notes
from backtrader_walkforward.data.sample import in_sample, load_sample
from backtrader_walkforward.data.validation import validate
from backtrader_walkforward.errors import DataError


@pytest.mark.parametrize(
    ("ticker", "label", "rows", "first", "last"),
    [
        ("SPY", "bundled sample: S&P 500 index ^GSPC, standing in for SPY", 5031, "1999-01-04", "2018-12-31"),
        ("^GSPC", "bundled sample: S&P 500 index ^GSPC", 5031, "1999-01-04", "2018-12-31"),
        ("^IXIC", "bundled sample: Nasdaq Composite index ^IXIC", 5031, "1999-01-04", "2018-12-31"),
        ("GOOG", "bundled sample: Google GOOG", 1047, "2004-08-19", "2008-10-14"),
    ],
)
def test_samples_are_fit_to_trade(ticker, label, rows, first, last):
    prices = load_sample(ticker)
    assert prices.ticker == ticker
    assert prices.source == label
    assert prices.notes == ()
    days = prices.frame.index
    assert (len(days), f"{days[0]:%Y-%m-%d}", f"{days[-1]:%Y-%m-%d}") == (rows, first, last)
    assert list(prices.frame.columns) == ["Open", "High", "Low", "Close", "Volume"]
    validate(prices.frame, name=prices.source)
    assert gap_notes(prices.frame, prices.calendar) == []
    assert jump_notes(prices.frame) == []


def test_known_closes():
    assert load_sample("SPY").frame.loc["2008-10-10", "Close"] == pytest.approx(899.22, abs=0.001)
    assert load_sample("GOOG").frame.loc["2004-08-19", "Close"] == 100.34


def test_ticker_it_has_not():
    assert not in_sample("AAPL")
    with pytest.raises(DataError, match=r"no 'AAPL' - it has SPY \(as \^GSPC\), \^GSPC, \^IXIC, GOOG, or .*--csv FILE"):
        load_sample("AAPL")

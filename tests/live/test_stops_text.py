"""Stops as text."""

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.live.stops_text import AFTERWARDS, resting_text, stops_text

ONCE_FILLED = "once filled (in the backtest from the session after the fill), close a position that"


def test_no_stops_no_text():
    assert list(stops_text({"kelly": Stops(), "binary": Stops()})) == []
    assert list(resting_text({})) == []


def test_stops_of_all():
    stops = Stops(stop_loss=0.02, trailing_stop=0.03, take_profit=0.05)
    assert list(stops_text({"kelly": stops, "binary": stops})) == [
        f"Stops: {ONCE_FILLED} loses 2.00% of its entry price (stop-loss) or falls 3.00% of its entry price below its"
        f" best close (trailing stop) or gains 5.00% of its entry price (take-profit). {AFTERWARDS}"
    ]


def test_variants_with_different_stops_are_named():
    stops = {"kelly": Stops(), "tight": Stops(stop_loss=0.01), "tight_hybrid_70_30": Stops(stop_loss=0.01)}
    assert list(stops_text(stops)) == [
        f"Stops of tight, tight_hybrid_70_30: {ONCE_FILLED} loses 1.00% of its entry price (stop-loss). {AFTERWARDS}"
    ]
    wide = stops | {"kelly": Stops(stop_loss=0.5)}
    assert [line.partition(":")[0] for line in stops_text(wide)] == [
        "Stops of kelly",
        "Stops of tight, tight_hybrid_70_30",
    ]


def test_accounts_with_the_same_levels_share_a_line():
    one, other = {"stop_loss": 98.0, "take_profit": 105.0}, {"stop_loss": 97.0}
    assert list(resting_text({"kelly": one, "binary": other, "fixed": dict(one)})) == [
        "Stops of kelly, fixed rest now: stop-loss at 98.000, take-profit at 105.00.",
        "Stops of binary rest now: stop-loss at 97.000.",
    ]

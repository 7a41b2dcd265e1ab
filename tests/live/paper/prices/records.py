"""Records of a share that costs 100, and prices of a source to compare with them."""

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.live.paper.corporate_actions import actions_of, read_confirmations
from backtrader_walkforward.live.paper.prices.price_comparison import compare_prices
from backtrader_walkforward.live.paper.record import AccountTables, Record

DAYS = pd.bdate_range("2024-01-01", periods=42, unit="us")
OPENED, LAST, NEXT = DAYS[19], DAYS[39], DAYS[40]
NOTHING = actions_of()


def bars(closes, volume=1000.0, days=DAYS):
    close = pd.Series(closes, days[: len(closes)], dtype=float)
    return pd.DataFrame({"Open": close, "High": close * 1.01, "Low": close * 0.99, "Close": close, "Volume": volume})


def record_of(recorded, actions=NOTHING, opened=OPENED):
    """A record of these bars, one session a day."""
    traded = recorded.index[recorded.index >= opened]
    table = pd.DataFrame({"day": traded, "variant": "binary", "number": range(len(traded))})
    sessions = pd.DataFrame({"day": traded, "first_day": traded, "late": 0})
    number = np.maximum(recorded.index.searchsorted(recorded.index) - recorded.index.searchsorted(opened), 0)
    tables = AccountTables(recorded, table, table, table, actions)
    return Record(None, tables, sessions, pd.Series(number, recorded.index))


def prices_of(frame, actions=None, quoted=None):
    """Prices of a source that knows these actions, day, dividend and split, or of none."""
    table = actions and pd.DataFrame(
        [action[1:] for action in actions], pd.DatetimeIndex([action[0] for action in actions]), ["Dividend", "Split"]
    )
    return Prices(frame, "SPY", "CSV file spy.csv", unadjusted_close=quoted, actions=table)


def compare(record, prices, *confirmed):
    return compare_prices(record, prices, read_confirmations(confirmed))


FLAT = bars([100.0] * 40)

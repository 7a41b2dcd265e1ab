"""Three made-up tickers of the same days, each with a price level and a volatility of its own."""

import numpy as np
import pandas as pd

from backtrader_walkforward.features import WARM_UP, compute_features
from backtrader_walkforward.forecasting import History


def drawn(seed: int, price: float, move: float, ticker: str, days: pd.DatetimeIndex) -> History:
    """Return a ticker with this price level and this volatility."""
    random = np.random.default_rng(seed)
    close = price * np.exp(random.normal(0, move, len(days)).cumsum())
    frame = pd.DataFrame({"Open": close, "High": 1.01 * close, "Low": 0.99 * close, "Close": close}, days)
    frame["Volume"] = random.integers(1_000, 9_000, len(days)).astype(float)
    return History(frame, compute_features(frame), ticker)


DAYS = pd.bdate_range("2020-01-01", periods=120 + WARM_UP, name="Date")
OWN = drawn(1, 100, 0.01, "OWN", DAYS)
CALM = drawn(2, 5, 0.004, "CALM", DAYS)
WILD = drawn(3, 4_000, 0.03, "WILD", DAYS)

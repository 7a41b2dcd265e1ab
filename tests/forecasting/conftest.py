"""A year of made-up prices and their features."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.features import WARM_UP, compute_features


@pytest.fixture(scope="session")
def history() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Prices and features of 153 days, 120 of them usable; read-only by agreement."""
    generator = np.random.default_rng(3)
    close = 100 * np.exp(generator.normal(0, 0.01, 120 + WARM_UP).cumsum())
    high, low = close * (1 + generator.random((2, len(close))) * [[0.01], [-0.01]])
    prices = pd.DataFrame({"Open": close, "High": high, "Low": low, "Close": close}, dtype=float)
    prices["Volume"] = generator.integers(1_000, 9_000, len(close)).astype(float)
    prices.index = pd.bdate_range("2020-01-01", periods=len(close), name="Date")
    return prices, compute_features(prices)

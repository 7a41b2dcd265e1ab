"""The measures of the study of 20 stocks, on figures that can be checked by hand; its forecasts, on drawn closes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.forecasting import WalkForward
from backtrader_walkforward.system.cache import Cache
from benchmarks.studies.stocks import book, forecasts_of

DAYS = pd.bdate_range("2020-01-01", periods=3)
RETURNS = pd.DataFrame([[0.1, 0.0, -0.1], [0.0, 0.1, -0.1], [np.nan] * 3], DAYS)


def test_equal_forecasts_hold_nothing() -> None:
    assert book(pd.DataFrame(1.0, DAYS, range(3)), RETURNS, 0.01).tolist() == [0.0, 0.0]


def test_the_book_earns_the_difference_and_pays_for_what_it_trades() -> None:
    forecasts = pd.DataFrame([[3.0, 2.0, 1.0]] * 3, DAYS)
    assert book(forecasts, RETURNS, 0.0).tolist() == pytest.approx([0.1, 0.05])
    # Bought: 1. Then .55, 0, -.45 of 1.1 are held, which are .5, 0, -.409, and half is sold short again.
    assert book(forecasts, RETURNS, 0.01).tolist() == pytest.approx([0.1 - 0.01, 0.05 - 0.01 * (0.5 - 0.45 / 1.1)])


def test_every_stock_is_forecast_on_every_day_of_the_test(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    index = pd.bdate_range("2020-01-01", periods=200)
    closes = pd.DataFrame(100 * np.exp(random.normal(0, 0.01, (200, 3)).cumsum(axis=0)), index, list("cab"))
    walk_forward = WalkForward(100, lookback=5, retrain_every=40)
    made = forecasts_of(closes, "ridge", 7, walk_forward, Cache("forecasts", tmp_path))
    assert made.index.equals(index[133:])
    assert list(made) == list("cab")
    assert made.notna().all(axis=None)

"""The measures of the study of 20 stocks, on figures that can be checked by hand; its forecasts, on drawn closes."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.forecasting import WalkForward, make_predictor
from benchmarks.studies.stocks import book, pooled_tasks

DAYS = pd.bdate_range("2020-01-01", periods=3)
RETURNS = pd.DataFrame([[0.1, 0.0, -0.1], [0.0, 0.1, -0.1], [np.nan] * 3], DAYS)


def test_equal_forecasts_hold_nothing() -> None:
    assert book(pd.DataFrame(1.0, DAYS, range(3)), RETURNS, 0.01).tolist() == [0.0, 0.0]


def test_the_book_earns_the_difference_and_pays_for_what_it_trades() -> None:
    forecasts = pd.DataFrame([[3.0, 2.0, 1.0]] * 3, DAYS)
    assert book(forecasts, RETURNS, 0.0).tolist() == pytest.approx([0.1, 0.05])
    # Bought: 1. Then .55, 0, -.45 of 1.1 are held, which are .5, 0, -.409, and half is sold short again.
    assert book(forecasts, RETURNS, 0.01).tolist() == pytest.approx([0.1 - 0.01, 0.05 - 0.01 * (0.5 - 0.45 / 1.1)])


def test_one_fit_serves_all_stocks() -> None:
    random = np.random.default_rng(0)
    index = pd.bdate_range("2020-01-01", periods=200)
    closes = pd.DataFrame(100 * np.exp(random.normal(0, 0.01, (200, 3)).cumsum(axis=0)), index, list("abc"))
    folds = list(pooled_tasks(closes, make_predictor("ridge"), WalkForward(100, lookback=5, retrain_every=40)))
    assert [len(tasks) for tasks in folds] == [3, 3]
    for tasks in folds:
        fits = [task.fit() for task in tasks]
        for task in tasks:
            forecasts = [task.predict(fitted) for fitted in fits]
            np.testing.assert_allclose(forecasts, forecasts[:1] * 3, rtol=1e-9)

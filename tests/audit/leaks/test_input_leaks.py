"""Leaks planted where inputs are scaled and peers join a fit: the audit finds each. What is honest passes."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.forecasting import fold_tasks, folds
from backtrader_walkforward.forecasting.inputs import InputScale
from backtrader_walkforward.forecasting.pooled import rows
from backtrader_walkforward.forecasting.pooled.rows import rows_of_peers

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("rooms_in_this_process")]

LATE = pd.Timestamp(2100, 1, 1)


@pytest.mark.parametrize("settings", [{"train_with": "^IXIC"}, {"target": "traded"}, {"inputs": "raw"}], ids=str)
def test_an_honest_run_passes(found_in, settings):
    assert found_in(**settings) == {}


def test_rows_of_a_peer_from_after_the_forecast(found_in, monkeypatch):
    def all_rows(peers, target, lookback, first, fitted):
        return rows_of_peers(peers, target, lookback, first, LATE)

    monkeypatch.setattr(fold_tasks, "rows_of_peers", all_rows)
    found = found_in(train_with="^IXIC")
    assert "trains on a target that is known only on a test day" in found["training rows", "fold 0, ^IXIC"]
    assert "changes when later rows are" in found["training rows", "fold 0, peers"]


def test_a_peer_whose_target_is_known_a_day_too_late(found_in, monkeypatch):
    """The leak of one row: the return into the day of the fit is known, the one out of it is not."""

    def one_more(peers, target, lookback, first, fitted):
        return rows_of_peers(peers, target, lookback, first, fitted + pd.offsets.BDay())

    monkeypatch.setattr(fold_tasks, "rows_of_peers", one_more)
    found = found_in(train_with="^IXIC")
    assert "trains on a target that is known only on a test day" in found["training rows", "fold 0, ^IXIC"]


def test_inputs_in_the_range_of_the_test_days(found_in, monkeypatch):
    class RangeOfAll(InputScale):
        def inputs(self, rows, lookback):
            made = super().inputs(rows, lookback)
            return (made - made.mean(axis=0)).astype(np.float32)

    monkeypatch.setattr(rows, "InputScale", RangeOfAll)
    assert set(found_in()) == {("predictor", "ridge")}


def test_a_traded_target_that_is_used_a_day_too_soon(found_in, monkeypatch):
    for module in (folds, fold_tasks):
        monkeypatch.setattr(module, "HORIZONS", dict.fromkeys(folds.HORIZONS, 1))
    found = found_in(target="traded")
    assert "trains on a target that is known only on a test day" in found["training rows", "fold 0"]

"""The fits of a forecast, one by one."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import LearningCurve, learning_table, summarize_folds

DAYS = pd.bdate_range("2020-01-01", periods=5)
CURVE = np.array([[1.0, 0.9], [0.8, 0.7], [0.6, 0.7]])


def test_by_hand():
    """Returns of 1, -1, 1 and -1 %, and one that is not yet known; the second fold says the same every day."""
    table = pd.DataFrame({"predicted_return": [0.01, 0.03, 0.02, 0.02, 0.02], "fold": [0, 0, 1, 1, 1]}, DAYS)
    returns = pd.Series([0.01, -0.01, 0.01, -0.01, np.nan], DAYS)
    moving, still = summarize_folds(table, returns, (3, 0), (0.02, 0.4), ((CURVE, np.empty((0, 2))), ()))
    assert (moving.fold, moving.first_date, moving.days, moving.epochs) == (0, date(2020, 1, 1), 2, 3)
    assert moving.spread == pytest.approx(np.std([0.01, 0.03], ddof=1) / np.std([0.01, -0.01, 0.01, -0.01], ddof=1))
    assert (still.spread, still.out_of_range, still.learning_curves) == (0.0, 0.4, ())
    assert moving.learning_curves == (LearningCurve(member=0, training=(1.0, 0.8, 0.6), validation=(0.9, 0.7, 0.7)),)


def test_a_fold_of_one_day_has_no_spread():
    table = pd.DataFrame({"predicted_return": 0.01, "fold": [0, 0, 0, 0, 1]}, DAYS)
    _, last = summarize_folds(table, pd.Series([0.01, -0.01, 0, 0, 0], DAYS), (0, 0), (0, 0), ((), ()))
    assert last.spread is None


def test_the_best_epoch_is_the_first_with_the_smallest_validation_error():
    [curve] = LearningCurve.of_members([CURVE])
    assert (curve.epochs, curve.best_epoch) == (3, 2)
    [failed] = LearningCurve.of_members([CURVE * np.nan])
    assert failed.best_epoch is None


def test_a_table_has_all_curves():
    table = pd.DataFrame({"predicted_return": 0.01, "fold": [4, 4, 5, 5, 5]}, DAYS)
    none, returns = np.empty((0, 2)), pd.Series(0.01, DAYS)
    folds = summarize_folds(table, returns, (3, 4), (0, 0), ((none, CURVE), (CURVE[:1], CURVE)))
    curves = learning_table(folds)
    assert list(curves) == ["fold", "member", "epoch", "training", "validation"]
    places = [(4, 1, 1), (4, 1, 2), (4, 1, 3), (5, 0, 1), (5, 1, 1), (5, 1, 2), (5, 1, 3)]
    assert list(curves[["fold", "member", "epoch"]].itertuples(index=False, name=None)) == places
    assert curves["validation"].tolist() == [0.9, 0.7, 0.7, 0.9, 0.9, 0.7, 0.7]
    assert list(learning_table(())) == list(curves)

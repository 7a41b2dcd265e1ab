"""The importance of each feature, from forecasts in which it is permuted."""

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import Importance, measure_importance
from backtrader_walkforward.evaluation.forecast.importance import importance_in_fold, mean_over_folds

DAYS = pd.bdate_range("2020-01-01", periods=12)
ACTUAL = np.array([0.01, -0.01, 0.02, -0.02, 0.0])


def table_of(predicted, fold):
    return pd.DataFrame({"predicted_return": predicted, "fold": fold, "training_mean": 0.01}, DAYS[: len(predicted)])


def test_by_hand():
    """The forecast is right; without its one feature it is always 0. The second fold is too short."""
    returns = pd.Series([*ACTUAL, *ACTUAL, 0.01, np.nan], DAYS)
    table = table_of([*ACTUAL, *ACTUAL + 0.01, 0.05, 0.0], [0] * 5 + [1] * 5 + [2] * 2)
    right = {0: np.array([ACTUAL, ACTUAL])[np.newaxis], 1: np.array([ACTUAL + 0.01, ACTUAL + 0.01])[np.newaxis]}
    permuted = {fold: np.concatenate([0 * known, known]) for fold, known in right.items()}
    permuted[2] = np.zeros((2, 2, 2))
    importance = measure_importance(table, returns, permuted, ["used", "unused"])
    assert (importance.folds, importance.repetitions) == (2, 2)
    found, errors = importance.table, (5 * 0.0001 + 0.04**2) / 11
    assert list(found.index) == ["used", "unused"]
    assert list(importance.by_fold.query("feature == 'used'")["error_rise"]) == pytest.approx(
        [0.0002 / errors, 0.0001 / errors]
    )
    assert found.loc["used", "error_rise"] == pytest.approx(0.00015 / errors)
    assert found.loc["used", "error_rise_se"] == pytest.approx(0.00005 / errors)
    lost = 2 * (np.array([ACTUAL, ACTUAL + 0.01]) * (ACTUAL - 0.01)).mean()
    assert lost == pytest.approx(2 * (0.0002 + 0.0001) / 2)
    assert found.loc["used", "knowledge_lost"] == pytest.approx(lost / errors)
    assert found.loc["used", "folds_risen"] == 2
    assert list(found.loc["unused"])[:4] == [0.0, 0.0, 0, 0.0]
    assert not found["beyond_noise"].any()


def test_folds_weigh_as_many_days_as_they_have():
    mean, error = mean_over_folds(pd.Series([1.0, 4.0]), pd.Series([20, 10]))
    assert mean == pytest.approx(2.0)
    assert error == pytest.approx(np.sqrt(2 * ((2 / 3) ** 2 * 1 + (1 / 3) ** 2 * 4)))
    assert np.isnan(mean_over_folds(pd.Series([1.0]), pd.Series([20]))[1])


def test_the_rise_is_what_is_lost_and_how_much_farther_the_forecast_moves_from_the_training_mean():
    generator = np.random.default_rng(3)
    predicted, actual, mean = generator.normal(size=(3, 21))
    permuted = generator.normal(size=(2, 5, 21))
    rise, lost = importance_in_fold(predicted, actual, permuted, mean)
    moves = ((permuted - mean) ** 2 - (predicted - mean) ** 2).mean(axis=(1, 2))
    np.testing.assert_allclose(rise, moves + lost, rtol=1e-12)


def test_noise_is_within_noise_and_a_signal_is_not():
    """Of 40 runs in which no feature matters, about 5 % name one; that the first of 10 matters is always seen."""
    generator, named = np.random.default_rng(1), 0
    for seed in range(40):
        rises = generator.normal(size=(10, 8)) + 100 * (np.arange(10) == 0)[:, np.newaxis] * (seed % 2)
        feature, fold = np.indices(rises.shape).reshape(2, -1)
        rows = pd.DataFrame({"fold": fold, "feature": feature, "days": 21, "error_rise": rises.ravel()})
        found = Importance(rows.assign(knowledge_lost=rises.ravel() / 10), 5).table
        assert found["beyond_noise"].loc[0] or not seed % 2
        named += int(found["beyond_noise"].drop(0).any())
    assert named <= 6


def test_a_forecast_that_knows_nothing_has_no_importance_because_its_error_rises():
    """It subtracts two features that are nearly the same: without one of them it moves ten times as much."""
    generator, named = np.random.default_rng(2), 0
    for _ in range(40):
        days = pd.bdate_range("2020-01-01", periods=8 * 21)
        common, own = generator.normal(size=8 * 21), generator.normal(size=(2, 8 * 21)) / 10
        first, second = common + own
        fold = np.arange(8 * 21) // 21
        table = pd.DataFrame({"predicted_return": first - second, "fold": fold, "training_mean": 0.0}, days)
        permuted = {fold: permuted_difference(first, second, rows, generator) for fold, rows in enumerate_folds(8)}
        found = measure_importance(table, pd.Series(generator.normal(size=8 * 21), days), permuted, ["a", "b"])
        assert (found.table["error_rise"] > 0.5).all()
        named += int(found.table["beyond_noise"].any())
    assert named <= 5


def enumerate_folds(number):
    return enumerate(np.arange(number * 21).reshape(number, 21))


def permuted_difference(first, second, rows, generator):
    """Return `first - second` on the rows of a fold with either one permuted, five times: (2, 5, n)."""
    orders = [generator.permutation(rows) for _ in range(5)]
    return np.array([[first[order] - second[rows] for order in orders], [first[rows] - second[o] for o in orders]])


def test_a_forecast_that_no_feature_changes_has_no_importance():
    table = table_of(ACTUAL.tolist() * 2, [0] * 5 + [1] * 5)
    same = {fold: np.tile(ACTUAL, (3, 2, 1)) for fold in (0, 1)}
    found = measure_importance(table, pd.Series([*ACTUAL, *ACTUAL], DAYS[:10]), same, ["a", "b", "c"]).table
    assert found["error_rise"].tolist() == [0.0] * 3
    assert not found["beyond_noise"].any()


def test_short_folds_have_no_importance():
    table = table_of(ACTUAL[:4], [0, 0, 1, 1])
    found = measure_importance(table, table["predicted_return"], {0: np.zeros((1, 2, 2)), 1: np.zeros((1, 2, 2))}, "a")
    assert found.folds == 0
    assert found.table.empty

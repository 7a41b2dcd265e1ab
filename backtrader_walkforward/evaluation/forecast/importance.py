"""The importance of each feature: how much worse the forecast is where the feature is that of another day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr

from backtrader_walkforward.evaluation.forecast.forecast_tests import SIGNIFICANT

FEWEST_DAYS_A_FOLD = 5
"""Days of a fold below which a permutation says nothing: the fold is left out."""

COLUMNS = ("fold", "feature", "days", "error_rise", "knowledge_lost")
"""Columns of `Importance.by_fold`."""

FIGURES = ("error_rise", "error_rise_se", "folds_risen", "knowledge_lost", "knowledge_lost_se", "p_value")
"""Columns of `Importance.table` but the last."""


@dataclass(frozen=True)
class Importance:
    """The importance of each feature, fold by fold.

    `by_fold` has a row for each fold and feature: `fold`, `feature`, `days`, `error_rise`, `knowledge_lost`. The last
    two are means over the days of the fold, as shares of the mean squared error of all days. With the forecast f, the
    permuted one g, the return r and the mean m of the training returns::

        error_rise      (g - r)² - (f - r)²  =  (g - m)² - (f - m)²  +  2 (f - g) (r - m)
                                                how far it moves        knowledge_lost
    """

    by_fold: pd.DataFrame
    repetitions: int
    """Draws of other days for each feature in each fold."""

    @property
    def folds(self) -> int:
        """Number of folds that are long enough."""
        return int(self.by_fold["fold"].nunique())

    @property
    def table(self) -> pd.DataFrame:
        """The features, the one with the largest rise of the error first.

        ======================  =======================================================================
        `error_rise`            mean over the days, as a share of the mean squared error
        `error_rise_se`         its standard error over the folds, NaN for one fold
        `folds_risen`           number of folds in which the error rose
        `knowledge_lost`        mean over the days: the term of the rise that the returns decide
        `knowledge_lost_se`     its standard error over the folds, NaN for one fold
        `p_value`               the larger one of both, by Student's t over the folds, one-sided
        `beyond_noise`          whether `p_value` times the number of features used is below .05 (Bonferroni)
        ======================  =======================================================================

        The rise alone would not do. A fit without skill that subtracts one feature from another, nearly equal one
        moves more where only one of them is permuted: its error rises, and nothing that it knew is lost. Both must be
        there (an intersection-union test, Berger 1982). f and g are known before r is, so that without knowledge
        f - g and r - m are uncorrelated.
        """
        rows = {feature: row_of(folds) for feature, folds in self.by_fold.groupby("feature", sort=False)}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=list(FIGURES)).rename_axis("feature")
        n_used = max(1, int(self.by_fold.groupby("feature")["error_rise"].any().sum()))
        table["beyond_noise"] = table["p_value"] * n_used < SIGNIFICANT
        return table.sort_values("error_rise", ascending=False, kind="stable")


def row_of(folds: pd.DataFrame) -> list[float]:
    """Return `FIGURES` of one feature from its rows of `Importance.by_fold`."""
    rise, error = mean_over_folds(folds["error_rise"], folds["days"])
    lost, lost_error = mean_over_folds(folds["knowledge_lost"], folds["days"])
    p_value = np.maximum(p_value_of(rise, error, len(folds)), p_value_of(lost, lost_error, len(folds)))
    return [rise, error, int((folds["error_rise"] > 0).sum()), lost, lost_error, float(p_value)]


def p_value_of(mean: float, error: float, n_folds: int) -> float:
    """Return the one-sided p-value of a mean over the folds with its standard error; NaN for one fold."""
    ratio = mean / error if error > 0 else np.copysign(np.inf, mean) if mean else 0.0
    return np.nan if np.isnan(error) else float(stdtr(n_folds - 1, -ratio))


def mean_over_folds(values: pd.Series, days: pd.Series) -> tuple[float, float]:
    """Return the mean of the folds' values, weighted by their days, and its standard error; NaN for one fold."""
    weights = days / days.sum()
    mean = float((weights * values).sum())
    if len(values) < 2:
        return mean, float("nan")
    squares = float((weights**2 * (values - mean) ** 2).sum())
    return mean, float(np.sqrt(squares * len(values) / (len(values) - 1)))


def measure_importance(
    table: pd.DataFrame, returns: pd.Series, permuted: Mapping[int, np.ndarray], features: Sequence[str]
) -> Importance:
    """Return the importance of each feature.

    Parameters
    ----------
    table : DataFrame
        Forecasts by date: `predicted_return`, `fold`, and the `training_mean` of the fold.
    returns : Series
        Returns that were forecast, by the date of the forecast; NaN where they are not yet known.
    permuted : mapping of int to ndarray (n_features, repetitions, n_test)
        Predicted returns of each fold with one feature permuted.
    features : sequence of str
        Names of the features.
    """
    actual = returns.reindex(table.index)
    squared_error = float(((table["predicted_return"] - actual) ** 2).mean()) or 1.0
    parts = [pd.DataFrame(columns=COLUMNS)]
    for _, rows in table.groupby("fold"):
        number = int(rows["fold"].iloc[0])
        known = actual[rows.index].notna().to_numpy()
        if known.sum() >= FEWEST_DAYS_A_FOLD:
            days = actual[rows.index].to_numpy(dtype=float)[known]
            predicted, mean = rows[["predicted_return", "training_mean"]].to_numpy(dtype=float)[known].T
            rise, lost = importance_in_fold(predicted, days, np.compress(known, permuted[number], axis=2), mean)
            figures = (number, list(features), len(days), rise / squared_error, lost / squared_error)
            parts.append(pd.DataFrame(dict(zip(COLUMNS, figures, strict=True))))
    return Importance(pd.concat(parts[1:] or parts, ignore_index=True), next(iter(permuted.values())).shape[1])


def importance_in_fold(
    predicted: np.ndarray, actual: np.ndarray, permuted: np.ndarray, mean: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rise of the mean squared error, and the part of it that is lost knowledge, of each feature.

    `predicted`, `actual` and the training `mean` have the shape (n,), `permuted` (n_features, repetitions, n), and the
    results (n_features,). Both are exactly 0 for a feature that changes no forecast.
    """
    rise = (permuted - actual) ** 2 - (predicted - actual) ** 2
    lost = 2 * (predicted - permuted) * (actual - mean)
    return rise.mean(axis=(1, 2)), lost.mean(axis=(1, 2))

"""The fits of a forecast, one by one: how each was trained, and how far its forecasts move."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Self

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.forecast.forecast_tests import spread_within_folds


@dataclass(frozen=True, kw_only=True)
class LearningCurve:
    """The errors of one fit after each pass over its training windows, in the unit of its loss."""

    member: int
    """Number of the ensemble's member, from 0."""
    training: tuple[float, ...]
    validation: tuple[float, ...]
    """NaN in a fit that took over the number of its epochs: it trained on all windows, and has none to validate on."""

    @classmethod
    def of_members(cls, curves: Iterable[np.ndarray]) -> tuple[Self, ...]:
        """Return the curves of the members that train in passes, from their errors (epochs, 2)."""
        return tuple(
            cls(member=member, training=tuple(curve[:, 0].tolist()), validation=tuple(curve[:, 1].tolist()))
            for member, curve in enumerate(curves)
            if len(curve)
        )

    @property
    def epochs(self) -> int:
        """Passes that were made."""
        return len(self.training)

    @property
    def searched(self) -> int:
        """Passes with a validation error: those of a search for the number of epochs."""
        return self.epochs if self.best_epoch else 0

    @property
    def best_epoch(self) -> int | None:
        """The first pass with the smallest validation error, from 1; None where every error is NaN."""
        errors = np.array(self.validation)
        return None if np.isnan(errors).all() else int(np.nanargmin(errors)) + 1


@dataclass(frozen=True, kw_only=True)
class FoldSummary:
    """One fold: a fit and the forecasts made from it.

    Attributes
    ----------
    fold : int
        Number of the fold, from 0.
    first_date : date
        Date of its first forecast.
    days : int
        Number of its forecasts.
    epochs : int
        Passes over the training windows, of all members together.
    spread : float or None
        Standard deviation of its forecasts / that of the returns of all folds. None for one day, or without returns.
    out_of_range : float
        Share of the inputs of its test rows beyond the range of its training rows.
    learning_curves : tuple of LearningCurve
        One for each member that trains in passes.
    """

    fold: int
    first_date: date
    days: int
    epochs: int
    spread: float | None
    out_of_range: float
    learning_curves: tuple[LearningCurve, ...]

    @property
    def epochs_on_all(self) -> int:
        """Passes over all training windows, those of searches not counted, of all members together."""
        return max(0, self.epochs - sum(curve.searched for curve in self.learning_curves))


def summarize_folds(
    table: pd.DataFrame,
    returns: pd.Series,
    epochs: Sequence[int],
    out_of_range: Sequence[float],
    learning_curves: Sequence[Sequence[np.ndarray]],
) -> tuple[FoldSummary, ...]:
    """Return the summary of each fold, earliest first.

    Parameters
    ----------
    table : DataFrame
        Forecasts by date: `predicted_return`, `fold`.
    returns : Series
        Returns that were forecast, by the date of the forecast; NaN where they are not yet known.
    epochs, out_of_range, learning_curves : sequence
        One entry for each fold; of the curves, one for each member.
    """
    actual = returns.reindex(table.index).dropna()
    by_fold = zip(table.groupby("fold"), epochs, out_of_range, learning_curves, strict=True)
    return tuple(
        FoldSummary(
            fold=int(rows["fold"].iloc[0]),
            first_date=rows.index[0].date(),
            days=len(rows),
            epochs=passes,
            spread=spread_within_folds(rows["predicted_return"], actual, rows["fold"]),
            out_of_range=outside,
            learning_curves=LearningCurve.of_members(curves),
        )
        for (_, rows), passes, outside, curves in by_fold
    )


def learning_table(folds: Sequence[FoldSummary]) -> pd.DataFrame:
    """Return all learning curves, one below the other: `fold member epoch training validation`."""
    columns = ["fold", "member", "epoch", "training", "validation"]
    curves = [pd.DataFrame({"fold": fold.fold} | asdict(curve)) for fold in folds for curve in fold.learning_curves]
    if not curves:
        return pd.DataFrame(columns=columns)
    return pd.concat([curve.assign(epoch=curve.index + 1) for curve in curves], ignore_index=True)[columns]

"""Forecasts of one ticker, and how they were made: put together from its fits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.forecasting.ensemble import mean_and_spread
from backtrader_walkforward.forecasting.fits import Fits, with_handed_over
from backtrader_walkforward.forecasting.folds import FoldForecast, FoldTask
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.windows import as_return


@dataclass(frozen=True)
class Forecasts:
    """Forecasts, and how they were made."""

    table: pd.DataFrame
    """`predicted_return predicted_close fold training_mean`, by the date at whose close the forecast was made.

    All are out of sample. The row of date t forecasts the bar after t. The last row forecasts the next session.
    `training_mean` is the mean return that the fold was trained on. An ensemble adds `forecast_spread`
    (`mean_and_spread`).
    """
    train_sequences: tuple[int, int, int]
    """Shape of the first fold's training windows (n_train, lookback, n_features), those of peers among them.

    Of several members it is that of the member with the most.
    """
    epochs: tuple[int, ...]
    """Passes over the training windows, fold by fold, of all members together."""
    learning_curves: tuple[tuple[np.ndarray, ...], ...]
    """Errors of the training, fold by fold, one for each member (`Predictor.learning_curve_`)."""
    out_of_range: tuple[float, ...]
    """Share of the test rows' values outside the range of their fold's training rows, fold by fold.

    Of several members it is the largest of those that learn a range: one that needs raw inputs, as `naive`, does not.
    """
    stored: int
    """Number of fits that were found in the cache."""
    fits: int
    """Number of fits: one for each fold and member."""
    features: tuple[str, ...]
    """Names of the features."""
    tasks: tuple[FoldTask, ...]
    """The folds as they were fitted, earliest first, those of all members. A pooled forecast has none: its fits are
    those of all tickers.
    """


def as_forecasts(
    fits: Fits, members: Sequence[Predictor], features: Iterable[str], close: pd.Series, training_mean: Sequence[float]
) -> Forecasts:
    """Return the forecasts of one ticker.

    Parameters
    ----------
    fits : Fits
        Folds of this ticker.
    members : sequence of Predictor
    features : iterable of str
        Their names.
    close : Series
        Closes of all test rows.
    training_mean : sequence of float
        Mean return that each fold is trained on.
    """
    by_member = [[fits.made[task.fit_id] for task in fits.tasks if task.member == n] for n in range(len(members))]
    by_fold = list(zip(*by_member, strict=True))
    first = [task for task in fits.tasks if task.member == 0]
    sizes = [len(fold.predicted) for fold in by_member[0]]
    known = {"fold": np.repeat([task.fold for task in first], sizes), "training_mean": np.repeat(training_mean, sizes)}
    return Forecasts(
        table=_table(close, known, by_member, members),
        train_sequences=max(task.training_shape for task in fits.tasks if task.fold == first[0].fold),
        epochs=tuple(sum(made.epochs for made in fold) for fold in by_fold),
        learning_curves=tuple(tuple(made.learning_curve for made in fold) for fold in by_fold),
        out_of_range=tuple(_out_of_range([one for one in fits.tasks if one.fold == task.fold]) for task in first),
        stored=len(fits.stored),
        fits=len(fits.tasks),
        features=tuple(map(str, features)),
        tasks=tuple(with_handed_over(task, fits.made) for task in fits.tasks),
    )


def _out_of_range(members: Sequence[FoldTask]) -> float:
    """Return the share of a fold's inputs outside the training range, of all its members."""
    learning = [task for task in members if not task.predictor.needs_raw_inputs]
    return max(task.out_of_range for task in learning or members)


def _table(
    close: pd.Series,
    by_fold: dict[str, np.ndarray],
    by_member: list[list[FoldForecast]],
    members: Sequence[Predictor],
) -> pd.DataFrame:
    """Return `Forecasts.table` from the closes of its rows, what is known of their folds, and the members' forecasts.

    All are in the order of time.
    """
    closes = close.to_numpy(dtype=float)
    returns = [
        as_return(np.concatenate([fold.predicted for fold in done]), closes, member.target)
        for member, done in zip(members, by_member, strict=True)
    ]
    predicted, spread = mean_and_spread(returns, kinds=[type(member) for member in members])
    columns = {"predicted_return": predicted, "predicted_close": closes * (1 + predicted)} | by_fold
    columns |= {"forecast_spread": spread} if len(members) > 1 else {}
    return pd.DataFrame(columns, index=close.index)

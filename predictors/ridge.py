"""Ridge regression on the inputs of the last day."""

from typing import Self

import numpy as np
from sklearn.linear_model import Ridge as RidgeRegression
from sklearn.preprocessing import StandardScaler

from backtrader_walkforward import Predictor

PENALTIES = 10.0 ** np.arange(-2, 6)
"""From almost no penalty to one that leaves little but the mean: 31 columns of 276 rows have a square sum of 8,556."""

BLOCKS = 5
"""Stretches of time, each of which is forecast from the others to choose the penalty."""


class Ridge(Predictor):
    """Forecast linearly from the inputs of the window's last day.

    The whole window would have 60 x 31 columns, many times the number of rows. The lags, averages and differences of
    the last day already describe the days before. The penalty is the one with the smallest error on stretches of the
    training windows, each forecast from the others: a large one for daily returns, almost none for prices. Single
    windows left out would not do: in a pooled fit another ticker shows nearly the same on that day.

    Lags and averages are nearly collinear, so the equations are solved in double precision.

    Parameters
    ----------
    target, seed
        See `Predictor`.
    alpha : float, optional
        Penalty; without it the best on the training windows is taken.
    """

    is_random = False

    def __init__(self, target: str = "return", seed: int = 7, alpha: float | None = None) -> None:
        super().__init__(target, seed)
        self.alpha = alpha

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Standardise the columns, choose the penalty, solve."""
        today = windows[:, -1].astype(float)
        self.scaler_ = StandardScaler().fit(today)
        columns = self.scaler_.transform(today)
        alpha = best_penalty(columns, target) if self.alpha is None else self.alpha
        self.model_ = RidgeRegression(alpha=alpha).fit(columns, target)
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the linear forecast, row by row: in a matrix product the other rows would change the rounding.

        So they would where the columns, not the rows, lie in one piece: NumPy then adds up in another order.
        """
        columns = self.scaler_.transform(np.ascontiguousarray(windows[:, -1], dtype=float))
        return (columns * self.model_.coef_).sum(axis=1) + self.model_.intercept_


def best_penalty(columns: np.ndarray, target: np.ndarray) -> float:
    """Return the penalty with the smallest error on the blocks, each forecast from the others."""
    blocks = np.array_split(np.arange(len(target)), BLOCKS)
    errors = sum(errors_in_block(columns, target, block) for block in blocks)
    return float(PENALTIES[np.argmin(errors)])


def errors_in_block(columns: np.ndarray, target: np.ndarray, block: np.ndarray) -> np.ndarray:
    """Return the sum of squared errors in the rows of a block, for each penalty, of a fit on the other rows.

    With the eigenvectors V and eigenvalues v of X'X the slopes for the penalty a are V (V'X'y / (v + a)).
    """
    others, wanted = np.delete(columns, block, axis=0), np.delete(target, block)
    centre, mean = others.mean(axis=0), wanted.mean()
    values, vectors = np.linalg.eigh((others - centre).T @ (others - centre))
    moments = vectors.T @ (others - centre).T @ (wanted - mean)
    slopes = moments[:, None] / (values[:, None] + PENALTIES)
    predicted = mean + (columns[block] - centre) @ vectors @ slopes
    return np.square(target[block, None] - predicted).sum(axis=0)

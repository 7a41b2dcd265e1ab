"""Ridge regression on the inputs of the last day."""

from typing import Self

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from backtrader_walkforward import Predictor

PENALTIES = tuple(10.0**power for power in range(-2, 6))
"""From almost no penalty to one that leaves little but the mean: 31 columns of 276 rows have a square sum of 8,556."""


class Ridge(Predictor):
    """Forecast linearly from the inputs of the window's last day.

    The whole window would have 60 x 31 columns, many times the number of rows. The lags, averages and differences of
    the last day already describe the days before. `RidgeCV` chooses the penalty with the smallest leave-one-out error
    on the training windows: a large one for daily returns, almost none for prices. Lags and averages are nearly
    collinear, so the equations are solved in double precision.
    """

    is_random = False

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Standardise the columns, choose the penalty, solve."""
        today = windows[:, -1].astype(float)
        self.scaler_ = StandardScaler().fit(today)
        self.model_ = RidgeCV(alphas=PENALTIES).fit(self.scaler_.transform(today), target)
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the linear forecast, row by row: in a matrix product the other rows would change the rounding."""
        columns = self.scaler_.transform(windows[:, -1].astype(float))
        return (columns * self.model_.coef_).sum(axis=1) + self.model_.intercept_

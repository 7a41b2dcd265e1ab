"""Ridge regression on the features of the last day."""

from typing import Self

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from backtrader_walkforward.forecasting.predictor import Predictor

PENALTIES = tuple(10.0**power for power in range(-2, 6))
"""From almost none to one that leaves little but the mean: 31 columns of 276 rows have a square sum of 8,556."""


class Ridge(Predictor):
    """Forecast linearly from the features of the window's last day.

    Not from the whole window: its 60 x 31 columns would outnumber the rows many times, and the last day's lags,
    averages and differences already hold the days before. The penalty is the one of `PENALTIES` with the smallest
    leave-one-out error on the training windows (`RidgeCV`): daily returns want a large one, prices hardly any.
    """

    is_random = False

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Standardise the columns, choose the penalty, solve."""
        today = windows[:, -1]
        self.scaler_ = StandardScaler().fit(today)
        self.model_ = RidgeCV(alphas=PENALTIES).fit(self.scaler_.transform(today), target)
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the linear forecast, added up row by row: a matrix product rounds a row by what stands beside it."""
        columns = self.scaler_.transform(windows[:, -1])
        return (columns * self.model_.coef_).sum(axis=1) + self.model_.intercept_

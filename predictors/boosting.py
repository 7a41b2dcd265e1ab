"""Gradient boosting of small trees, on the inputs of the last day and a few of the days before."""

from typing import Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from backtrader_walkforward import Predictor
from backtrader_walkforward.features import FEATURE_NAMES

LAGGED = [FEATURE_NAMES.index(name) for name in ("pct_change_1", "volume_ratio", "high_low_ratio")]
"""Columns whose values on the days before are inputs, too: they describe a single day, which no average does."""

MIN_LEAF = 20
"""Fewest training windows in a leaf."""


class Boosting(Predictor):
    """Forecast with small trees, each fitted to the errors of those before it.

    Daily returns are 99 % noise, so a few windows must not move the forecast far: each of the 50 trees has 8 leaves, a
    leaf has at least 4 % of the windows, and 5 % of each tree is added. The mean of a leaf is taken as if it had 300
    more windows without a return. Two years of one ticker then move the forecast little, and 20 tickers move it much.
    There is no early stopping, which would draw its validation rows from between the training rows.

    Parameters
    ----------
    target, seed
        See `Predictor`.
    days_before : int
        Days before the last one of which the `LAGGED` columns are seen.
    trees, leaves, learning_rate
        Number of trees, leaves of each, and the share of its forecast that is added.
    leaf_share : float
        Share of the training windows that each leaf has at least.
    shrinkage : float
        Windows of no return that are added to each leaf.
    """

    is_random = False

    def __init__(
        self,
        target: str = "return",
        seed: int = 7,
        days_before: int = 2,
        trees: int = 50,
        leaves: int = 8,
        learning_rate: float = 0.05,
        leaf_share: float = 0.04,
        shrinkage: float = 300.0,
    ) -> None:
        super().__init__(target, seed)
        self.days_before = days_before
        self.trees = trees
        self.leaves = leaves
        self.learning_rate = learning_rate
        self.leaf_share = leaf_share
        self.shrinkage = shrinkage

    def fit(self, windows: np.ndarray, target: np.ndarray) -> Self:
        """Grow the trees."""
        self.model_ = HistGradientBoostingRegressor(
            max_iter=self.trees,
            max_leaf_nodes=self.leaves,
            learning_rate=self.learning_rate,
            min_samples_leaf=max(MIN_LEAF, int(self.leaf_share * len(windows))),
            l2_regularization=self.shrinkage,
            early_stopping=False,
            random_state=0,  # draws the rows that columns are binned by, where there are over 200,000
        ).fit(self._columns(windows), target)
        return self

    def predict(self, windows: np.ndarray) -> np.ndarray:
        """Return the sum of the trees."""
        return self.model_.predict(self._columns(windows))

    def _columns(self, windows: np.ndarray) -> np.ndarray:
        """Return the last day of each window, and the lagged columns of the days before, as far as the window has them.

        ::

            day        -3    -2         -1         0
            columns    -     3 lagged   3 lagged   all 31
        """
        before = windows[:, -1 - self.days_before : -1, LAGGED]
        return np.concatenate([windows[:, -1], before.reshape(len(windows), -1)], axis=1)

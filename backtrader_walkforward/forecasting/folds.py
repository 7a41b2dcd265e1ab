"""A fold: one fit and the forecasts made from it. Plain data in, plain data out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from backtrader_walkforward.forecasting import predictor_call
from backtrader_walkforward.forecasting.handover import Handover
from backtrader_walkforward.forecasting.inputs import InputScale
from backtrader_walkforward.forecasting.pooled.rows import TickerRows, pooled
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.forecasting.windows import HORIZONS

FitId = tuple[int, int]
"""Number of the ensemble's member, number of the fold."""


@dataclass(frozen=True)
class FoldTask:
    """The data of one fold, and nothing after its last test row; any process can fit it.

    ::

        rows      . . . . T T T T T T x F F F
                  |-----|  first training window, `lookback` rows
                        |---------|             `target` of each T; the latest is known at x
    """

    fold: int
    """Number of the fold, from 0."""
    predictor: Predictor
    """Not yet fitted; it has the fold's own seed."""
    lookback: int
    rows: np.ndarray
    """Features (m, n_features), from the start of the first training window to the last test row."""
    target: np.ndarray
    """Target of each training window (n_train,). The `horizon` windows after them are not used; the rest are forecast.
    """
    days: np.ndarray
    """Last day of each training window (n_train,), as datetime64[D]."""
    units: Sequence[str] = ()
    """Unit of each feature (`units_of`), with which the inputs are made; without them the features are the inputs."""
    peers: Sequence[TickerRows] = ()
    """Rows of other tickers to train with. Those that have test rows are forecast, too."""
    handover: Handover | None = None
    """What the fit takes over from an earlier one, or leaves to later ones, if anything."""
    member: int = 0
    """Number of the ensemble's member, from 0."""
    ticker: str = ""
    """Ticker of the rows, where there are others."""

    @property
    def fit_id(self) -> FitId:
        """Numbers that tell this fold from all others."""
        return self.member, self.fold

    @property
    def follows(self) -> int | None:
        """Number of the earlier fold that this one takes over from; None if it takes over nothing."""
        return self.handover.earlier if self.handover else None

    @property
    def leaves(self) -> str:
        """Attribute of the fit that other folds take over; empty if they take over nothing from this one."""
        return self.handover.attribute if self.handover and self.follows is None else ""

    def following(self, handed_over: Sequence[np.ndarray]) -> "FoldTask":
        """Return the task with what its fit takes over."""
        taken = {self.handover.parameter: handed_over} if self.handover else {}
        return replace(self, predictor=clone(self.predictor).set_params(**taken))

    @property
    def horizon(self) -> int:
        """Rows after which a target is known."""
        return HORIZONS[self.predictor.target]

    @property
    def training_rows(self) -> np.ndarray:
        """Rows of the training windows (lookback - 1 + n_train, n_features): the fit sees no others."""
        return self.own.training_rows(self.lookback)

    @property
    def training_windows(self) -> np.ndarray:
        """Windows of features that end with a training row (n_train, lookback, n_features)."""
        return self.own.training_windows(self.lookback)

    @property
    def test_windows(self) -> np.ndarray:
        """Windows of features to forecast from (n_test, lookback, n_features)."""
        return self.own.test_windows(self.lookback, self.horizon)

    @property
    def out_of_range(self) -> float:
        """Share of the test rows' values outside the training range, where scale-free inputs are clipped."""
        if self.units:
            return self.scale.clipped(self.test_windows)
        test, seen = self.test_windows[:, -1], self.training_rows
        return float(np.mean((test < seen.min(axis=0)) | (test > seen.max(axis=0))))

    @property
    def own(self) -> TickerRows:
        """Rows of the ticker itself."""
        return TickerRows(self.rows, self.target, self.days, self.ticker)

    @property
    def parts(self) -> tuple[TickerRows, ...]:
        """Rows of all tickers."""
        return self.own, *self.peers

    @property
    def n_bytes(self) -> int:
        """Size of all rows."""
        return sum(part.rows.nbytes for part in self.parts)

    @property
    def tests(self) -> list[tuple[TickerRows, np.ndarray]]:
        """Rows of each ticker that is forecast, and its test windows, in the order of the forecasts."""
        windows = ((part, part.test_windows(self.lookback, self.horizon)) for part in self.parts)
        return [(part, tested) for part, tested in windows if len(tested)]

    def alone(self, part: TickerRows) -> "FoldTask":
        """Return the task with the rows of one ticker, without its peers."""
        return replace(self, rows=part.rows, target=part.target, days=part.days, ticker=part.ticker, peers=())

    @property
    def training_shape(self) -> tuple[int, int, int]:
        """Shape of the windows that the fit learns from: those of the ticker and of its peers."""
        count = len(self.target) + sum(len(part.target) for part in self.peers)
        return count, self.lookback, self.rows.shape[1]

    @property
    def scale(self) -> InputScale:
        """Ranges of the inputs on the training rows."""
        return self.own.scale(self.lookback, self.units)

    def fit(self) -> Predictor:
        """Return the predictor, fitted on the training windows of the ticker and of its peers."""
        if self.peers:
            windows, target = pooled(self.parts, self.lookback, self.units)
        else:
            windows, target = self.training_inputs, self.target
        return predictor_call.fit(self.predictor, windows, target, self.fold)

    @property
    def training_inputs(self) -> np.ndarray:
        """Training windows of the ticker itself, as the predictor sees them (n_train, lookback, n_features)."""
        return self.scale.inputs(self.training_rows, self.lookback) if self.units else self.training_windows

    @property
    def test_inputs(self) -> np.ndarray:
        """Test windows of all that is forecast, as the predictor sees them (n_test, lookback, n_features)."""
        if not self.units:
            return np.concatenate([windows for _, windows in self.tests])
        return np.concatenate([self._inputs_of(part) for part, _ in self.tests])

    def _inputs_of(self, part: TickerRows) -> np.ndarray:
        return part.scale(self.lookback, self.units).inputs(part.test_rows(self.horizon), self.lookback)

    def predict(self, fitted: Predictor) -> np.ndarray:
        """Return the forecast of the target at each test row, those of one ticker after those of another (n_test,)."""
        return self.predict_from(self.test_inputs, fitted)

    def predict_from(self, inputs: np.ndarray, fitted: Predictor) -> np.ndarray:
        """Return the forecast of the target for each window of inputs, which stand in the order of `test_inputs`."""
        predicted = predictor_call.predict(fitted, inputs, self.fold)
        units = [np.full(len(windows), part.target_unit) for part, windows in self.tests]
        return predicted * np.concatenate(units) if self.peers else predicted


@dataclass(frozen=True)
class FoldForecast:
    """The forecasts of one fold, and the results of its fit."""

    predicted: np.ndarray
    """Forecast of the target at each test row (n_test,)."""
    epochs: int
    """Passes over the training windows."""
    handed_over: Sequence[np.ndarray] = ()
    """Arrays that other fits take over."""
    learning_curve: np.ndarray = field(default_factory=lambda: Predictor.learning_curve_)
    """Errors of the training (n, 2), as `Predictor.learning_curve_`."""


def fit_and_forecast(task: FoldTask) -> FoldForecast:
    """Fit on the training windows of the fold, forecast from its test windows.

    Linear algebra runs on one thread: no result depends on the number of cores.

    Raises
    ------
    PredictorError
        If the predictor fails, or returns something other than one finite number for each test row.
    """
    with threadpool_limits(limits=1):
        fitted = task.fit()
        predicted = task.predict(fitted)
    handed_over = predictor_call.arrays_of(fitted, task.leaves, task.fold) if task.leaves else ()
    curve = predictor_call.learning_curve_of(fitted, task.fold)
    return FoldForecast(predicted, int(fitted.epochs_), handed_over, curve)

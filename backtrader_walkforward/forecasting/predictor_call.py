"""Calls of a predictor: what it has to take and return, and the error that names its file and its method."""

from collections.abc import Sequence
from numbers import Integral
from reprlib import repr as short_repr
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.plugins import PluginCall, place_of
from backtrader_walkforward.system.processes import travelled

NUMBERS = "iuf"
"""Kinds of arrays that hold real numbers: signed, unsigned, floating."""

MOST_EPOCHS = 2**31
"""Largest number of epochs that is stored."""


class PredictorError(UserError):
    """A predictor that cannot be built, that fails, or that returns something other than forecasts."""


def defaults_of(kind: type[Predictor]) -> dict[str, Any]:
    """Return the parameters of a predictor with their defaults."""
    with PluginCall(lambda: f"{place_of(kind)}.__init__()", PredictorError):
        return dict(kind().get_params(deep=False))


def build(kind: type[Predictor], **settings: Any) -> Predictor:
    """Return a predictor with the settings that it takes.

    Raises
    ------
    PredictorError
        If it lacks a parameter, does not keep its parameters as they are given, or cannot be sent to another process.
    """
    place = f"{place_of(kind)}.__init__()"
    with PluginCall(lambda: place, PredictorError):
        taken = kind().get_params(deep=False)
        warm, searched = ["initial_weights"] * kind.supports_warm_start, ["learning_rates"] * kind.searches_epochs
        needed = ["target", "seed", *warm, *searched]
        if missing := [name for name in needed if name not in taken]:
            raise PredictorError(f"{place} must take {', '.join(missing)}, and takes {', '.join(taken) or 'nothing'}")
        if given_already := [name for name in (*warm, *searched) if taken[name] is not None]:
            raise PredictorError(f"{place} must take {given_already[0]} with the default None")
        given = {name: value for name, value in settings.items() if name in taken}
        predictor = kind(**given)
        kept = predictor.get_params(deep=False)
        if changed := [name for name, value in given.items() if kept[name] is not value]:
            raise PredictorError(f"{place} must store {', '.join(changed)} as given, and stores {kept[changed[0]]!r}")
    with PluginCall(lambda: f"{place}: its parameters must be such that pickle can send them, which", PredictorError):
        return travelled(clone(predictor))


def fit(predictor: Predictor, windows: np.ndarray, target: np.ndarray, fold: int) -> Predictor:
    """Return a fitted copy of the predictor."""
    place = f"{place_of(type(predictor))}.fit() in fold {fold}"
    with PluginCall(lambda: place, PredictorError):
        fitted = clone(predictor).fit(windows, target)
    if not isinstance(fitted, type(predictor)):
        raise PredictorError(f"{place} must return self: {short_repr(fitted)}")
    if not isinstance(fitted.epochs_, Integral) or not 0 <= fitted.epochs_ <= MOST_EPOCHS:
        raise PredictorError(f"{place} must leave a whole number in epochs_: {short_repr(fitted.epochs_)}")
    return fitted


def predict(fitted: Predictor, windows: np.ndarray, fold: int) -> np.ndarray:
    """Return the forecasts: one finite number for each window."""
    place = f"{place_of(type(fitted))}.predict() in fold {fold}"
    with PluginCall(lambda: place, PredictorError):
        forecasts = np.asarray(fitted.predict(windows))
    if forecasts.dtype.kind not in NUMBERS:
        raise PredictorError(f"{place} must return real numbers: {forecasts.dtype} {short_repr(forecasts.tolist())}")
    if forecasts.shape != (len(windows),):
        raise PredictorError(f"{place} must return the shape ({len(windows)},): {forecasts.shape}")
    finite = np.isfinite(forecasts)
    if not finite.all():
        raise PredictorError(f"{place} must return finite numbers: {forecasts[~finite][0]}")
    return forecasts.astype(float)


def require_possible(table: pd.DataFrame, members: Sequence[Predictor]) -> None:
    """Raise if a forecast of a study is no return above -1: no price falls below zero.

    Perturbed prices of the audit may give such forecasts, and a paper ledger goes on after a crash.
    """
    impossible = table["predicted_return"][table["predicted_return"] <= -1]
    if len(impossible):
        places = " and ".join(dict.fromkeys(place_of(type(member)) for member in members))
        found = f"{impossible.iloc[0]:g} on {impossible.index[0]:%Y-%m-%d}"
        raise PredictorError(f"{places}.predict() must return returns above -1, or prices above 0: {found}")


def arrays_of(fitted: Predictor, attribute: str, fold: int) -> tuple[np.ndarray, ...]:
    """Return the arrays of an attribute that other fits take over."""
    place = f"{place_of(type(fitted))}.fit() in fold {fold}"
    with PluginCall(lambda: place, PredictorError):
        arrays = tuple(map(np.asarray, getattr(fitted, attribute)))
    if not arrays or not all(array.dtype.kind in NUMBERS and np.isfinite(array).all() for array in arrays):
        raise PredictorError(f"{place} must leave arrays of finite numbers in {attribute}: {short_repr(arrays)}")
    return arrays


def learning_curve_of(fitted: Predictor, fold: int) -> np.ndarray:
    """Return the errors on the training and the validation windows, pass by pass (n, 2)."""
    place = f"{place_of(type(fitted))}.fit() in fold {fold}"
    with PluginCall(lambda: place, PredictorError):
        curve = np.asarray(fitted.learning_curve_)
    if curve.dtype.kind not in NUMBERS or curve.ndim != 2 or curve.shape[1] != 2:
        found = f"{curve.dtype} of shape {curve.shape}"
        raise PredictorError(f"{place} must leave real numbers of the shape (epochs, 2) in learning_curve_: {found}")
    return curve.astype(float)

"""Fits in the cache: a key of everything that decides their forecasts, and their results as bytes."""

import functools
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from io import BytesIO
from itertools import islice
from pathlib import Path
from struct import Struct

import numpy as np

from backtrader_walkforward.features import scale_free
from backtrader_walkforward.forecasting.folds import FitId, FoldForecast, FoldTask
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.plugins import snake_case
from backtrader_walkforward.plugins.source_files import source_files
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.cache_key import NoKeyError, cache_key

FORMAT = 6
"""Raise it when keys or bytes change their meaning."""

OWN_CODE = ("folds.py", "inputs.py", "pooled/rows.py", "predictor_call.py", "windows.py")

FOLD_CODE = (*map(Path(__file__).parent.joinpath, OWN_CODE), Path(scale_free.__file__))
"""Files between a task and its predictor, which no predictor imports."""

HEADER = Struct("<qqq")
"""Epochs of the fit, number of forecasts, rows of the learning curve."""

FORECAST = Struct("<32sd")
"""Digest of the test window, forecast of the target."""


@dataclass(frozen=True)
class StoredFit:
    """The results of one fit: epochs, forecasts by the digest of their window, what other fits take over, errors."""

    epochs: int
    forecasts: dict[bytes, float]
    handed_over: Mapping[str, Sequence[np.ndarray]] = field(default_factory=dict)
    """Arrays by the attribute of the predictor that they were: one run may leave weights, and another epochs."""
    learning_curve: np.ndarray = field(default_factory=lambda: Predictor.learning_curve_)


def find_folds(cache: Cache, tasks: Sequence[FoldTask]) -> dict[FitId, FoldForecast]:
    """Return the folds whose every forecast is stored, with what others take over from them.

    A forecast follows from the fit and its own window, and is found by both. A history that ends earlier finds all of
    its forecasts. One that ends later lacks some of the last fold, which is then fitted again.
    """
    keys = {task.fit_id: key for task in tasks if (key := _key(cache, task))}
    stored = cache.get(keys.values())
    found = {}
    for task in tasks:
        if (payload := stored.get(keys.get(task.fit_id, ""))) is None:
            continue
        fit, windows = unpack(payload), window_digests(task)
        handed_over = fit.handed_over.get(task.leaves, ())
        if fit.forecasts.keys() >= set(windows) and (handed_over or not task.leaves):
            predicted = np.array([fit.forecasts[window] for window in windows], dtype=float)
            found[task.fit_id] = FoldForecast(predicted, fit.epochs, handed_over, fit.learning_curve)
    return found


def save_fold(cache: Cache, task: FoldTask, made: FoldForecast) -> None:
    """Store the forecasts of a fold, beside those that the same fit made from other windows."""
    if not (key := _key(cache, task)):
        return
    forecasts = dict(zip(window_digests(task), made.predicted.tolist(), strict=True))
    handed_over = {task.leaves: made.handed_over} if task.leaves else {}
    fit = StoredFit(made.epochs, forecasts, handed_over, made.learning_curve)

    def merge(older: bytes) -> bytes:
        past = unpack(older)
        kept = {**past.handed_over, **handed_over}
        return pack(replace(fit, forecasts=past.forecasts | forecasts, handed_over=kept))

    cache.put(key, pack(fit), _name(task), merge)


def pack(fit: StoredFit) -> bytes:
    """Return a fit as bytes: header, forecasts, learning curve; then `.npy` after `.npy` what is handed over.

    Of each attribute these are its name, the number of its arrays, and the arrays.


    >>> len(pack(StoredFit(12, {bytes(32): 0.001, bytes(31) + b"1": 0.002})))
    104
    """
    buffer = BytesIO()
    buffer.write(HEADER.pack(fit.epochs, len(fit.forecasts), len(fit.learning_curve)))
    buffer.writelines(FORECAST.pack(*item) for item in fit.forecasts.items())
    buffer.write(fit.learning_curve.astype("<f8").tobytes())
    for attribute, arrays in fit.handed_over.items():
        for array in (np.array(attribute), np.array(len(arrays)), *arrays):
            np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def unpack(payload: bytes) -> StoredFit:
    """Return what `pack` was given, to the bit."""
    epochs, count, rows = HEADER.unpack_from(payload)
    end = HEADER.size + count * FORECAST.size
    forecasts = dict(FORECAST.iter_unpack(payload[HEADER.size : end]))
    curve = np.frombuffer(payload, "<f8", 2 * rows, end).reshape(rows, 2)
    arrays = _arrays(payload[end + curve.nbytes :])
    handed_over = {str(attribute): tuple(islice(arrays, int(next(arrays)))) for attribute in arrays}
    return StoredFit(epochs, forecasts, handed_over, curve)


def _arrays(payload: bytes) -> Iterator[np.ndarray]:
    buffer = BytesIO(payload)
    while buffer.tell() < len(payload):
        yield np.load(buffer, allow_pickle=False)


def _key(cache: Cache, task: FoldTask) -> str:
    """Return the task's key; an empty text, and a note, if it has none."""
    try:
        return fit_key(task)
    except NoKeyError as error:
        cache.note(f"forecasts of {_name(task)} are not stored: {error}")
        return ""


def _name(task: FoldTask) -> str:
    return snake_case(type(task.predictor).__name__)


def fit_key(task: FoldTask) -> str:
    """Return the key of the fold's fit.

    It is made of the training rows and targets, those of peers too, the units of the inputs, the lookback, the
    predictor with its parameters (the seed is one), its code and its libraries. The test rows are not part of it: with
    one day more or less, the fit is the same.

    Raises
    ------
    NoKeyError
        If a parameter is neither a number, text, array, collection nor estimator, or code or a library is not found.
    """
    parts = {
        "format": FORMAT,
        "predictor": task.predictor,
        "lookback": task.lookback,
        "rows": task.training_rows,
        "target": task.target,
        "units": tuple(task.units),
        "days": task.days if task.peers else None,
        "peers": [(part.training_rows(task.lookback), part.target, part.days) for part in task.peers],
    }
    return cache_key(parts, code_of(type(task.predictor)), task.predictor.libraries)


@functools.cache
def code_of(predictor: type[Predictor]) -> set[Path]:
    """Return the files that a predictor's forecasts come from. Strategies, reports and other predictors are none."""
    try:
        return {*source_files(Path(inspect.getfile(predictor))), *FOLD_CODE}
    except (OSError, TypeError, SyntaxError) as error:
        raise NoKeyError(f"the code of {predictor.__name__} cannot be read") from error


def window_digests(task: FoldTask) -> list[bytes]:
    """Return 32 bytes for each test window; within one fit they decide the forecast.

    The place of its ticker is part of them: the same window of two tickers is scaled by the rows of each.
    """
    return [
        sha256(bytes(place) + window.tobytes()).digest()
        for place, part in enumerate(task.parts)
        for window in part.test_windows(task.lookback, task.horizon)
    ]

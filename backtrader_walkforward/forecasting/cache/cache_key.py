"""The key of a fit: one hash of all that decides what a fold's forecasts are."""

import inspect
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from backtrader_walkforward.forecasting.cache.source_files import source_files
from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.predictor import Predictor

FORMAT = 2
"""Raised when keys or entries come to mean something else."""

FOLD_CODE = tuple(Path(__file__).parents[1] / name for name in ("folds.py", "windows.py"))
"""Files between a task and its predictor, which no predictor imports."""


class NoKeyError(Exception):
    """Part of what decides a forecast cannot be put into bytes."""


def fit_key(task: FoldTask) -> str:
    """Return the key of what the fold's fit learns, in hex.

    Made of the training rows and targets, the lookback, the predictor with its parameters (the seed is one), the code
    and the versions of the libraries. Not of the test rows: with one day more or less, the fit is the same.

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
        "code": code_of(type(task.predictor)),
        "libraries": [(name, _version(name)) for name in task.predictor.libraries],
    }
    return sha256(canonical_text(parts).encode()).hexdigest()


def window_digests(task: FoldTask) -> list[bytes]:
    """Return 32 bytes for each test window; within one fit they decide the forecast."""
    return [sha256(window.tobytes()).digest() for window in task.test_windows]


def canonical_text(value: Any) -> str:
    """Return a text that only equal values of the same type share, alike in every process.

    >>> as_text({"b": (1, 2.0), "a": None})
    "dict('a': None, 'b': tuple(1, 2.0))"
    """
    name = type(value).__name__
    if value is None or type(value) in (bool, int, float, str, bytes):
        return repr(value)
    if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
        return f"{name}({value.dtype.str}, {value.shape}, {sha256(value.tobytes()).hexdigest()})"
    if isinstance(value, dict):
        items = sorted(f"{canonical_text(key)}: {canonical_text(item)}" for key, item in value.items())
        return f"{name}({', '.join(items)})"
    if isinstance(value, Sequence):
        return f"{name}({', '.join(map(canonical_text, value))})"
    if isinstance(value, BaseEstimator):
        return f"{type(value).__module__}.{type(value).__qualname__}({canonical_text(value.get_params(deep=False))})"
    raise NoKeyError(f"a parameter of type {name} cannot be part of their key")


@cache
def code_of(predictor: type[Predictor]) -> list[str]:
    """Return the hash of each file that the class's forecasts come from.

    Another predictor's file is none of them, nor is anything about strategies, costs or reports.
    """
    try:
        files = {*source_files(Path(inspect.getfile(predictor))), *FOLD_CODE}
        return sorted(sha256(file.read_bytes()).hexdigest() for file in files)
    except (OSError, TypeError, SyntaxError) as error:
        raise NoKeyError(f"the code of {predictor.__name__} cannot be read") from error


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError as error:
        raise NoKeyError(f"{library} is not installed") from error

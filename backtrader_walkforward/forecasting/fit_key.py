"""The key of a fit: one digest of everything that decides its forecasts."""

import inspect
from functools import cache
from hashlib import sha256
from pathlib import Path

from backtrader_walkforward.forecasting.folds import FoldTask
from backtrader_walkforward.forecasting.predictor import Predictor
from backtrader_walkforward.system.cache_key import NoKeyError, cache_key
from backtrader_walkforward.system.source_files import source_files

FORMAT = 3
"""Raise it when keys or bytes change their meaning."""

FOLD_CODE = tuple(Path(__file__).with_name(name) for name in ("folds.py", "windows.py"))
"""Files between a task and its predictor, which no predictor imports."""


def fit_key(task: FoldTask) -> str:
    """Return the key of the fold's fit.

    It is made of the training rows and targets, the lookback, the predictor with its parameters (the seed is one), its
    code and its libraries. The test rows are not part of it: with one day more or less, the fit is the same.

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
    }
    return cache_key(parts, code_of(type(task.predictor)), task.predictor.libraries)


@cache
def code_of(predictor: type[Predictor]) -> set[Path]:
    """Return the files that a predictor's forecasts come from. Strategies, reports and other predictors are none."""
    try:
        return {*source_files(Path(inspect.getfile(predictor))), *FOLD_CODE}
    except (OSError, TypeError, SyntaxError) as error:
        raise NoKeyError(f"the code of {predictor.__name__} cannot be read") from error


def window_digests(task: FoldTask) -> list[bytes]:
    """Return 32 bytes for each test window; within one fit they decide the forecast."""
    return [sha256(window.tobytes()).digest() for window in task.test_windows]

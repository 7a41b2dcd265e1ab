"""Null models in the cache: the key of a strategy's curves, and the curves as bytes."""

import inspect
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from backtrader_walkforward import backtest
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.cache_key import cache_key
from backtrader_walkforward.system.source_files import source_files

LIBRARIES = ("backtrader", "numpy", "pandas")


def null_model_key(signals: pd.DataFrame, strategy: type, weights: np.ndarray, settings: Settings) -> str:
    """Return the key of a strategy's curves.

    It is made of the signals, the strategy and its target weights, the settings, the code and the libraries.
    """
    parts = {
        "signals": signals.to_numpy(dtype=float),
        "days": signals.index.to_numpy().astype("datetime64[D]").astype("<i8"),
        "strategy": f"{strategy.__module__}.{strategy.__qualname__}",
        "weights": weights,
        "settings": settings.trial_settings(),
        "draws": settings.report.null_models,
    }
    return cache_key(parts, code_of(strategy), LIBRARIES)


@cache
def code_of(strategy: type) -> list[Path]:
    """Return every file of the project that the null models of a strategy come from."""
    here = Path(__file__)
    return source_files(Path(inspect.getfile(strategy)), Path(str(backtest.__file__)), here.with_name("run.py"))


def pack(curves: np.ndarray) -> bytes:
    """Return an array as `.npy` bytes."""
    buffer = BytesIO()
    np.save(buffer, curves, allow_pickle=False)
    return buffer.getvalue()


def unpack(payload: bytes) -> np.ndarray:
    """Return the array that `pack` was given."""
    curves: np.ndarray = np.load(BytesIO(payload), allow_pickle=False)
    return curves

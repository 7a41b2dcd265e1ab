"""NullModels that were traded, kept in one SQLite file in the user's cache folder."""

import inspect
import sqlite3
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd

from backtrader_walkforward import backtest
from backtrader_walkforward.forecasting.cache.cache_format import checksum
from backtrader_walkforward.forecasting.cache.cache_key import canonical_text
from backtrader_walkforward.forecasting.cache.source_files import source_files
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.sqlite_store import Store

TABLES = """
CREATE TABLE IF NOT EXISTS nulls (key TEXT PRIMARY KEY, checksum BLOB, payload BLOB);
"""
LIBRARIES = ("backtrader", "numpy", "pandas")
KEEP = 500
"""Entries kept, the latest; one of two years takes 50 kB."""


class NullModelCache(Store):
    """The curves of each strategy's nulls, under a key of all that they come from (`null_model_key`).

    Parameters
    ----------
    folder : Path
        Made on the first `save`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "nulls.sqlite", TABLES)

    def find(self, keys: Iterable[str]) -> dict[str, np.ndarray]:
        """Return the curves stored under each key; a damaged entry counts as absent."""
        return self.transaction(lambda connection: _select(connection, keys), create=False) or {}

    def save(self, key: str, curves: np.ndarray) -> None:
        """Keep curves, and forget the oldest beyond `KEEP`."""
        self.transaction(lambda connection: _insert(connection, key, curves), create=True)


def null_model_key(signals: pd.DataFrame, strategy: type, weights: np.ndarray, settings: Settings) -> str:
    """Return a digest of the signals, the strategy and its weights, the settings, the code and the libraries."""
    parts = {
        "signals": signals.to_numpy(dtype=float),
        "days": signals.index.to_numpy().astype("datetime64[D]").astype("<i8"),
        "strategy": f"{strategy.__module__}.{strategy.__qualname__}",
        "weights": weights,
        "settings": settings.of_the_trial(),
        "draws": settings.report.null_models,
        "code": code_of(strategy),
        "libraries": [(name, version(name)) for name in LIBRARIES],
    }
    return sha256(canonical_text(parts).encode()).hexdigest()


@cache
def code_of(strategy: type) -> list[str]:
    """Return the digest of every file of ours that the nulls of a strategy come from."""
    entries = [Path(inspect.getfile(strategy)), Path(str(backtest.__file__)), Path(__file__).with_name("run.py")]
    files = {file for entry in entries for file in source_files(entry)}
    return sorted(sha256(file.read_bytes()).hexdigest() for file in files)


def _select(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, np.ndarray]:
    found = {}
    for key in keys:
        row = connection.execute("SELECT checksum, payload FROM nulls WHERE key = ?", [key]).fetchone()
        if row and row[0] == checksum(key, row[1]):
            found[key] = np.load(BytesIO(row[1]), allow_pickle=False)
    return found


def _insert(connection: sqlite3.Connection, key: str, curves: np.ndarray) -> None:
    buffer = BytesIO()
    np.save(buffer, curves, allow_pickle=False)
    payload = buffer.getvalue()
    connection.execute("INSERT OR REPLACE INTO nulls VALUES (?, ?, ?)", (key, checksum(key, payload), payload))
    oldest = "SELECT rowid FROM nulls ORDER BY rowid DESC LIMIT -1 OFFSET ?"
    connection.execute(f"DELETE FROM nulls WHERE rowid IN ({oldest})", [KEEP])

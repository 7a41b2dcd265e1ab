"""Forecasts that were made, kept in one SQLite file in the user's cache folder."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from backtrader_walkforward.forecasting.cache.cache_format import (
    EPOCHS,
    FORECAST,
    Made,
    Weights,
    checksum,
    pack,
    pack_weights,
    unpack,
    unpack_weights,
)
from backtrader_walkforward.forecasting.cache.cache_key import NoKeyError, fit_key, window_digests
from backtrader_walkforward.forecasting.folds import FitId, FoldForecast, FoldTask, fold_forecast
from backtrader_walkforward.plugins import snake_case
from backtrader_walkforward.system.sqlite_store import Store

KEEP_DAYS = 90
KEEP_BYTES = 500_000_000
"""A fold of 21 forecasts takes about 1 kB, the weights of a fit from scratch 1.5 MB."""

TABLES = """
CREATE TABLE IF NOT EXISTS folds (
    key TEXT PRIMARY KEY, predictor TEXT, created TEXT, used TEXT, checksum BLOB, payload BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS weights (key TEXT PRIMARY KEY, checksum BLOB, payload BLOB);
"""
SIZE = """length(key) + length(checksum) + length(payload)
    + coalesce((SELECT length(payload) FROM weights WHERE weights.key = folds.key), 0)"""


class ForecastCache(Store):
    """What each fit forecast, under a key of all that went into it (`fit_key`).

    A forecast hangs on the fit and its own window, and is found by both: a history that ends earlier finds all of its
    own; one that ends later lacks some of the last fold, which is fitted again. A damaged entry counts as absent.

    Parameters
    ----------
    folder : Path
        Made on the first `save`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "forecasts.sqlite", TABLES)

    def find(self, tasks: Sequence[FoldTask]) -> dict[FitId, FoldForecast]:
        """Return, by their places, the folds whose every forecast is stored, and the weights they hand on."""
        keys = {task.fit_id: key for task in tasks if (key := self._key(task))}
        stored = self.transaction(lambda connection: self._select(connection, keys.values()), create=False) or {}
        found = {}
        for task in tasks:
            (epochs, forecasts), weights = stored.get(keys.get(task.fit_id, ""), ((0, {}), []))
            windows = window_digests(task)
            if forecasts.keys() >= set(windows) and (weights or not task.shares_weights):
                predicted = np.array([forecasts[window] for window in windows])
                found[task.fit_id] = fold_forecast(task, predicted, epochs, weights)
        return found

    def save(self, task: FoldTask, made: FoldForecast) -> None:
        """Keep the forecasts of a fold, beside those that the same fit made from other windows."""
        key = self._key(task)
        forecasts = dict(zip(window_digests(task), made.predicted.tolist(), strict=True))
        if key:
            new = (made.epochs, forecasts)
            self.transaction(
                lambda connection: self._insert(connection, key, _name(task), new, made.weights), create=True
            )

    def contents(self) -> pd.DataFrame:
        """Return `predictor folds forecasts bytes last_used`, a row a predictor."""
        query = f"""SELECT predictor, count(*), sum((length(payload) - {EPOCHS.size}) / {FORECAST.size}), sum({SIZE}),
            max(used) FROM folds GROUP BY predictor ORDER BY predictor"""
        rows = self.transaction(lambda connection: connection.execute(query).fetchall(), create=False)
        return pd.DataFrame(rows or [], columns=["predictor", "folds", "forecasts", "bytes", "last_used"])

    def prune(self, days: int = KEEP_DAYS, size: int = KEEP_BYTES) -> int:
        """Forget folds not used for `days`, then those unused longest until `size` bytes hold the rest.

        Returns
        -------
        int
            Number of folds forgotten.
        """
        oldest = _today() - timedelta(days)
        return self.transaction(lambda connection: _delete(connection, oldest, size), create=False) or 0

    def _key(self, task: FoldTask) -> str:
        """Return the task's key; nothing, and a note, where it has none."""
        try:
            return fit_key(task)
        except NoKeyError as error:
            self.note(f"forecasts of {_name(task)} are not stored: {error}")
            return ""

    def _select(self, connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, tuple[Made, Weights]]:
        made = {key: found for key in keys if (found := self._made(connection, key))}
        stored = {key: (found, self._weights(connection, key)) for key, found in made.items()}
        today = _today().isoformat()
        with suppress(sqlite3.OperationalError):  # a store that can only be read is of use too
            rows = [(today, key, today) for key in stored]
            connection.executemany("UPDATE folds SET used = ? WHERE key = ? AND used < ?", rows)
        return stored

    def _insert(self, connection: sqlite3.Connection, key: str, name: str, new: Made, weights: Weights) -> None:
        connection.execute("BEGIN IMMEDIATE")
        old = self._made(connection, key) or (0, {})
        payload = pack((new[0], old[1] | new[1]))
        today = _today().isoformat()
        row = (key, name, today, today, checksum(key, payload), payload)
        connection.execute("INSERT OR REPLACE INTO folds VALUES (?, ?, ?, ?, ?, ?)", row)
        if weights:
            packed = pack_weights(weights)
            connection.execute("INSERT OR REPLACE INTO weights VALUES (?, ?, ?)", (key, checksum(key, packed), packed))

    def _made(self, connection: sqlite3.Connection, key: str) -> Made | None:
        payload = self._payload(connection, "folds", key)
        return unpack(payload) if payload else None

    def _weights(self, connection: sqlite3.Connection, key: str) -> Weights:
        return unpack_weights(self._payload(connection, "weights", key) or b"")

    def _payload(self, connection: sqlite3.Connection, table: str, key: str) -> bytes | None:
        """Return what `table` has under `key` if it is whole."""
        query = f"SELECT CAST(checksum AS BLOB), CAST(payload AS BLOB) FROM {table} WHERE key = ?"
        row = connection.execute(query, [key]).fetchone()
        if row is None:
            return None
        kept, payload = row
        if payload is None or kept != checksum(key, payload):
            self.note(f"forecasts in {self.path.name} were damaged: they are made anew")
            return None
        return payload


def _delete(connection: sqlite3.Connection, oldest: date, size: int) -> int:
    connection.execute("BEGIN IMMEDIATE")
    old = connection.execute("DELETE FROM folds WHERE used < ?", [oldest.isoformat()]).rowcount
    sizes = f"SELECT key, sum({SIZE}) OVER (ORDER BY used DESC, key) AS total FROM folds"
    many = connection.execute(f"DELETE FROM folds WHERE key IN (SELECT key FROM ({sizes}) WHERE total > ?)", [size])
    connection.execute("DELETE FROM weights WHERE key NOT IN (SELECT key FROM folds)")
    connection.commit()
    connection.execute("VACUUM")
    return old + many.rowcount


def _name(task: FoldTask) -> str:
    return snake_case(type(task.predictor).__name__)


def _today() -> date:
    return datetime.now(UTC).date()

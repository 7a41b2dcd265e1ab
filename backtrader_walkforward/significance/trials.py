"""The trials: everything that was ever tried on a ticker, kept so that luck is counted over all runs."""

import inspect
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.forecasting import find_predictors
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import TrialRatios, trial_ratios
from backtrader_walkforward.system.sqlite_store import Store
from backtrader_walkforward.system.text import format_setting
from backtrader_walkforward.trading.variants import Variant

TABLES = """
CREATE TABLE IF NOT EXISTS trials (
    key TEXT PRIMARY KEY, ticker TEXT, variant TEXT, settings TEXT, code TEXT, source TEXT, data_sha256 TEXT,
    first_day TEXT, last_day TEXT, total_return REAL, sharpe REAL, recorded TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS trials_by_ticker ON trials (ticker);
CREATE TABLE IF NOT EXISTS ratios (
    key TEXT PRIMARY KEY, days INTEGER, sharpe REAL, appraisal REAL) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS trials_stay BEFORE DELETE ON trials BEGIN SELECT RAISE(ABORT, 'trials stay'); END;
CREATE TRIGGER IF NOT EXISTS trials_stand BEFORE UPDATE ON trials BEGIN SELECT RAISE(ABORT, 'trials stand'); END;
CREATE TRIGGER IF NOT EXISTS ratios_stay BEFORE DELETE ON ratios BEGIN SELECT RAISE(ABORT, 'ratios stay'); END;
CREATE TRIGGER IF NOT EXISTS ratios_stand BEFORE UPDATE ON ratios BEGIN SELECT RAISE(ABORT, 'ratios stand'); END;
"""

COLUMNS = {
    "trials": (
        *("key", "ticker", "variant", "settings", "code", "source", "data_sha256"),
        *("first_day", "last_day", "total_return", "sharpe", "recorded"),
    ),
    "ratios": ("key", "days", "sharpe", "appraisal"),
}
"""Of each table. The ratios came later: registries that were begun before have none of their first trials."""


@dataclass(frozen=True)
class Trial:
    """One variant, tried once.

    Attributes
    ----------
    ticker, variant : str
    settings : str
        What was chosen beside the variant, as JSON: the settings of the result, and the data.
    code : str
        Digest of the strategy's and the predictors' source.
    source, data_sha256 : str
        What the data were.
    first_day, last_day : str
        Days traded.
    total_return : float
    ratios : TrialRatios
    """

    ticker: str
    variant: str
    settings: str
    code: str
    source: str
    data_sha256: str
    first_day: str
    last_day: str
    total_return: float
    ratios: TrialRatios

    @property
    def key(self) -> str:
        """Digest of what was chosen. The same choice on prices that have gone on since is the same trial."""
        return sha256("\0".join((self.ticker, self.variant, self.settings, self.code)).encode()).hexdigest()


class TrialRegistry(Store):
    """Every distinct trial on this machine, in SQLite; rows are added, never changed or deleted.

    Parameters
    ----------
    folder : Path
        Made on the first `record`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "trials.sqlite", TABLES)

    def record(self, trials: Sequence[Trial]) -> int | None:
        """Add the trials that are new, and return how many distinct ones their ticker has; None if that is unknown."""
        return self.transaction(lambda connection: _add(connection, trials), create=True)

    def others(self, ticker: str, own: Iterable[Trial]) -> tuple[TrialRatios, ...]:
        """Return the ratios of a ticker's trials but `own`, as far as they are known.

        They are not of what was recorded before there was a place for them, until it is run again.
        """
        query = """SELECT key, days, ratios.sharpe, appraisal FROM trials JOIN ratios USING (key)
            WHERE ticker = ? ORDER BY key"""
        rows = self.transaction(lambda connection: connection.execute(query, [ticker]).fetchall(), create=False) or []
        keys = {trial.key for trial in own}
        return tuple(
            TrialRatios(days=days, sharpe=sharpe, appraisal=appraisal)
            for key, days, sharpe, appraisal in rows
            if key not in keys
        )

    def lines(self) -> list[str]:
        """Return `contents` in lines, and the number of trials of each ticker."""
        contents = self.contents()
        if contents.empty:
            return []
        settings = ["settings", *contents["settings"].map(unusual_settings)]
        table = contents.drop(columns="settings").to_string(index=False).splitlines()
        totals = contents.groupby("ticker")["trials"].sum()
        return [
            *(f"{row}  {what}".rstrip() for row, what in zip(table, settings, strict=True)),  # which may be long: last
            *(f"{ticker}: {total} trials" for ticker, total in totals.items()),
        ]

    def contents(self) -> pd.DataFrame:
        """Return `ticker recorded trials best sharpe settings`, a row for each set of settings, in order of time."""
        query = """SELECT ticker, min(recorded), count(*), variant, max(sharpe), settings FROM trials
            GROUP BY ticker, settings ORDER BY ticker, min(recorded), settings"""
        rows = self.transaction(lambda connection: connection.execute(query).fetchall(), create=False)
        return pd.DataFrame(rows or [], columns=["ticker", "recorded", "trials", "best", "sharpe", "settings"])


def trials_of(comparison: Comparison, variants: Iterable[Variant], settings: Settings, prices: Prices) -> list[Trial]:
    """Return the trials that the ranked results of one run are.

    Parameters
    ----------
    variants
        In any order.
    config : Settings
        Of it, the settings of the result.
    prices : Prices
        Their digest is part of what was chosen only for a CSV file: fetched prices go on by themselves.
    """
    chosen = settings.of_the_trial() | {
        "source": prices.origin,
        "data_sha256": prices.sha256 if settings.data.csv else None,
    }
    predictors = [find_predictors()[kind] for kind in settings.predictor_names]
    strategies = {variant.name: variant.strategy for variant in variants}
    ratios = trial_ratios(comparison)
    return [
        Trial(
            ticker=settings.data.ticker,
            variant=result.name,
            settings=json.dumps(chosen, sort_keys=True),
            code=digest_of_source(*predictors, strategies[result.name]),
            source=prices.source,
            data_sha256=prices.sha256,
            first_day=str(result.equity.index[0].date()),
            last_day=str(result.equity.index[-1].date()),
            total_return=result.metrics.total_return,
            ratios=ratios[result.name],
        )
        for result in comparison.ranked
    ]


def unusual_settings(settings: str) -> str:
    """Return what differs from the settings of a run without arguments.

    >>> unusual_settings('{"predictor": "ridge", "seed": 8, "source": "bundled sample", "train_window": null}')
    'predictor=ridge seed=8 source=bundled sample train_window=all'
    """
    usual = Settings().of_the_result()
    unusual = {name: value for name, value in json.loads(settings).items() if usual.get(name) != value}
    return " ".join(f"{name}={format_setting(name, value)}" for name, value in unusual.items())


def digest_of_source(*classes: type) -> str:
    """Return a digest of the files that classes stand in: changed, they are something else that is tried."""
    return sha256(b"".join(Path(inspect.getfile(owner)).read_bytes() for owner in classes)).hexdigest()


def _add(connection: sqlite3.Connection, trials: Sequence[Trial]) -> int:
    now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    rows = [vars(trial) | vars(trial.ratios) | {"key": trial.key, "recorded": now} for trial in trials]
    for table, columns in COLUMNS.items():
        places = ", ".join(f":{column}" for column in columns)
        connection.executemany(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
    query = "SELECT count(*) FROM trials WHERE ticker = ?"
    return int(connection.execute(query, [trials[0].ticker]).fetchone()[0])

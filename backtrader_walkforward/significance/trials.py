"""Trials: every variant that was ever run on a ticker, recorded so that multiple testing counts all runs."""

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
from backtrader_walkforward.settings.settings import Settings, format_setting
from backtrader_walkforward.significance import TrialRatios, trial_ratios
from backtrader_walkforward.system.files import data_folder
from backtrader_walkforward.system.plugin_source import content_of
from backtrader_walkforward.system.source_files import helper_files
from backtrader_walkforward.system.sqlite_file import Ledger
from backtrader_walkforward.trading.variants import Variant

COLUMNS = {
    "trials": (
        *("key TEXT PRIMARY KEY", "ticker TEXT", "variant TEXT", "settings TEXT", "code TEXT", "source TEXT"),
        *("data_sha256 TEXT", "first_day TEXT", "last_day TEXT", "total_return REAL", "sharpe REAL", "recorded TEXT"),
    ),
    "ratios": ("key TEXT PRIMARY KEY", "days INTEGER", "sharpe REAL", "appraisal REAL"),
}
"""Columns of each table. The ratios came later: the first trials of older registries have none."""


@dataclass(frozen=True)
class Trial:
    """One variant, run once between `first_day` and `last_day`.

    `settings` are the choices beside the variant, as JSON: settings and data. `code` is the digest of the source of the
    strategy and of the predictors, with their helpers, `source` and `data_sha256` are label and digest of the prices.
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
        """Digest of the choices. The same choices on a longer history are the same trial."""
        return sha256("\0".join((self.ticker, self.variant, self.settings, self.code)).encode()).hexdigest()


class TrialRegistry(Ledger):
    """Every distinct trial of a user: rows are added, never changed or deleted.

    Parameters
    ----------
    cache_dir : Path, optional
        Folder of the file; the user's own data folder by default.
    """

    def __init__(self, cache_dir: Path | None = None) -> None:
        super().__init__(data_folder(cache_dir) / "trials.sqlite", COLUMNS)

    def record(self, trials: Sequence[Trial]) -> int | None:
        """Add the trials that are new; return the number of distinct trials of their ticker, None if unknown."""
        now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
        rows = [vars(trial) | vars(trial.ratios) | {"key": trial.key, "recorded": now} for trial in trials]

        def add(connection: sqlite3.Connection) -> int:
            self.append(connection, rows)
            query = "SELECT count(*) FROM trials WHERE ticker = ?"
            return int(connection.execute(query, [trials[0].ticker]).fetchone()[0])

        return self.transaction(add, create=True)

    def others(self, ticker: str, own: Iterable[Trial]) -> tuple[TrialRatios, ...]:
        """Return the ratios of a ticker's trials without `own`; a trial of an older registry has none at first."""
        query = """SELECT key, days, ratios.sharpe, appraisal FROM trials JOIN ratios USING (key)
            WHERE ticker = ? ORDER BY key"""
        keys = {trial.key for trial in own}
        return tuple(
            TrialRatios(days=days, sharpe=sharpe, appraisal=appraisal)
            for key, days, sharpe, appraisal in self.select(query, [ticker])
            if key not in keys
        )

    def lines(self) -> list[str]:
        """Return `contents` as lines of text, then the number of trials of each ticker."""
        contents = self.contents()
        if contents.empty:
            return []
        settings = ["settings", *contents["settings"].map(unusual_settings)]
        table = contents.drop(columns="settings").to_string(index=False).splitlines()
        totals = contents.groupby("ticker")["trials"].sum()
        return [
            *(f"{row}  {what}".rstrip() for row, what in zip(table, settings, strict=True)),  # long, so they come last
            *(f"{ticker}: {total} trials" for ticker, total in totals.items()),
        ]

    def contents(self) -> pd.DataFrame:
        """Return `ticker recorded trials best sharpe settings`: one row for each set of settings, oldest first."""
        query = """SELECT ticker, substr(min(recorded), 1, 10), count(*), variant, max(sharpe), settings FROM trials
            GROUP BY ticker, settings ORDER BY ticker, min(recorded), settings"""
        columns = ["ticker", "recorded", "trials", "best", "sharpe", "settings"]
        return pd.DataFrame(self.select(query), columns=columns)


def trials_of(comparison: Comparison, variants: Iterable[Variant], settings: Settings, prices: Prices) -> list[Trial]:
    """Return the trials of one run: one for each ranked result.

    The digest of the prices is part of the settings for a CSV file only: fetched prices grow from day to day.
    """
    digest = prices.sha256 if settings.data.csv else None
    chosen = settings.trial_settings() | {"source": prices.origin, "data_sha256": digest}
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
    """Return the settings that differ from those of a run without arguments, as text.

    >>> unusual_settings('{"predictor": "ridge", "seed": 8, "source": "bundled sample", "train_window": null}')
    'predictor=ridge seed=8 source=bundled sample train_window=all'
    """
    usual = Settings().result_settings()
    unusual = {name: value for name, value in json.loads(settings).items() if usual.get(name) != value}
    return " ".join(f"{name}={format_setting(name, value)}" for name, value in unusual.items())


def digest_of_source(*classes: type) -> str:
    """Return a digest of the files that define plug-ins, and of their helpers: changed code makes another trial."""
    files = [Path(inspect.getfile(owner)).resolve() for owner in classes]
    helpers = dict.fromkeys(helper for file in files for helper in helper_files(file))
    return sha256(b"".join(map(content_of, [*files, *helpers]))).hexdigest()

"""A run folder, read again: of a ticker, a panel or paper accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from backtrader_walkforward.errors import UserError
from backtrader_walkforward.reports.formatting import readable_date
from backtrader_walkforward.reports.run_folder import first_page


@dataclass(frozen=True, kw_only=True)
class Account:
    """The headline of one account: figures as `results.json` has them, None where undefined."""

    name: str
    column: str
    """Its column in `equity.csv`."""
    total_return: float | None
    sharpe: float | None
    max_drawdown: float | None


@dataclass(frozen=True, kw_only=True)
class SavedRun:
    """What a run folder says of its run."""

    folder: Path
    subject: str
    """`SPY`, `panel of 20 tickers` or `SPY on paper`."""
    tickers: Sequence[str]
    source: str
    data: Any
    """Whatever tells its prices from others: a digest, or None."""
    version: str
    days: tuple[date, date]
    """First and last day of the test."""
    headline: str
    """The answer of the run."""
    reason: str
    """The reason that decides it."""
    best: Account | None
    """None where no account has a rank."""
    benchmark: Account
    settings: Mapping[str, Any]
    """Settings that decide the result, as JSON values."""

    @property
    def period(self) -> str:
        """The days of the test as text."""
        return " to ".join(map(readable_date, self.days))

    @property
    def entry(self) -> dict[str, Any]:
        """What `runs --json` and `compare --json` print of the run."""
        first, last = self.days
        return {
            "folder": str(self.folder),
            "subject": self.subject,
            "source": self.source,
            "version": self.version,
            "first_date": first,
            "last_date": last,
            "headline": self.headline,
            "reason": self.reason,
            "best": asdict(self.best) if self.best else None,
            "benchmark": asdict(self.benchmark),
        }

    @property
    def page(self) -> Path:
        """The page of the run."""
        return first_page(self.folder)

    @cached_property
    def equity(self) -> pd.DataFrame:
        """Equity of the best account, if there is one, and of the benchmark at each close: `best` and `benchmark`.

        Raises
        ------
        UserError
            If `equity.csv` cannot be read or lacks one of them.
        """
        columns = {self.best.column: "best"} if self.best else {}
        columns |= {self.benchmark.column: "benchmark"}
        path = self.folder / "equity.csv"
        try:
            table = pd.read_csv(path, index_col="date", parse_dates=["date"])
            return table[list(columns)].rename(columns=columns).astype(float)
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"{path} is damaged or not there: the run is not whole - leave it out") from error

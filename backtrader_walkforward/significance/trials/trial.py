"""A trial: an active account that was tested, and what made it.

A trial is what came out: the daily returns of an account beside its market. Whatever leaves them as they are, such as
another name of a file, a comment in the code or another capital, makes no other trial; whatever changes them does.
"""

import ast
import inspect
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import pandas as pd

from backtrader_walkforward.plugins.source_files import source_files
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance.active_accounts import rounded
from backtrader_walkforward.significance.result import ActiveAccount
from backtrader_walkforward.significance.trials.rows import digest, market_returns, numbers_in
from backtrader_walkforward.system.source_content import content_of

TEST = ("account", "choice", "code", "variant", "ticker", "is_sample", "is_practice")
"""Columns that tell one test from another."""

DATA = ("end", "source")
"""Settings that the columns of a test tell of."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """An active account and what made it.

    `settings` are those that distinguish trials, as JSON values, `code` is the digest of the code of its plug-ins, and
    `recorded` is the time of the first recording. The same recipe with prices that end on another day is another look.
    """

    account: ActiveAccount
    settings: Mapping[str, Any]
    ticker: str
    source: str
    is_sample: bool
    is_practice: bool
    code: str
    recorded: str

    @cached_property
    def row(self) -> dict[str, Any]:
        """The columns of all tables."""
        returns, market_returns = (series.to_numpy("<f8") for series in (self.account.returns, self.account.market))
        index = pd.DatetimeIndex(self.account.returns.index)
        days = index.to_numpy().astype("datetime64[D]").astype("<i4")
        settings = {name: value for name, value in sorted(self.settings.items()) if name not in DATA}
        row = {
            "market": (market := digest(days, rounded(market_returns))),
            "days": days.tobytes(),
            "market_returns": market_returns.tobytes(),
            "account": digest(market, rounded(returns)),
            "returns": returns.tobytes(),
            "choice": digest(json.dumps(settings)),
            "settings": json.dumps(settings),
            "recipe": digest(json.dumps(settings | {"capital": None}), self.code, self.account.name),
            "variant": self.account.name,
            "ticker": self.ticker,
            "source": self.source,
            "is_sample": self.is_sample,
            "is_practice": self.is_practice,
            "first_day": str(index[0].date()),
            "last_day": str(index[-1].date()),
            "code": self.code,
            "recorded": self.recorded,
        }
        return row | {"test": digest(*(str(row[name]) for name in TEST))}


class TestedData(Protocol):
    """What a trial keeps of the data that it was tested on, such as `Prices`."""

    @property
    def ticker(self) -> str:
        """Symbol, or another label."""

    @property
    def origin(self) -> str:
        """Label of the source."""

    @property
    def used_source(self) -> str | None:
        """The source that gave them: `sample` is the bundled one."""


def trials_of(
    accounts: Iterable[ActiveAccount],
    settings: Settings,
    data: TestedData,
    plugins: Mapping[str, Sequence[type]],
    choices: Mapping[str, Any] = MappingProxyType({}),
) -> list[Trial]:
    """Return the trials of a run with these active accounts, each made by `plugins`, by its name.

    An account that never traded is none. `choices` are more of what the user chose, as JSON values by their names.
    """
    now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    return [
        Trial(
            account=account,
            settings={**settings.trial_settings(), **choices},
            ticker=data.ticker,
            source=data.origin,
            is_sample=data.used_source == "sample",
            is_practice=settings.report.practice,
            code=code_digest(*plugins[account.name]),
            recorded=now,
        )
        for account in accounts
        if account.returns.any()
    ]


def code_digest(*plugins: type) -> str:
    """Return a digest of the source files of plug-ins and of all that they import, comments left out."""
    return digest(*map(code_of, map(content_of, source_files(*(Path(inspect.getfile(one)) for one in plugins)))))


@cache
def code_of(content: bytes) -> str:
    """Return the code of a source file without comments and layout."""
    return ast.dump(ast.parse(content))


def trial_in(row: sqlite3.Row) -> Trial:
    """Return the trial of a row."""
    market = market_returns(row)
    returns = pd.Series(numbers_in(row, "returns"), market.index)
    return Trial(
        account=ActiveAccount(name=row["variant"], returns=returns, market=market),
        settings=json.loads(row["settings"]),
        is_sample=bool(row["is_sample"]),
        is_practice=bool(row["is_practice"]),
        **{name: row[name] for name in ("ticker", "source", "code", "recorded")},
    )

"""Quick sessions: the sample, ridge, short windows, a threshold of 0, and trades every day."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.live.paper.corporate_actions import read_confirmations
from backtrader_walkforward.live.paper.paper_ledger import PaperLedger
from backtrader_walkforward.live.paper.session import run_session
from backtrader_walkforward.live.paper.trading import ForecastResources
from backtrader_walkforward.settings.settings import Settings

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2024, 6, 3, 21, 30, tzinfo=UTC)
SESSIONS = [day.date() for day in load_sample("SPY").frame.loc["2016-06-01":].index]


def quick_settings(folder) -> Settings:
    """Return the settings of the quick sessions, with their files in a folder."""
    return Settings.of(
        source="sample",
        predictor="ridge",
        period=60,
        lookback=5,
        retrain_every=10,
        threshold=0.0,
        rebalance_band=0.0,
        strategies=("binary",),
        cache_dir=folder,
        out=folder / "out",
    )


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Settings of the quick sessions."""
    return quick_settings(tmp_path)


@pytest.fixture
def ledger(tmp_path) -> PaperLedger:
    return PaperLedger(tmp_path, "SPY")


def hold(settings, ledger, *days, now=NOW, confirm=()):
    """Run a session on each of the days; return the last session."""
    for day in days:
        session = run_session(
            settings.replace(end=day), ledger, ForecastResources(), now=now, confirmed=read_confirmations(confirm)
        )
    return session


def in_time(settings, ledger, *days, **options):
    """Run a session after the close of each of the days in New York; return the last session."""
    for day in days:
        now = datetime.combine(day, time(17), NEW_YORK)
        session = hold(settings, ledger, day, now=now, **options)
    return session


def write_quoted(path, traded, actions=(), until=None):
    """Write a file of prices as quoted, of prices in the shares of the first day, with closes adjusted for actions.

    An action is its day, new shares for one old, and the dividend of a share of the day before. A file that ends before
    an action does not know of it.
    """
    quoted, factor = traded.copy(), pd.Series(1.0, traded.index)
    for day, split, dividend in actions:
        before, shares = traded.index < day, [1 / split] * 4 + [split]
        quoted[~before] *= shares
        close = quoted["Close"][before].iloc[-1]
        if until is None or pd.Timestamp(until) >= pd.Timestamp(day):
            factor[before] *= (1 - dividend / close) / split
    quoted = quoted.assign(**{"Adj Close": quoted["Close"] * factor})
    quoted.rename_axis("Date").loc[: until and str(until)].to_csv(path)


def dump(ledger) -> str:
    """Return the content of the database as SQL."""
    with closing(sqlite3.connect(ledger.path)) as connection:
        return "\n".join(connection.iterdump())


def assert_same_books(one, other):
    """Compare two sets of account tables to the bit."""
    pd.testing.assert_frame_equal(one.signals, other.signals, check_exact=True, check_freq=False)
    for name in ("positions", "orders", "fills"):
        first, second = (in_order(getattr(tables, name)) for tables in (one, other))
        pd.testing.assert_frame_equal(first, second, check_exact=True, check_dtype=False)


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with sorted rows and columns."""
    keys = [key for key in ("variant", "number", "day", "account") if key in table]
    return table.sort_values(keys, ignore_index=True).sort_index(axis="columns")


def equity_of(tables) -> pd.DataFrame:
    """Return the equity at each close, a column a variant."""
    return tables.positions.pivot_table("equity", "day", "variant", aggfunc="sum", sort=False)

"""The statement after a session: the accounts, their orders for the next session, and the verdict on the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.evaluation import measure_forecast
from backtrader_walkforward.live.outlook import ModelAge, Outlook
from backtrader_walkforward.live.paper.account_rows import AccountRow, rows_of
from backtrader_walkforward.live.paper.ledger_settings import stages_of
from backtrader_walkforward.live.paper.session import Session
from backtrader_walkforward.live.stops import resting_levels, stops_of
from backtrader_walkforward.regimes import regimes_at_last
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance, assess_significance
from backtrader_walkforward.significance.bootstrap import FEWEST_DAYS


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The accounts after a session. Prices and shares are in today's units.

    Attributes
    ----------
    outlook : Outlook
    first_date : date
        First day of trading.
    sessions, added : int
        Sessions since then, and days that this session recorded.
    rows : tuple of AccountRow
        Ranked, buy & hold last.
    stops : mapping of str to Stops
        The stops of each variant.
    resting : mapping of str to mapping of str to float
        The prices at which stops rest now, by variant and kind.
    fills : DataFrame
        Fills that became known in this session (`AccountTables.fills`).
    significance : Significance or None
        The verdict on the record, None while it is too short.
    """

    outlook: Outlook
    first_date: date
    sessions: int
    added: int
    fill: str
    whole_shares: bool
    rows: tuple[AccountRow, ...]
    stops: Mapping[str, Stops]
    resting: Mapping[str, Mapping[str, float]]
    fills: pd.DataFrame
    significance: Significance | None
    notes: tuple[str, ...]


def statement_of(session: Session, settings: Settings) -> Statement:
    """Return the statement after a session."""
    comparison, factor, signals = session.comparison, session.adjustment_factor, session.tables.signals
    days = pd.DatetimeIndex(comparison.benchmark.equity.index)
    traded = signals.loc[days].assign(fold=[number // settings.forecast.retrain_every for number in range(len(days))])
    variants, fills = stages_of(session.header, settings).variants[:-1], session.new.fills
    levels = resting_levels(signals, variants, settings)
    close, predicted_return = float(traded["Close"].iloc[-1] * factor), float(traded["predicted_return"].iloc[-1])
    outlook = Outlook(
        ticker=session.prices.ticker,
        source=session.prices.source,
        last_date=days[-1].date(),
        close=close,
        predicted_return=predicted_return,
        predicted_close=close * (1 + predicted_return),
        model=ModelAge.of(traded, pd.DatetimeIndex(signals.index), settings.forecast.retrain_every),
        regimes=regimes_at_last(signals),
    )
    return Statement(
        outlook=outlook,
        first_date=days[0].date(),
        sessions=len(days) - 1,
        added=int(session.new.signals.index.isin(days).sum()),
        fill=settings.trading.fill,
        whole_shares=settings.trading.whole_shares,
        rows=rows_of(session, comparison.results),
        stops={variant.name: stops_of(variant.strategy, settings) for variant in variants},
        resting={name: {kind: level * factor for kind, level in own.items()} for name, own in levels.items()},
        fills=fills.assign(size=fills["size"] / factor, price=fills["price"] * factor),
        significance=significance_of(session, traded, settings) if len(days) > FEWEST_DAYS else None,
        notes=session.notes,
    )


def significance_of(session: Session, traded: pd.DataFrame, settings: Settings) -> Significance:
    """Return the verdict on the record. Its trials are the variants of the ledger: no other trial traded these days."""
    skill = measure_forecast(traded, traded["Close"])
    return assess_significance(session.comparison, skill, seed=settings.forecast.seed)

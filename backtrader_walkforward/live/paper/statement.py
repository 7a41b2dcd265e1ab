"""The statement after a session: the accounts, their orders for the next session, and the verdict on the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.evaluation import measure_forecast
from backtrader_walkforward.live.outlook import Outlook
from backtrader_walkforward.live.paper.session import Session
from backtrader_walkforward.live.stop_orders import resting_levels, stops_of
from backtrader_walkforward.settings.groups import TradingSettings
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance, assess_significance
from backtrader_walkforward.significance.bootstrap import FEWEST_TO_BOOTSTRAP


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The accounts after a session. Prices and shares are in today's units.

    Attributes
    ----------
    first_date : date
        First day of trading.
    sessions, added : int
        Sessions since then, and days that this session recorded.
    accounts : DataFrame
        The accounts of each variant in sum and their order, as ranked, buy & hold last: `name`, `type`, `equity` at the
        last close, `total_return` since the first day, `position` (shares held, below 0 short), `target_weight` (share
        of the equity to hold) and `order_shares` (to buy, below 0 to sell), which the broker sizes again with the price
        of the fill.
    stops, resting : mapping of str
        By variant: its stops, and the prices at which they rest now by kind.
    fills : DataFrame
        Fills that became known in this session (`AccountTables.fills`).
    significance : Significance or None
        The verdict on the record, None while it is too short.
    """

    outlook: Outlook
    first_date: date
    sessions: int
    added: int
    trading: TradingSettings
    accounts: pd.DataFrame
    stops: Mapping[str, Stops]
    resting: Mapping[str, Mapping[str, float]]
    fills: pd.DataFrame
    significance: Significance | None
    notes: tuple[str, ...]


def statement_of(session: Session, settings: Settings) -> Statement:
    """Return the statement after a session.

    The trials of its verdict are the variants of the ledger: no other trial traded these days.
    """
    comparison, factor, signals = session.comparison, session.adjustment_factor, session.tables.signals
    days, retrain_every = pd.DatetimeIndex(comparison.benchmark.equity.index), settings.forecast.retrain_every
    traded = signals.loc[days].assign(fold=[number // retrain_every for number in range(len(days))])
    variants, fills = session.stages.variants[:-1], session.new.fills
    levels = resting_levels(signals, variants, settings)
    significance = None
    if len(days) > FEWEST_TO_BOOTSTRAP:
        skill = measure_forecast(traded, traded["Close"])
        significance = assess_significance(comparison, skill, seed=settings.forecast.seed)
    return Statement(
        outlook=Outlook.of(session.prices, signals, traded, retrain_every, factor),
        first_date=days[0].date(),
        sessions=len(days) - 1,
        added=int(session.new.signals.index.isin(days).sum()),
        trading=settings.trading,
        accounts=_accounts_of(session),
        stops={variant.name: stops_of(variant.strategy, settings) for variant in variants},
        resting={name: {kind: level * factor for kind, level in own.items()} for name, own in levels.items()},
        fills=fills.assign(size=fills["size"] / factor, price=fills["price"] * factor),
        significance=significance,
        notes=session.notes,
    )


def _accounts_of(session: Session) -> pd.DataFrame:
    """Return the table of the accounts of a statement."""
    tables, factor, last = session.tables, session.adjustment_factor, session.tables.signals.index[-1]
    held = tables.positions[tables.positions["day"] == last]
    held = held.assign(target=held["weight"] * held["equity"]).groupby("variant")[["shares", "equity", "target"]].sum()
    ordered = tables.orders[tables.orders["day"] == last].groupby("variant")["shares"].sum()
    results = session.comparison.results
    accounts = pd.DataFrame(
        {
            "type": [result.kind for result in results],
            "equity": [result.equity.iloc[-1] for result in results],
            "total_return": [result.metrics.total_return for result in results],
        },
        pd.Index([result.name for result in results], name="name"),
    )
    weights = (held["target"] / accounts["equity"]).where(accounts["equity"] > 0, 0.0)
    orders = ordered.reindex(accounts.index, fill_value=0.0) / factor
    return accounts.assign(position=held["shares"] / factor, target_weight=weights, order_shares=orders).reset_index()

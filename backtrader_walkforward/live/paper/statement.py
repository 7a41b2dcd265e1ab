"""What the paper accounts are after an session: the ticket for the next session, and how they have done so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from backtrader_walkforward.brokers import Stops
from backtrader_walkforward.evaluation import BacktestResult, measure_forecast
from backtrader_walkforward.live.paper.ledger_settings import variants_in
from backtrader_walkforward.live.paper.session import Session
from backtrader_walkforward.live.ticket.order_ticket import ModelAge, age_of
from backtrader_walkforward.live.ticket.resting_stops import resting_levels, stops_of
from backtrader_walkforward.regimes import regimes_at_last
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance, assess_significance
from backtrader_walkforward.significance.bootstrap import FEWEST_DAYS
from backtrader_walkforward.trading.variants import Variant


@dataclass(frozen=True)
class AccountRow:
    """One variant's account and its order; shares are today's.

    Attributes
    ----------
    name, kind : str
        `kelly_hybrid_70_30` and `30/70 split`.
    equity : float
        At the last close.
    total_return : float
        Since the first day.
    position : float
        Shares held, below 0 short.
    target_weight : float
        Share of the equity to hold, over both accounts of a hybrid as they are worth now.
    order_shares : float
        To buy (above 0) or sell (below 0); sized at the last close, and by the broker anew where it fills.
    """

    name: str
    kind: str
    equity: float
    total_return: float
    position: float
    target_weight: float
    order_shares: float


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The ticket of an session and the accounts that it is for.

    `regimes` are those of the last close, by the kinds that were asked for. `rows` are ranked, buy & hold last. `stops`
    are those of each variant, `resting` the prices at which they rest now, by variant and kind. `fills` are those that
    became known this session (`AccountTables.fills`). All are in today's units. `added` are the days that were
    recorded. `significance` is the verdict on the record, None while it is too short.
    """

    ticker: str
    source: str
    first_date: date
    last_date: date
    sessions: int
    added: int
    close: float
    predicted_return: float
    model: ModelAge
    regimes: Mapping[str, str]
    fill: str
    whole_shares: bool
    rows: tuple[AccountRow, ...]
    stops: Mapping[str, Stops]
    resting: Mapping[str, Mapping[str, float]]
    fills: pd.DataFrame
    significance: Significance | None
    notes: tuple[str, ...]


def statement_of(session: Session, settings: Settings) -> Statement:
    """Return what is to be told of an session."""
    comparison, adjustment_factor, tables = session.comparison, session.adjustment_factor, session.tables
    days = pd.DatetimeIndex(comparison.benchmark.equity.index)
    live = tables.signals.loc[days].assign(
        fold=[number // settings.forecast.retrain_every for number in range(len(days))]
    )
    new, variants = session.new.fills, variants_in(session.header, settings)
    return Statement(
        ticker=session.prices.ticker,
        source=session.prices.source,
        first_date=days[0].date(),
        last_date=days[-1].date(),
        sessions=len(days) - 1,
        added=int(session.new.signals.index.isin(days).sum()),
        close=float(live["Close"].iloc[-1] * adjustment_factor),
        predicted_return=float(live["predicted_return"].iloc[-1]),
        model=age_of(live, pd.DatetimeIndex(tables.signals.index), settings.forecast.retrain_every),
        regimes=regimes_at_last(tables.signals),
        fill=settings.trading.fill,
        whole_shares=settings.trading.whole_shares,
        rows=rows_of(session, [*comparison.ranked, comparison.benchmark]),
        stops={variant.name: stops_of(variant.strategy, settings) for variant in variants},
        resting=resting_now(session, variants, settings),
        fills=new.assign(size=new["size"] / adjustment_factor, price=new["price"] * adjustment_factor),
        significance=significance_of(session, live, settings) if len(days) > FEWEST_DAYS else None,
        notes=session.notes,
    )


def rows_of(session: Session, results: Sequence[BacktestResult]) -> tuple[AccountRow, ...]:
    """Return the accounts of each variant at the last close, added up."""
    tables, adjustment_factor = session.tables, session.adjustment_factor
    last = tables.signals.index[-1]
    held = tables.positions[tables.positions["day"] == last]
    held = held.assign(target=held["weight"] * held["equity"]).groupby("variant")[["shares", "equity", "target"]].sum()
    ordered = tables.orders[tables.orders["day"] == last].groupby("variant")["shares"].sum()
    return tuple(
        AccountRow(
            name=result.name,
            kind=result.kind,
            equity=(equity := float(result.equity.iloc[-1])),
            total_return=result.metrics.total_return,
            position=float(held.loc[result.name, "shares"]) / adjustment_factor,
            target_weight=float(held.loc[result.name, "target"]) / equity if equity > 0 else 0.0,
            order_shares=float(ordered.get(result.name, 0.0)) / adjustment_factor,
        )
        for result in results
    )


def resting_now(session: Session, variants: Sequence[Variant], settings: Settings) -> dict[str, dict[str, float]]:
    """Return where stops rest after the session, in today's units."""
    levels = resting_levels(session.tables.signals, variants, settings)
    return {
        name: {kind: level * session.adjustment_factor for kind, level in own.items()} for name, own in levels.items()
    }


def significance_of(session: Session, live: pd.DataFrame, settings: Settings) -> Significance:
    """Judge the record as a run is judged; what was traded live are all the trials there were."""
    return assess_significance(session.comparison, measure_forecast(live, live["Close"]), seed=settings.forecast.seed)

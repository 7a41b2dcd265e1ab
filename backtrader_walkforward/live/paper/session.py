"""One session of paper trading: go on from what is recorded to the last bar there is, and record that."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pandas as pd

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.data import Prices, load_prices, require_rows
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.features import compute_features, warm_up
from backtrader_walkforward.forecasting import WalkForward, ensemble_members, forecast, walk_forward_of
from backtrader_walkforward.forecasting.folds import complete_rows
from backtrader_walkforward.forecasting.walk_forward import MIN_TRAIN_WINDOWS
from backtrader_walkforward.forecasting.walk_forward_forecast import OnFold
from backtrader_walkforward.live.paper.account_tables import AccountTables, account_tables_of, first_change
from backtrader_walkforward.live.paper.ledger import Ledger, LedgerError
from backtrader_walkforward.live.paper.ledger_settings import (
    ANOTHER,
    header_of,
    require_same_settings,
    require_same_source,
    strategies_left_out,
    variants_in,
)
from backtrader_walkforward.live.paper.price_adjustment import back_adjusted
from backtrader_walkforward.live.paper.record import LedgerHeader, Record
from backtrader_walkforward.live.ticket.freshness import require_fresh
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.signals import build_signals
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.trading.variants import BENCHMARK, Variant


@dataclass(frozen=True)
class ForecastResources:
    """What an session may use to make its forecasts; none of it changes them."""

    pool: Executor | None = None
    store: Cache | None = None
    on_fold: OnFold | None = None


@dataclass(frozen=True)
class Session:
    """What the ledger holds when an session has ended.

    Attributes
    ----------
    opening : LedgerHeader
    books : AccountTables
        All of them; `new` is what this session added.
    comparison : Comparison
        The accounts' results from the first day on.
    scale : float
        Today's price of what the ledger has at 1.
    prices : Prices
        As they are now.
    notes : tuple of str
    """

    header: LedgerHeader
    tables: AccountTables
    new: AccountTables
    comparison: Comparison
    adjustment_factor: float
    prices: Prices
    notes: tuple[str, ...] = ()


def run_session(
    settings: Settings, ledger: Ledger, resources: ForecastResources, *, now: datetime | None = None
) -> Session:
    """Bring the ledger up to the last bar there is and return what it then holds; the first session opens it.

    Nothing is written where there is no bar that it lacks. Where another process records the session meanwhile, its
    record is taken: it is the same.

    Parameters
    ----------
    now : datetime, optional
        The present in the zone whose clock counts where the exchange's word is unknown (`require_fresh`); this
        machine's by default.

    Raises
    ------
    UserError
        If the ledger, the prices or a strategy do not allow it. Nothing is written then.
    """
    now = now or datetime.now().astimezone()
    recorded = now.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
    while True:
        record = ledger.read()
        session = (
            open_ledger(settings, resources, now)
            if record is None
            else continue_ledger(record, settings, resources, now)
        )
        number = 0 if record is None else len(record.sessions)
        if session.new.signals.empty or ledger.append(
            session.header, session.new, adjustment_factor=session.adjustment_factor, recorded=recorded, after=number
        ):
            return session


def open_ledger(settings: Settings, resources: ForecastResources, now: datetime) -> Session:
    """Return the session that opens a ledger: `period` days of history, and the first order at its last bar."""
    rows = warm_up(settings.forecast.timeframes)
    prices = load_prices(settings, warm_up=rows, now=now, refresh=True)
    require_fresh(prices, settings, now)
    require_rows(prices.frame, settings.forecast.lookback + MIN_TRAIN_WINDOWS + 1 + rows, "ask for a longer --period")
    header = header_of(settings, prices)
    variants, today = variants_in(header, settings), prices.frame.index[-1]
    signals = signals_of_sessions(prices.frame, today, today, variants, settings, resources)
    tables, comparison = traded(signals, variants, settings)
    return Session(header, tables, tables, comparison, 1.0, prices, prices.notes)


def continue_ledger(record: Record, settings: Settings, resources: ForecastResources, now: datetime) -> Session:
    """Return an session that goes on from a record; all that it traded is traded again, and must be what it was."""
    require_same_settings(record, settings)
    variants = variants_in(record.header, settings)
    prices = prices_since(record.first_day, settings, now)
    require_same_source(record, prices)
    require_fresh(prices, settings, now)
    signals = record.tables.signals
    today = back_adjusted(signals[COLUMNS], prices.frame)
    if len(today.bars):
        bars, first_new = pd.concat([signals[COLUMNS], today.bars]), today.bars.index[0]
        grown = signals_of_sessions(bars, record.paper_day, first_new, variants, settings, resources)
        signals = pd.concat([signals, grown.loc[first_new:]])
    tables, comparison = traded(signals, variants, settings)
    require_unchanged(record.tables, tables, settings)
    notes = (*prices.notes, *today.notes, *strategies_left_out(record.header, settings))
    return Session(
        record.header, tables, tables.after(record.tables), comparison, today.adjustment_factor, prices, notes
    )


def prices_since(first_day: pd.Timestamp, settings: Settings, now: datetime) -> Prices:
    """Return the prices from a ledger's first bar on; as `load_prices` has it, today is that of UTC."""
    days = ((settings.data.end or now.astimezone(UTC).date()) - first_day.date()).days + 1
    prices = load_prices(settings.replace(period=days), warm_up=0, now=now, refresh=True)
    return replace(prices, frame=prices.frame.loc[first_day:])


def signals_of_sessions(
    bars: pd.DataFrame,
    first_traded: pd.Timestamp,
    first_new: pd.Timestamp,
    variants: list[Variant],
    settings: Settings,
    resources: ForecastResources,
) -> pd.DataFrame:
    """Return the market with the forecasts of the days from `first_new` on; earlier ones are NaN where not made anew.

    The walk-forward is anchored: its first test row is the first day that was traded, so that a forecast made on a
    later session is the one that would have been made on its own.
    """
    features = compute_features(bars, settings.forecast.timeframes)
    usable = features.index[complete_rows(features)]
    walk_forward = anchored(walk_forward_of(settings), *usable.searchsorted([first_traded, first_new]))
    made = forecast(
        bars["Close"],
        features,
        ensemble_members(settings),
        walk_forward,
        resources.pool,
        resources.on_fold,
        resources.store,
    )
    return build_signals(bars, features, made.table.reindex(bars.index[bars.index >= first_traded]), settings, variants)


def anchored(walk_forward: WalkForward, first_test: int, first_new: int) -> WalkForward:
    """Return the walk-forward that begins with row `first_test`; of it the folds from that of row `first_new` on."""
    fold = (first_new - first_test) // walk_forward.retrain_every
    warm_start_from = walk_forward.warm_start_from(fold)
    return replace(
        walk_forward, first_test=int(first_test), first_fold=fold if warm_start_from is None else warm_start_from
    )


def traded(signals: pd.DataFrame, variants: list[Variant], settings: Settings) -> tuple[AccountTables, Comparison]:
    """Trade the market with all that the ledger trades, and buy & hold."""
    results = run_backtest(signals, [*variants, BENCHMARK], settings)
    return account_tables_of(signals, results, settings), Comparison.of(results[:-1], results[-1])


def require_unchanged(recorded: AccountTables, now: AccountTables, settings: Settings) -> None:
    """Raise unless what was traded before comes out as it was recorded."""
    change = first_change(recorded.positions, now.positions, settings.trading.capital)
    if change:
        raise LedgerError(
            f"a strategy no longer does what the ledger recorded: {change} - put its file in strategies/ back as it"
            f" was, or {ANOTHER}"
        )

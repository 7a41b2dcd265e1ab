"""A session of paper trading: trade from the last recorded bar to the last bar of the prices, and record it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pandas as pd

from backtrader_walkforward.data import Prices, load_prices, require_rows
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.forecasting.walk_forward import MIN_TRAIN_WINDOWS
from backtrader_walkforward.live.freshness import require_fresh
from backtrader_walkforward.live.paper.ledger_settings import (
    prices_since_opened,
    stages_of,
    strategies_left_out,
)
from backtrader_walkforward.live.paper.paper_ledger import PaperLedger
from backtrader_walkforward.live.paper.price_adjustment import back_adjusted
from backtrader_walkforward.live.paper.record import AccountTables, LedgerHeader, Record
from backtrader_walkforward.live.paper.trading import ForecastResources, require_unchanged, signals_of_sessions, trade
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages


@dataclass(frozen=True)
class Session:
    """The content of the ledger after a session."""

    header: LedgerHeader
    stages: Stages
    tables: AccountTables
    new: AccountTables
    """Rows that this session adds."""
    comparison: Comparison
    """Results of the accounts from the first day on."""
    adjustment_factor: float
    """Price now / price in the ledger."""
    prices: Prices
    """In today's units."""
    notes: tuple[str, ...]

    @property
    def days(self) -> pd.DatetimeIndex:
        """Days of trading."""
        return pd.DatetimeIndex(self.comparison.benchmark.equity.index)


def run_session(
    settings: Settings, ledger: PaperLedger, resources: ForecastResources, *, now: datetime | None = None
) -> Session:
    """Record the bars that the ledger does not have, and return its content; the first session opens the ledger.

    Nothing is written if there is no new bar. If another process records the session first, its record is used: both
    are equal. The present, `now`, has a time zone and is the machine's clock by default.

    Raises
    ------
    UserError
        If the ledger, the prices or a strategy do not allow a session. Nothing is written then.
    """
    now = now or datetime.now().astimezone()
    recorded = now.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
    while True:
        record = ledger.read()
        if record is None:
            number, session = 0, open_ledger(settings, resources, now)
        else:
            number, session = len(record.sessions), continue_ledger(record, settings, resources, now)
        if session.new.signals.empty or ledger.append(
            session.header, session.new, adjustment_factor=session.adjustment_factor, recorded=recorded, after=number
        ):
            return session


def open_ledger(settings: Settings, resources: ForecastResources, now: datetime) -> Session:
    """Return the first session: `period` days of history, and the first orders at the last bar."""
    stages, rows = Stages.of(settings), warm_up(settings.forecast.timeframes)
    prices = load_prices(settings, warm_up=rows, now=now, refresh=True)
    require_fresh(prices, settings, now)
    require_rows(prices.frame, settings.forecast.lookback + MIN_TRAIN_WINDOWS + 1 + rows, "use a longer --period")
    strategies = dict.fromkeys(variant.strategy_name for variant in stages.variants[:-1])
    header = LedgerHeader(settings.data.ticker, prices.origin, settings.ledger_settings(), tuple(strategies))
    today, stages = prices.frame.index[-1], replace(stages, calendar=prices.calendar)
    tables, comparison = trade(signals_of_sessions(prices.frame, today, today, stages, resources), stages)
    return Session(header, stages, tables, tables, comparison, 1.0, prices, prices.notes)


def continue_ledger(record: Record, settings: Settings, resources: ForecastResources, now: datetime) -> Session:
    """Return the next session. All recorded days are traded again, and must give what was recorded."""
    stages = stages_of(record, settings)
    prices = prices_since_opened(record, settings, now)
    stages = replace(stages, calendar=prices.calendar)
    require_fresh(prices, settings, now)
    signals = record.tables.signals
    today = back_adjusted(signals[COLUMNS], prices.frame)
    if len(today.bars):
        bars, first_new = pd.concat([signals[COLUMNS], today.bars]), today.bars.index[0]
        extended = signals_of_sessions(bars, record.paper_day, first_new, stages, resources)
        signals = pd.concat([signals, extended.loc[first_new:]])
    tables, comparison = trade(signals, stages)
    require_unchanged(record.tables, tables, settings)
    notes = (*prices.notes, *today.notes, *strategies_left_out(record.header, settings))
    new = tables.after(record.tables)
    return Session(record.header, stages, tables, new, comparison, today.adjustment_factor, prices, notes)

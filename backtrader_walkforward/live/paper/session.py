"""A session of paper trading: trade from the last recorded bar to the last bar of the prices, and record it."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pandas as pd

from backtrader_walkforward.data import Prices, load_prices, require_rows
from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.features import warm_up
from backtrader_walkforward.forecasting import HORIZONS, target_of
from backtrader_walkforward.forecasting.walk_forward import MIN_TRAIN_WINDOWS
from backtrader_walkforward.live.freshness import require_fresh
from backtrader_walkforward.live.paper.corporate_actions import actions_of, shares_for_one
from backtrader_walkforward.live.paper.ledger_settings import (
    prices_since_opened,
    stages_of,
    strategies_left_out,
)
from backtrader_walkforward.live.paper.paper_ledger import PaperLedger
from backtrader_walkforward.live.paper.prices.kinds_of_closes import known_kinds, with_kinds
from backtrader_walkforward.live.paper.prices.ledger_bars import as_traded
from backtrader_walkforward.live.paper.prices.price_comparison import compare_prices
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
    prices: Prices
    late: pd.Series
    """Whether each day was recorded late, as in `Record`."""
    notes: tuple[str, ...]

    @property
    def days(self) -> pd.DatetimeIndex:
        """Days of trading."""
        return pd.DatetimeIndex(self.comparison.benchmark.equity.index)

    @property
    def price_factor(self) -> float:
        """Price of a share of today / price in the ledger: 0.5 after a split of two for one."""
        return 1 / float(shares_for_one(self.tables.actions, self.tables.signals.index)[-1])


def run_session(
    settings: Settings,
    ledger: PaperLedger,
    resources: ForecastResources,
    *,
    now: datetime | None = None,
    confirmed: pd.DataFrame | None = None,
) -> Session:
    """Record the bars that the ledger does not have, and return its content; the first session opens the ledger.

    Nothing is written if there is nothing new. If another process records the session first, its record is used: both
    are equal. The present, `now`, has a time zone and is the machine's clock by default. `confirmed` are the dividends
    and splits that the user answers for (`read_confirmations`).

    Raises
    ------
    UserError
        If the ledger, the prices or a strategy do not allow a session. Nothing is written then.
    """
    now, confirmed = now or datetime.now().astimezone(), actions_of() if confirmed is None else confirmed
    recorded = now.astimezone(UTC).isoformat(sep=" ", timespec="seconds")
    while True:
        record = ledger.read()
        if record is None:
            if len(confirmed):
                raise ArgumentError("--confirm: this session opens the ledger, and nothing came since - leave it out")
            number, session = 0, open_ledger(settings, resources, now)
        else:
            number, session = len(record.sessions), continue_ledger(record, settings, resources, now, confirmed)
        late = bool(session.late.iloc[-1])
        if session.new.signals.empty or ledger.append(
            session.header, session.new, late=late, recorded=recorded, after=number
        ):
            return session


def open_ledger(settings: Settings, resources: ForecastResources, now: datetime) -> Session:
    """Return the first session: `period` days of history, and the first orders at the last bar."""
    stages, rows = Stages.of(settings), warm_up(settings.forecast.timeframes)
    prices = load_prices(settings, warm_up=rows, now=now, refresh=True)
    require_fresh(prices, settings, now)
    needed = settings.forecast.lookback + MIN_TRAIN_WINDOWS + HORIZONS[target_of(settings)]
    require_rows(prices.frame, needed + rows, "use a longer --period")
    strategies = dict.fromkeys(variant.strategy_name for variant in stages.variants[:-1])
    header = LedgerHeader(settings.data.ticker, prices.origin, settings.ledger_settings(), tuple(strategies))
    header = with_kinds(header, prices.kinds_of_closes)
    stages, today, none = (
        replace(stages, calendar=prices.calendar, peers=prices.peers),
        prices.frame.index[-1],
        actions_of(),
    )
    signals = signals_of_sessions(as_traded(prices, today), none, today, today, stages, resources)
    tables, comparison = trade(signals, none, stages)
    late = pd.Series(is_late(today.date(), prices.calendar, now), [today])
    return Session(header, stages, tables, tables, comparison, prices, late, prices.notes)


def continue_ledger(
    record: Record, settings: Settings, resources: ForecastResources, now: datetime, confirmed: pd.DataFrame
) -> Session:
    """Return the next session. All recorded days are traded again, and must give what was recorded."""
    stages = stages_of(record, settings)
    prices = prices_since_opened(record, settings, now)
    stages = replace(stages, calendar=prices.calendar, peers=prices.peers)
    require_fresh(prices, settings, now)
    found = compare_prices(record, prices, confirmed)
    kept, new_bars = found.record, found.new_bars
    signals = kept.tables.signals
    if len(new_bars):
        bars, first_new = pd.concat([signals[COLUMNS], new_bars]), new_bars.index[0]
        extended = signals_of_sessions(bars, found.actions, record.paper_day, first_new, stages, resources)
        signals = pd.concat([signals, extended.loc[first_new:]])
    tables, comparison = trade(signals, found.actions, stages)
    require_unchanged(kept.tables, tables, settings)
    last = signals.index[-1]
    added = [day < last or is_late(day.date(), prices.calendar, now) for day in new_bars.index]
    late = pd.concat([kept.late, pd.Series(added, new_bars.index, dtype=bool)]).loc[record.paper_day :]
    notes = (*prices.notes, *found.notes, *strategies_left_out(record.header, settings))
    new = tables.after(kept.tables)
    header = with_kinds(record.header, known_kinds(prices))
    return Session(header, stages, tables, new, comparison, prices, late, notes)


def is_late(day: date, calendar: ExchangeCalendar | None, now: datetime) -> bool:
    """Tell whether the session after a day has opened by now, without a calendar whether the day after it is over.

    Where one session follows the other at once, it is late when the next one is over.
    """
    if not calendar:
        return now >= datetime.combine(day + timedelta(days=2), time(), UTC)
    following, current = calendar.next_session(day), calendar.open_session(now)
    return calendar.close_of(following) <= now or bool(current and current.day >= following)

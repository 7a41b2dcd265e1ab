"""The paper accounts, compared with a backtest of the same days."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd

from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.evaluation import LiveRecord
from backtrader_walkforward.live.paper.ledger_settings import prices_since_opened, stages_of
from backtrader_walkforward.live.paper.paper_ledger import LedgerError, PaperLedger
from backtrader_walkforward.live.paper.price_adjustment import back_adjusted
from backtrader_walkforward.live.paper.record import Record
from backtrader_walkforward.live.paper.trading import ForecastResources, require_unchanged, signals_of_sessions, trade
from backtrader_walkforward.reports.live_comparison import LiveReport
from backtrader_walkforward.settings.settings import Settings


def compare(settings: Settings, ledger: PaperLedger, resources: ForecastResources, now: datetime) -> LiveReport:
    """Trade the recorded signals, and signals from the prices of today over the same days.

    The forecasts of the backtest must not come from the cache: the sessions wrote it.
    """
    record = ledger.read()
    if record is None:
        raise LedgerError(
            f"there is no ledger of {settings.data.ticker} in {ledger.path.parent} - start one with the command paper"
        )
    stages = stages_of(record, settings)
    prices = prices_since_opened(record, settings.replace(end=None), now)
    stages = replace(stages, calendar=prices.calendar)
    today = back_adjusted(record.tables.signals[COLUMNS], prices.frame)
    tables, live = trade(record.tables.signals, stages)
    require_unchanged(record.tables, tables, settings)
    bars = prices.frame.loc[: record.last_day]
    signals = signals_of_sessions(bars, record.paper_day, record.paper_day, stages, resources)
    _, backtest = trade(signals, stages)
    recorded = record.tables.signals.loc[record.paper_day :, "predicted_return"]
    made = signals["predicted_return"].reindex(recorded.index)
    forecasts = pd.DataFrame({"live": recorded, "backtest": made, "late": are_late(record).loc[record.paper_day :]})
    return LiveReport(
        ticker=settings.data.ticker,
        source=prices.source,
        live=live,
        backtest=backtest,
        forecasts=forecasts,
        record=LiveRecord.of(live, backtest, forecasts, today.adjustment_factor),
        settings=settings.ledger_settings(),
        notes=(*prices.notes, *today.notes),
    )


def are_late(record: Record) -> pd.Series:
    """Return for each day whether its session knew a later day, or was recorded more than a week after it.

    Such a forecast is a replay of history. Two sessions are at most a week apart.
    """
    sessions = record.sessions.loc[record.session_of]
    days = record.session_of.index
    recorded = pd.to_datetime(sessions["recorded"]).dt.tz_convert(None).to_numpy()
    knew_later = sessions["day"].to_numpy() > days.to_numpy()
    return pd.Series(knew_later | (recorded - days.to_numpy() > timedelta(days=7)), days)

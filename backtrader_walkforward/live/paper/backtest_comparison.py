"""The paper accounts, compared with a backtest of the same days."""

from dataclasses import replace
from datetime import datetime

import pandas as pd

from backtrader_walkforward.evaluation import LiveRecord
from backtrader_walkforward.live.paper.corporate_actions import actions_of
from backtrader_walkforward.live.paper.ledger_settings import prices_since_opened, stages_of
from backtrader_walkforward.live.paper.paper_ledger import LedgerError, PaperLedger
from backtrader_walkforward.live.paper.prices.price_comparison import compare_prices
from backtrader_walkforward.live.paper.significance import significance_of_ledger
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
    stages = replace(stages, calendar=prices.calendar, peers=prices.peers)
    today = compare_prices(record, prices, actions_of())
    tables, live = trade(record.tables.signals, record.tables.actions, stages)
    require_unchanged(record.tables, tables, settings)
    bars = today.bars.loc[: record.last_day]
    signals = signals_of_sessions(bars, today.actions, record.paper_day, record.paper_day, stages, resources)
    _, backtest = trade(signals, today.actions, stages)
    recorded = record.tables.signals.loc[record.paper_day :, "predicted_return"]
    made = signals["predicted_return"].reindex(recorded.index)
    forecasts = pd.DataFrame({"live": recorded, "backtest": made, "late": record.late.loc[record.paper_day :]})
    return LiveReport(
        ticker=settings.data.ticker,
        source=prices.source,
        live=live,
        backtest=backtest,
        forecasts=forecasts,
        record=LiveRecord.of(live, backtest, forecasts),
        significance=significance_of_ledger(live, tables, stages),
        settings=settings.ledger_settings(),
        notes=(*prices.notes, *today.notes),
    )

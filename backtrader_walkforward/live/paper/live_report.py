"""`runner.py --paper-report`: what was forecast and traded on paper beside the backtest of the same days."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from backtrader_walkforward.data.load import LONGEST_CLOSURE_DAYS
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.evaluation import LiveRecord
from backtrader_walkforward.live.paper.command import ledger_of
from backtrader_walkforward.live.paper.ledger import Ledger, LedgerError
from backtrader_walkforward.live.paper.ledger_settings import (
    require_same_settings,
    require_same_source,
    variants_in,
)
from backtrader_walkforward.live.paper.price_adjustment import back_adjusted
from backtrader_walkforward.live.paper.record import Record
from backtrader_walkforward.live.paper.session import (
    ForecastResources,
    prices_since,
    require_unchanged,
    signals_of_sessions,
    traded,
)
from backtrader_walkforward.reports import check_writable
from backtrader_walkforward.reports.live_report import LiveReport, write_live_report
from backtrader_walkforward.reports.live_section import live_section
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.processes import process_pool


def run_paper_report(settings: Settings, *, now: datetime | None = None) -> None:
    """Compare the ledger with the backtest of its days, print a table and leave the files of a report.

    Raises
    ------
    UserError
        If there is no ledger, or the ledger, the prices, the settings or a strategy do not allow it.
    """
    terminal, now = Terminal(quiet=settings.report.quiet), (now or datetime.now(UTC)).astimezone(UTC)
    check_writable(settings.report.out)
    terminal.stage("Paper report", f"{settings.data.ticker}: {ledger_of(settings).path}")
    with process_pool(settings.machine.workers) as pool:
        with terminal.progress("training") as on_fold:
            report = compare(settings, ledger_of(settings), ForecastResources(pool, on_fold=on_fold), now)
        terminal.notes(report.notes)
        folder = write_live_report(report, settings, f"{now.astimezone():%Y%m%d_%H%M%S}", pool)
    section = live_section(report.record)
    terminal.says("")
    for table in section.tables:
        terminal.figures(table.headings, table.rows)
    terminal.says("", *section.sentences, "", f"Report: {folder / 'index.html'}", f"Files:  {folder}")


def compare(settings: Settings, ledger: Ledger, resources: ForecastResources, now: datetime) -> LiveReport:
    """Trade the recorded market and today's prices of the same days, and put the two side by side.

    `resources` has no store: what the sessions left in one would be compared with itself.
    """
    record = ledger.read()
    if record is None:
        raise LedgerError(f"there is no ledger of {settings.data.ticker} in {ledger.path.parent} - --paper begins one")
    require_same_settings(record, settings)
    variants = variants_in(record.header, settings)
    prices = prices_since(record.first_day, settings.replace(end=None), now)
    require_same_source(record, prices)
    bars = prices.frame.loc[: record.last_day]
    today = back_adjusted(record.tables.signals[COLUMNS], prices.frame)
    tables, live = traded(record.tables.signals, variants, settings)
    require_unchanged(record.tables, tables, settings)
    signals = signals_of_sessions(bars, record.paper_day, record.paper_day, variants, settings, resources)
    _, backtest = traded(signals, variants, settings)
    forecasts = forecasts_of(record, signals)
    return LiveReport(
        ticker=settings.data.ticker,
        source=prices.source,
        live=live,
        backtest=backtest,
        forecasts=forecasts,
        record=LiveRecord.of(
            live, backtest, forecasts, late=int(forecasts["late"].sum()), scale=today.adjustment_factor
        ),
        settings=settings.of_the_ledger(),
        notes=(*prices.notes, *today.notes),
    )


def forecasts_of(record: Record, signals: pd.DataFrame) -> pd.DataFrame:
    """Return the predicted returns of each day that was traded: `live`, `backtest`, and whether recorded `late`."""
    live = record.tables.signals.loc[record.paper_day :, "predicted_return"]
    backtest = signals["predicted_return"].reindex(live.index)
    return pd.DataFrame({"live": live, "backtest": backtest, "late": are_late(record).loc[record.paper_day :]})


def are_late(record: Record) -> pd.Series:
    """Tell of each day whether its row was recorded on an session that knew a later one, or many days after it.

    The latter is a replay of history. Up to a week may lie between a session and the next session.
    """
    sessions = record.sessions.loc[record.evening_of]
    days = record.evening_of.index
    recorded = pd.to_datetime(sessions["recorded"]).dt.tz_convert(None).to_numpy()
    knew_later = sessions["day"].to_numpy() > days.to_numpy()
    return pd.Series(knew_later | (recorded - days.to_numpy() > timedelta(LONGEST_CLOSURE_DAYS)), days)

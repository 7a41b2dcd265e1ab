"""`runner.py --paper-report`: what was forecast and traded on paper beside the backtest of the same days."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd

from backtrader_walkforward.data.load import LONGEST_CLOSURE_DAYS
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.evaluation import LiveRecord
from backtrader_walkforward.live.paper.command import ledger_of
from backtrader_walkforward.live.paper.ledger import Ledger, LedgerError
from backtrader_walkforward.live.paper.ledger_settings import (
    require_same_source,
    require_same_terms,
    terms_of,
    variants_in,
)
from backtrader_walkforward.live.paper.price_adjustment import continued
from backtrader_walkforward.live.paper.record import Record
from backtrader_walkforward.live.paper.session import Means, market_of_evenings, prices_since, require_unchanged, traded
from backtrader_walkforward.reports import check_writable
from backtrader_walkforward.reports.live_report import LiveReport, write_live_report
from backtrader_walkforward.reports.sections.live import HEADINGS, live_in_words, live_rows
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Config
from backtrader_walkforward.system.processes import process_pool


def run_paper_report(config: Config, *, now: datetime | None = None) -> None:
    """Compare the ledger with the backtest of its days, print a table and leave the files of a report.

    Raises
    ------
    UserError
        If there is no ledger, or the ledger, the prices, the settings or a strategy do not allow it.
    """
    terminal, now = Terminal(quiet=config.quiet), (now or datetime.now(UTC)).astimezone(UTC)
    check_writable(config.out)
    terminal.stage("Paper report", f"{config.ticker}: {ledger_of(config).path}")
    with process_pool(config.workers) as pool:
        with terminal.progress("training") as on_fold:
            report = compare(config, ledger_of(config), Means(pool, on_fold=on_fold), now)
        terminal.notes(report.notes)
        folder = write_live_report(report, config, f"{now.astimezone():%Y%m%d_%H%M%S}", pool)
    terminal.says("")
    terminal.figures(HEADINGS, live_rows(report.record))
    terminal.says("", *live_in_words(report.record), "", f"Report: {folder / 'index.html'}", f"Files:  {folder}")


def compare(config: Config, ledger: Ledger, means: Means, now: datetime) -> LiveReport:
    """Trade the recorded market and today's prices of the same days, and put the two side by side.

    `means` has no store: what the evenings left in one would be compared with itself.
    """
    record = ledger.read()
    if record is None:
        raise LedgerError(f"there is no ledger of {config.ticker} in {ledger.path.parent} - --paper begins one")
    require_same_terms(record, config)
    variants = variants_in(record.opening, config)
    prices = prices_since(record.first_day, replace(config, end=None), now)
    require_same_source(record, prices)
    bars = prices.frame.loc[: record.last_day]
    today = continued(record.books.market[COLUMNS], prices.frame)
    books, live = traded(record.books.market, variants, config)
    require_unchanged(record.books, books, config)
    market = market_of_evenings(bars, record.paper_day, record.paper_day, variants, config, means)
    _, backtest = traded(market, variants, config)
    forecasts = forecasts_of(record, market)
    return LiveReport(
        ticker=config.ticker,
        source=prices.source,
        live=live,
        backtest=backtest,
        forecasts=forecasts,
        record=LiveRecord.of(live, backtest, forecasts, late=int(forecasts["late"].sum()), scale=today.scale),
        config=terms_of(config),
        notes=(*prices.notes, *today.notes),
    )


def forecasts_of(record: Record, market: pd.DataFrame) -> pd.DataFrame:
    """Return the predicted returns of each day that was traded: `live`, `backtest`, and whether recorded `late`."""
    live = record.books.market.loc[record.paper_day :, "predicted_return"]
    backtest = market["predicted_return"].reindex(live.index)
    return pd.DataFrame({"live": live, "backtest": backtest, "late": are_late(record).loc[record.paper_day :]})


def are_late(record: Record) -> pd.Series:
    """Tell of each day whether its row was recorded on an evening that knew a later one, or many days after it.

    The latter is a replay of history. Up to a week may lie between a session and the next evening.
    """
    evenings = record.evenings.loc[record.evening_of]
    days = record.evening_of.index
    recorded = pd.to_datetime(evenings["recorded"]).dt.tz_convert(None).to_numpy()
    knew_later = evenings["day"].to_numpy() > days.to_numpy()
    return pd.Series(knew_later | (recorded - days.to_numpy() > timedelta(LONGEST_CLOSURE_DAYS)), days)

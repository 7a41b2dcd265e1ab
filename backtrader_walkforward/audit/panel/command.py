"""The command `audit` with `--tickers A,B,C`: every check of a panel in the order of the flow, and its report."""

from collections.abc import Iterator, Sequence

import pandas as pd

from backtrader_walkforward.audit.audit_report import AuditReport, PanelPrices
from backtrader_walkforward.audit.audited_run import cache_of_fits
from backtrader_walkforward.audit.check_equity import check_reconciliation
from backtrader_walkforward.audit.check_fills import check_fills
from backtrader_walkforward.audit.check_trading import strategy_room, trading_runs
from backtrader_walkforward.audit.clean_room import CleanRoom, findings_of
from backtrader_walkforward.audit.finding import Finding, merge_findings
from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel
from backtrader_walkforward.audit.panel.check_accounts import check_accounts
from backtrader_walkforward.audit.panel.check_books import book_rooms
from backtrader_walkforward.audit.panel.check_forecasts import folds_compared, panel_forecast_rooms
from backtrader_walkforward.audit.panel.check_learning import (
    check_panel_targets,
    feature_days,
    named,
    panel_features_day_by_day,
    perturbed_panel_rooms,
)
from backtrader_walkforward.audit.panel.check_order import order_rooms
from backtrader_walkforward.audit.panel.trade_books import with_books
from backtrader_walkforward.audit.perturbed_history import PERTURBATIONS, audit_dates, dates_text, finding_on_dates
from backtrader_walkforward.data import Prices
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.panels.run import chosen_strategies
from backtrader_walkforward.panels.tasks.fetching import load_all
from backtrader_walkforward.panels.universe import settings_of_tickers, with_universe, without_books
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study import Stages
from backtrader_walkforward.study.plugin_notes import notes_on_plugins
from backtrader_walkforward.system.text import pluralize


def make_panel_report(settings: Settings) -> AuditReport:
    """Run the stages of all tickers and every check. Nothing is written but the cache."""
    settings = with_universe(settings)
    sizing, ranking = chosen_strategies(settings)
    stages = Stages.of(without_books(settings, sizing))
    prices, failed = loaded(settings, sizing)
    with cache_of_fits(settings) as cache:
        with process_pool(settings.machine.workers) as pool:
            panel, without_run = AuditedPanel.of(settings, stages, prices, cache, pool)
        panel = with_books(panel, ranking)
        dates = dates_of(panel)
        findings = merge_findings(audit_panel(panel, dates))
    left_out = failed | without_run
    notes = [f"{ticker} is not audited: {why}" for ticker, why in sorted(left_out.items())]
    audited = {ticker: prices[ticker] for ticker in panel.runs}
    label = PanelPrices(
        {ticker: one.sha256 for ticker, one in audited.items()},
        f"{pluralize(len(audited), 'ticker')}, {', '.join(sorted({one.origin for one in audited.values()}))}",
        (*cache.notes, *notes, *notes_on_plugins()),
    )
    return AuditReport(settings, label, dates, findings, None, coverage_of(panel, dates))


def loaded(settings: Settings, sizing: Sequence[str] | None) -> tuple[dict[str, Prices], dict[str, str]]:
    """Return the prices of each ticker in alphabetical order, and why others have none."""
    members = settings_of_tickers(settings, sizing)
    found = members | dict(load_all({ticker: one for ticker, one in members.items() if isinstance(one, Settings)}))
    failed = {ticker: str(one) for ticker, one in found.items() if isinstance(one, UserError)}
    return {ticker: one for ticker, one in sorted(found.items()) if isinstance(one, Prices)}, failed


def dates_of(panel: AuditedPanel) -> list[pd.Timestamp]:
    """Return the dates of the audit: those of the longest test, and of the others that it leaves without a date."""
    dates: list[pd.Timestamp] = []
    for run in sorted(panel.runs.values(), key=lambda run: -len(run.table)):
        first, last = run.table.index[0], run.table.index[-1]
        if not any(first <= date < last for date in dates):
            dates += audit_dates(run)
    return dates


def audit_panel(panel: AuditedPanel, dates: Sequence[pd.Timestamp]) -> Iterator[Finding]:
    """Yield the findings of every check. What is computed again is computed in clean rooms."""
    yield finding_on_dates(dates)
    yield from check_panel_targets(panel)
    rooms = [panel_features_day_by_day(panel), *perturbed_panel_rooms(panel, dates)]
    rooms += [*panel_forecast_rooms(panel, dates), *book_rooms(panel, dates), *order_rooms(panel)]
    yield from findings_of(rooms, panel.settings.machine.workers)
    yield from check_accounts(panel)
    for ticker in panel.runs:
        yield from named(ticker, audit_trading(panel, ticker))


def audit_trading(panel: AuditedPanel, ticker: str) -> Iterator[Finding]:
    """Yield the findings on the strategies that trade one ticker alone: their weights, fills and equity."""
    runs, synthetic = trading_runs(panel.runs[ticker])
    yield from synthetic
    rooms: list[CleanRoom] = [strategy_room(run, run.traded_variants) for run in runs]
    yield from findings_of(rooms, panel.settings.machine.workers)
    for run in runs:
        yield from check_reconciliation(run)
        yield from check_fills(run)


def coverage_of(panel: AuditedPanel, dates: Sequence[pd.Timestamp]) -> dict[str, str]:
    """Return how much of each stage was compared."""
    tickers, fitted = pluralize(len(panel.runs), "ticker"), folds_compared(panel, dates)
    on_dates = dates_text(dates)
    days, books = len(feature_days(panel)), ", ".join(panel.books)
    reverse = "forecasts and books" if panel.has_cheap_fits else "books"
    return {
        "features": f"of {tickers} on {days} days, from histories of all that end on the day",
        "training rows, signals": f"of {tickers} up to {on_dates}, later rows of all {', '.join(PERTURBATIONS)}",
        "forecasts": f"of {tickers}, day by day, with {pluralize(len(fitted), 'new fit')} of {len(panel.folds)}",
        "strategies": f"of each of {tickers}, bar by bar",
        "books": f"{books}: day by day, and with histories that end on {on_dates}",
        "order of tickers": f"{reverse}, made again with the last ticker first",
    }

"""The commands `paper`, a session of the paper accounts, and `paper-report`, their comparison with a backtest."""

from collections.abc import Sequence
from datetime import UTC, datetime

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.forecasting import as_text, ensemble_members
from backtrader_walkforward.live.paper.backtest_comparison import compare
from backtrader_walkforward.live.paper.corporate_actions import read_confirmations
from backtrader_walkforward.live.paper.paper_ledger import PaperLedger
from backtrader_walkforward.live.paper.session import run_session
from backtrader_walkforward.live.paper.statement import show_statement
from backtrader_walkforward.live.paper.trading import ForecastResources
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.reports import check_writable
from backtrader_walkforward.reports.live_comparison import live_section, write_live_report
from backtrader_walkforward.reports.run_folder import first_page
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.study.plugin_notes import notes_on_plugins
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.files import data_folder


def run_paper(settings: Settings, *, confirm: Sequence[str] = (), now: datetime | None = None) -> None:
    """Run a session (`run_session`) in the ledger of the ticker, and print the accounts and their orders."""
    confirmed = read_confirmations(confirm)
    terminal, ledger = Terminal(quiet=settings.report.quiet), ledger_of(settings)
    terminal.stage("Paper", f"{settings.data.ticker}, {as_text(ensemble_members(settings))}: {ledger.path}")
    cache = Cache("forecasts", settings.machine.cache_dir) if settings.machine.use_cache else None
    with process_pool(settings.machine.workers) as pool, terminal.progress("training") as on_fold:
        resources = ForecastResources(pool, cache, on_fold)
        session = run_session(settings, ledger, resources, now=now, confirmed=confirmed)
    terminal.notes([*(cache.notes if cache else ()), *notes_on_plugins()])
    show_statement(session, terminal)


def run_paper_report(settings: Settings, *, now: datetime | None = None) -> None:
    """Compare the ledger with a backtest of its days (`compare`), print a table, and write the files of the report."""
    terminal, now = Terminal(quiet=settings.report.quiet), (now or datetime.now(UTC)).astimezone(UTC)
    check_writable(settings.report.out)
    terminal.stage("Paper report", f"{settings.data.ticker}: {ledger_of(settings).path}")
    with process_pool(settings.machine.workers) as pool:
        with terminal.progress("training") as on_fold:
            report = compare(settings, ledger_of(settings), ForecastResources(pool, on_fold=on_fold), now)
        terminal.notes(report.notes)
        folder = write_live_report(report, settings, f"{now.astimezone():%Y%m%d_%H%M%S}", pool)
    section = live_section(report.record, name_of_bar(report.live.benchmark.bars_a_year))
    terminal.says("")
    for table in section.tables:
        terminal.figures(table.headings, table.rows)
    terminal.says("", *section.sentences, "", f"Report: {first_page(folder)}")


def ledger_of(settings: Settings) -> PaperLedger:
    """Return the ledger of a ticker, in the folder of the user's data."""
    return PaperLedger(data_folder(settings.machine.cache_dir), settings.data.ticker)

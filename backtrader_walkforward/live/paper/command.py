"""`runner.py --paper`: one session of the paper accounts, and what they are after it."""

from datetime import datetime

from backtrader_walkforward.forecasting import as_text, ensemble_members
from backtrader_walkforward.live.paper.ledger import Ledger
from backtrader_walkforward.live.paper.session import ForecastResources, run_session
from backtrader_walkforward.live.paper.statement import statement_of
from backtrader_walkforward.live.paper.statement_text import show_statement
from backtrader_walkforward.reports.terminal import Terminal
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.folders import data_folder
from backtrader_walkforward.system.processes import process_pool


def run_paper(settings: Settings, *, now: datetime | None = None) -> None:
    """Record what the ledger of `settings.data.ticker` lacks up to the last session, and print its accounts and orders.

    Parameters
    ----------
    now : datetime, optional
        The present, as `run_session` has it.

    Raises
    ------
    UserError
        If the ledger, the prices, the settings or a strategy do not allow it. Nothing is recorded then.
    """
    terminal, ledger = Terminal(quiet=settings.report.quiet), ledger_of(settings)
    terminal.stage("Paper", f"{settings.data.ticker}, {as_text(ensemble_members(settings))}: {ledger.path}")
    store = Cache("forecasts", settings.machine.cache_dir) if settings.machine.use_cache else None
    with process_pool(settings.machine.workers) as pool, terminal.progress("training") as on_fold:
        session = run_session(settings, ledger, ForecastResources(pool, store, on_fold), now=now)
    terminal.notes(store.notes if store else ())
    show_statement(statement_of(session, settings), terminal)


def ledger_of(settings: Settings) -> Ledger:
    """Return the ledger of a ticker, in the folder of what cannot be made anew."""
    return Ledger(data_folder(settings.machine.cache_dir), settings.data.ticker)

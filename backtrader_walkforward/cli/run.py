"""The default command: from prices to reports, a stage a line."""

from datetime import datetime
from typing import TYPE_CHECKING

from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.gc_tuning import keep

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from backtrader_walkforward.trading.variants import Variant

SHEETS = {"all": "a tear sheet a variant", "best": "the tear sheet of the best", "none": "no tear sheets"}


def run(settings: Settings) -> None:
    """Run every stage with one pool of processes, which train, trade the nulls and draw.

    Raises
    ------
    UserError
        If the prices, the settings or a strategy do not allow a result. Nothing is written then.
    """
    # Imported here and below, so that --help and a wrong argument answer at once.
    from backtrader_walkforward.reports import check_writable
    from backtrader_walkforward.system.processes import process_pool
    from backtrader_walkforward.trading.variants import find_strategies, variants_of

    check_writable(settings.report.out)
    variants = variants_of(find_strategies(settings.trading.strategies))
    with process_pool(settings.machine.workers) as pool:
        warm_up_drawing_workers(settings, pool)
        run_stages(settings, variants, pool)


def warm_up_drawing_workers(settings: Settings, pool: "Executor | None") -> None:
    """Let the processes that will draw import what they need, while this one imports the rest: one a core at most."""
    from backtrader_walkforward.reports.tear_sheets.quantstats_sheet import prepare_to_draw
    from backtrader_walkforward.system.cores import usable_cores

    if pool:
        most = {"all": usable_cores(), "best": 1, "none": 0}[settings.report.tearsheets]
        for _ in range(min(most, settings.machine.workers)):
            pool.submit(prepare_to_draw)


def run_stages(settings: Settings, variants: "list[Variant]", pool: "Executor | None") -> None:
    """Go from prices to reports, a stage a line."""
    from backtrader_walkforward.forecasting import ensemble_members
    from backtrader_walkforward.reports import begin_sheets, write_reports
    from backtrader_walkforward.reports.terminal import Terminal
    from backtrader_walkforward.study import (
        assessed,
        make_forecasts,
        notes_of,
        prices_of,
        record_trials,
        run_diagnostics,
        run_variants,
        summarize_run,
    )

    keep("stages and reports")
    terminal = Terminal(quiet=settings.report.quiet)
    ensemble_members(settings)  # whose names may be unknown: better said before anything is fetched
    prices = prices_of(settings, terminal)
    forecasts = features, by_seed, forecast_summary = make_forecasts(prices, settings, pool, terminal)

    terminal.stage("Backtest", f"{len(variants)} variants and buy & hold, {settings.trading.capital:,.0f} each")
    runs_by_seed = {seed: run_variants(prices, features, made, variants, settings) for seed, made in by_seed.items()}
    comparison = runs_by_seed[settings.forecast.seed].comparison
    sheets = begin_sheets(comparison, prices.ticker, prices.source, settings, pool)
    tried = record_trials(runs_by_seed, variants, prices, settings)
    notes = (*tried.notes, *notes_of(runs_by_seed[settings.forecast.seed], variants, settings))
    terminal.notes(notes)
    # While the pool draws, the nulls are traded here.
    beside = run_diagnostics(runs_by_seed, variants, settings, None if sheets.names else pool)
    significance = assessed(comparison, forecast_summary, tried, settings, beside.seeds)
    summary = summarize_run(settings, prices.with_notes(*notes), forecasts, comparison, significance, beside)

    terminal.stage("Reports", SHEETS[settings.report.tearsheets])
    with terminal.progress("tear sheets") as on_sheet:
        written = write_reports(summary, settings, timestamp(), on_sheet, sheets)
    terminal.summary(summary)
    terminal.files(written)


def timestamp() -> str:
    """Return the moment as file names have it: 20251017_143522."""
    return datetime.now().strftime("%Y%m%d_%H%M%S")

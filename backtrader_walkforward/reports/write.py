"""Everything a run leaves on disk: the chart, and a folder that appears when it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import TYPE_CHECKING, NamedTuple

from backtrader_walkforward.reports.columns import measures_of, ranking_metrics
from backtrader_walkforward.reports.csv_files import csv_tables, to_csv
from backtrader_walkforward.reports.pages.index_page import index_page
from backtrader_walkforward.reports.results_json import results_json
from backtrader_walkforward.reports.run_folder import (
    WrittenFiles,
    file_stems,
    publish,
    safe_stem,
    staging_folder,
    writable,
)
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.reports.tear_sheets.page import SheetTask
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.settings_file import settings_toml
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.files import write_whole

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.evaluation.result import BacktestResult


def write_reports(
    summary: RunSummary,
    settings: Settings,
    timestamp: str,
    on_sheet: Callable[[str, int], None] = lambda name, sheets: None,
    sheets: Sheets | None = None,
) -> WrittenFiles:
    """Write `charts/{TICKER}_{STRATEGY}_{TIMESTAMP}.png` and `runs/{TICKER}_{TIMESTAMP}/` under `settings.report.out`.

    The folder is filled out of sight and moved in when whole; where its name is taken it gets `_2`, `_3` and so on.
    Nothing inside it depends on `settings.report.out` or `timestamp`.

    Parameters
    ----------
    settings
        Of them, `out`, `tearsheets`, `use_cache` and `cache_dir`.
    on_sheet
        Called with the name of each variant whose tear sheet is drawn and the number of all sheets.
    sheets
        The tear sheets if they have begun; left out, they are drawn here, one after the other.

    Raises
    ------
    UserError
        If `settings.report.out` cannot be written; nothing of the run is left then.
    """
    from backtrader_walkforward.reports.chart import draw_chart

    comparison = summary.comparison
    sheets = sheets or begin_sheets(comparison, summary.ticker, summary.source, settings)
    chart = draw_chart(summary)
    addresses = {name: f"tearsheets/{stem}.html" for name, stem in file_stems(sheets.names).items()}
    sections = sections_of(summary)
    tables = csv_tables(summary, sections)
    files = ("results.json", *tables)
    ticker, best = safe_stem(summary.ticker), safe_stem(comparison.best.name)
    with writable(settings.report.out), staging_folder(settings.report.out / "runs", ticker) as folder:
        for name, table in tables.items():
            write_whole(folder / name, to_csv(table))
        for name, page in zip(sheets.names, sheets.pages, strict=True):
            write_whole(folder / addresses[name], page)
            on_sheet(name, len(sheets.names))
        write_whole(folder / "index.html", index_page(summary, sections, chart, addresses, files))
        write_whole(folder / "settings.toml", settings_toml(settings, prices_sha256=summary.data_sha256))
        write_whole(folder / "results.json", results_json(summary, sections))
        return publish(folder, chart, settings.report.out, ticker, f"{ticker}_{best}", timestamp)


class Sheets(NamedTuple):
    """Names of the tear sheets, and their pages, which may still be drawn."""

    names: list[str]
    pages: Iterator[str]


def begin_sheets(
    comparison: Comparison, ticker: str, source: str, settings: Settings, executor: Executor | None = None
) -> Sheets:
    """Return the tear sheets that `settings` asks for, found in the cache or drawn from now on.

    Parameters
    ----------
    settings
        Of them, `tearsheets`, `use_cache` and `cache_dir`.
    executor
        Where they are drawn, `process_pool(workers)` for one; left out, here, one after the other, as they are asked
        for. The pages are the same.
    """
    results = results_to_draw(comparison, settings)
    names = [result.name for result in results]
    if not results:
        return Sheets(names, iter(()))
    from backtrader_walkforward.reports.tear_sheets.draw import draw_tear_sheets

    tasks = [sheet_task(result, comparison.benchmark, ticker, source) for result in results]
    cache = Cache("tear_sheets", settings.machine.cache_dir) if settings.machine.use_cache else None
    return Sheets(names, draw_tear_sheets(tasks, executor, cache))


def results_to_draw(comparison: Comparison, settings: Settings) -> list[BacktestResult]:
    """Return the results whose tear sheets `settings.report.tearsheets` asks for."""
    return {"all": list(comparison.ranked), "best": [comparison.best], "none": []}[settings.report.tearsheets]


def sheet_task(
    result: BacktestResult, benchmark: BacktestResult, ticker: str, source: str, benchmark_name: str = "buy & hold"
) -> SheetTask:
    """Return the plain data from which one tear sheet is drawn."""
    return SheetTask(
        ticker=ticker,
        source=source,
        equity=result.equity,
        returns=result.returns,
        benchmark_equity=benchmark.equity,
        benchmark_returns=benchmark.returns,
        cash_rate=result.cash_rate,
        measures=measures_of(result),
        benchmark_measures=measures_of(benchmark),
        metrics=ranking_metrics(result),
        benchmark_name=benchmark_name,
    )

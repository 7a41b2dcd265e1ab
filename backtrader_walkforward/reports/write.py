"""The files of a run: the chart, and a folder that appears when it is whole."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from itertools import chain

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.reports.csv_files import csv_tables, to_csv
from backtrader_walkforward.reports.pages.index_page import index_page
from backtrader_walkforward.reports.results_json import results_json
from backtrader_walkforward.reports.run_folder import WrittenFiles, file_stems, safe_stem, write_run
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.reports.tear_sheets.page import SheetTask
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.settings_file import settings_toml
from backtrader_walkforward.system.cache import Cache

OnSheet = Callable[[str, int], None]


def write_reports(
    summary: RunSummary,
    settings: Settings,
    timestamp: str,
    executor: Executor | None = None,
    on_sheet: OnSheet = lambda name, sheets: None,
) -> WrittenFiles:
    """Write `charts/{TICKER}_{STRATEGY}_{TIMESTAMP}.png` and `runs/{TICKER}_{TIMESTAMP}/` under `settings.report.out`.

    Nothing inside the folder depends on `settings.report.out` or `timestamp`.

    Parameters
    ----------
    settings
        Of them, `out`, `tearsheets`, `use_cache` and `cache_dir`.
    executor
        Processes that draw the tear sheets; this one by default.
    on_sheet
        Called with the name of each variant whose tear sheet is drawn and the number of all sheets.

    Raises
    ------
    UserError
        If `settings.report.out` cannot be written; nothing of the run is left then.
    """
    from backtrader_walkforward.reports.chart import draw_chart

    comparison, sections, chart = summary.comparison, sections_of(summary), draw_chart(summary)
    hold, ticker = comparison.benchmark, safe_stem(summary.ticker)
    sheets = {
        result.name: SheetTask.of(result, hold, summary.ticker, summary.source)
        for result in results_to_draw(comparison, settings)
    }
    tables = csv_tables(summary, sections)
    texts = {name: to_csv(table) for name, table in tables.items()}
    texts["settings.toml"] = settings_toml(settings)
    names = sorted([*texts, "results.json"])
    texts["index.html"] = index_page(summary, sections, chart, sheet_addresses(sheets), names)
    texts["results.json"] = results_json(summary, sections)  # last: where it is, the run is complete
    files = chain(drawn(sheets, settings, executor, on_sheet), texts.items())
    picture = f"{ticker}_{safe_stem(comparison.best.name)}"
    return write_run(settings.report.out, ticker, timestamp, files, {picture: chart})


def results_to_draw(comparison: Comparison, settings: Settings) -> list[BacktestResult]:
    """Return the results whose tear sheets `settings.report.tearsheets` asks for."""
    return {"all": list(comparison.ranked), "best": [comparison.best], "none": []}[settings.report.tearsheets]


def sheet_addresses(sheets: Mapping[str, SheetTask]) -> dict[str, str]:
    """Return where the tear sheet of each variant is in the run folder."""
    return {name: f"tearsheets/{stem}.html" for name, stem in file_stems(list(sheets)).items()}


def drawn(
    sheets: Mapping[str, SheetTask],
    settings: Settings,
    executor: Executor | None,
    on_sheet: OnSheet = lambda name, sheets: None,
) -> Iterator[tuple[str, str]]:
    """Yield the address and the page of each tear sheet, found in the cache or drawn now."""
    if not sheets:
        return
    from backtrader_walkforward.reports.tear_sheets.draw import draw_tear_sheets

    cache = Cache("tear_sheets", settings.machine.cache_dir) if settings.machine.use_cache else None
    pages = draw_tear_sheets(list(sheets.values()), executor, cache)
    for (name, address), page in zip(sheet_addresses(sheets).items(), pages, strict=True):
        yield address, page
        on_sheet(name, len(sheets))

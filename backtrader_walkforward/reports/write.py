"""The files of a run: the chart, and a folder that appears when it is whole."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from itertools import chain

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.data_files import csv_tables, results_json, to_csv
from backtrader_walkforward.reports.pages.index_page import index_page
from backtrader_walkforward.reports.run_folder import WrittenFiles, file_stems, safe_stem, write_run
from backtrader_walkforward.reports.run_summary import RunSummary, SheetTask
from backtrader_walkforward.reports.sections import sections_of
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
    runs: str = "runs",
) -> WrittenFiles:
    """Write `charts/{TICKER}_{STRATEGY}_{TIMESTAMP}.png` and `{runs}/{TICKER}_{TIMESTAMP}/` in `settings.report.out`.

    Nothing inside the folder depends on `settings.report.out` or `timestamp`. The other arguments are those of
    `Result.save`.

    Raises
    ------
    UserError
        If `settings.report.out` cannot be written; nothing of the run is left then.
    """
    from backtrader_walkforward.reports.drawing.chart import draw_chart
    from backtrader_walkforward.reports.explore.page import report_page

    comparison, prices, chart = summary.comparison, summary.prices, draw_chart(summary)
    sections, ticker = sections_of(summary), safe_stem(prices.ticker)
    sheets, texts_of_all = sheet_addresses(comparison, settings), {"ticker": prices.ticker, "source": prices.source}
    tasks = [
        SheetTask.of(result, comparison.benchmark, summary.significance, **texts_of_all)
        for result in comparison.ranked
        if result.name in sheets
    ]
    texts = {name: to_csv(table) for name, table in csv_tables(summary, sections).items()}
    texts["settings.toml"] = settings_toml(settings)
    names = sorted([*texts, "results.json"])
    texts["report.html"] = report_page(summary, sections, sheets)
    texts["index.html"] = index_page(summary, sections, sheets, names)
    texts["results.json"] = results_json(summary, sections)  # last: where it is, the run is complete
    files = chain(zip(sheets.values(), draw(tasks, settings, executor, on_sheet), strict=True), texts.items())
    picture = f"{ticker}_{safe_stem(comparison.best.name)}"
    return write_run(settings.report.out, ticker, timestamp, files, {picture: chart}, runs)


def sheet_addresses(comparison: Comparison, settings: Settings) -> dict[str, str]:
    """Return where in the run folder the tear sheet of each variant is that `settings.report.tearsheets` asks for."""
    asked = {"all": comparison.ranked, "best": comparison.ranked[:1], "none": ()}[settings.report.tearsheets]
    return {name: f"tearsheets/{stem}.html" for name, stem in file_stems([result.name for result in asked]).items()}


def draw(
    tasks: list[SheetTask],
    settings: Settings,
    executor: Executor | None,
    on_sheet: OnSheet = lambda name, sheets: None,
) -> Iterator[str]:
    """Yield the page of each tear sheet, found in the cache or drawn now."""
    if not tasks:
        return
    from backtrader_walkforward.reports.drawing.tear_sheets import draw_tear_sheets

    cache = Cache("tear_sheets", settings.machine.cache_dir) if settings.machine.use_cache else None
    for task, page in zip(tasks, draw_tear_sheets(tasks, executor, cache), strict=True):
        yield page
        on_sheet(task.result.name, len(tasks))

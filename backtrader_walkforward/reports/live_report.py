"""The files of a live record and its backtest: a page, figures for programs, curves and tear sheets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison, LiveRecord
from backtrader_walkforward.reports.columns import traded_period
from backtrader_walkforward.reports.csv_files import to_csv
from backtrader_walkforward.reports.formatting import json_tree, readable_date
from backtrader_walkforward.reports.live_section import live_section
from backtrader_walkforward.reports.pages.page import (
    definition_list,
    escape_values,
    escaped,
    notes_html,
    page,
    table_html,
)
from backtrader_walkforward.reports.run_folder import file_stems, publish_alone, safe_stem, staging_folder, writable
from backtrader_walkforward.reports.write import results_to_draw, sheet_task
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.cache import Cache
from backtrader_walkforward.system.files import write_whole

if TYPE_CHECKING:
    from backtrader_walkforward.reports.tear_sheets.page import SheetTask

BACKTEST = "backtest"


@dataclass(frozen=True, kw_only=True)
class LiveReport:
    """A live record and its backtest: all that their report is made from.

    `live` and `backtest` traded the same days; `forecasts` has the predicted returns of both (`live`, `backtest`) and
    whether one was recorded `late`, by day. `settings` are the settings that decide the results.
    """

    ticker: str
    source: str
    live: Comparison
    backtest: Comparison
    forecasts: pd.DataFrame
    record: LiveRecord
    settings: Mapping[str, Any]
    notes: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[BacktestResult, BacktestResult]]:
        """Each variant live and in the backtest, as ranked live, buy & hold last."""
        others = {result.name: result for result in self.backtest.results}
        return [(result, others[result.name]) for result in self.live.results]


def write_live_report(report: LiveReport, settings: Settings, timestamp: str, executor: Executor | None = None) -> Path:
    """Write `runs/{TICKER}_paper_{TIMESTAMP}/` under `settings.report.out`, whole or not at all; return where it is.

    Parameters
    ----------
    settings
        Of them, `out`, `tearsheets`, `use_cache` and `cache_dir`.
    executor
        Where the tear sheets are drawn; left out, here.

    Raises
    ------
    UserError
        If `settings.report.out` cannot be written.
    """
    name = f"{safe_stem(report.ticker)}_paper"
    tasks = sheet_tasks(report, settings)
    stems = {variant: f"tearsheets/{stem}.html" for variant, stem in file_stems(list(tasks)).items()}
    with writable(settings.report.out), staging_folder(settings.report.out / "runs", name) as folder:
        for variant, drawn in zip(stems, draw(list(tasks.values()), settings, executor), strict=True):
            write_whole(folder / stems[variant], drawn)
        write_whole(folder / "equity.csv", to_csv(equity_table(report).reset_index()))
        write_whole(folder / "forecasts.csv", to_csv(report.forecasts.rename_axis("date").reset_index()))
        write_whole(folder / "index.html", live_page(report, stems))
        write_whole(folder / "paper.json", json.dumps(entry_of(report), indent=2, allow_nan=False) + "\n")
        return publish_alone(folder, settings.report.out / "runs" / f"{name}_{timestamp}")


def sheet_tasks(report: LiveReport, settings: Settings) -> dict[str, SheetTask]:
    """Return what the tear sheets are drawn from: each variant live, against its own backtest."""
    asked = {result.name for result in results_to_draw(report.live, settings)}
    return {
        live.name: sheet_task(live, backtest, report.ticker, f"paper account, {report.source}", BACKTEST)
        for live, backtest in report.pairs
        if live.name in asked
    }


def draw(tasks: Sequence[SheetTask], settings: Settings, executor: Executor | None) -> Sequence[str]:
    """Return the pages of the tear sheets."""
    if not tasks:
        return []
    from backtrader_walkforward.reports.tear_sheets.draw import draw_tear_sheets

    cache = Cache("tear_sheets", settings.machine.cache_dir) if settings.machine.use_cache else None
    return list(draw_tear_sheets(tasks, executor, cache))


def equity_table(report: LiveReport) -> pd.DataFrame:
    """Return equity at each close, `NAME/live` beside `NAME/backtest`."""
    columns: dict[str, pd.Series] = {}
    for live, backtest in report.pairs:
        columns |= {f"{live.name}/live": live.equity, f"{live.name}/{BACKTEST}": backtest.equity}
    return pd.DataFrame(columns).rename_axis("date")


def entry_of(report: LiveReport) -> dict[str, Any]:
    """Return the report as plain JSON values."""
    first, last = traded_period(report.live)
    return json_tree(
        {
            "ticker": report.ticker,
            "source": report.source,
            "first_date": first,
            "last_date": last,
            "settings": dict(sorted(report.settings.items())),
            **live_section(report.record).entry,
            "notes": list(report.notes),
        }
    )


def live_page(report: LiveReport, sheets: Mapping[str, str]) -> str:
    """Return the page: the verdict, and the table with a link to each tear sheet."""
    first, last = map(readable_date, traded_period(report.live))
    section = live_section(report.record)
    verdict, *more = section.sentences
    return page(
        "live.html",
        title=escaped(f"{report.ticker}: paper trading compared with its backtest"),
        dates=f"{first} to {last}",
        source=escaped(report.source),
        verdict=escaped(verdict),
        notes=notes_html((*more, *report.notes)),
        table="\n".join(table_html(table, sheets) for table in section.tables),
        settings=definition_list(escape_values(dict(sorted(report.settings.items())))),
    )

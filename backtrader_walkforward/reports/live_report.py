"""The files of a live record and its backtest: a page, figures for programs, curves and tear sheets."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

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
from backtrader_walkforward.reports.results_json import json_text
from backtrader_walkforward.reports.run_folder import safe_stem, write_run
from backtrader_walkforward.reports.tear_sheets.page import SheetTask
from backtrader_walkforward.reports.write import drawn, results_to_draw, sheet_addresses
from backtrader_walkforward.settings.settings import Settings

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
    asked = {result.name for result in results_to_draw(report.live, settings)}
    sheets = {
        live.name: SheetTask.of(live, backtest, report.ticker, f"paper account, {report.source}", BACKTEST)
        for live, backtest in report.pairs
        if live.name in asked
    }
    texts = {
        "equity.csv": to_csv(equity_table(report).reset_index()),
        "forecasts.csv": to_csv(report.forecasts.rename_axis("date").reset_index()),
        "index.html": live_page(report, sheet_addresses(sheets)),
        "paper.json": json_text(entry_of(report)),
    }
    files = chain(drawn(sheets, settings, executor), texts.items())
    return write_run(settings.report.out, f"{safe_stem(report.ticker)}_paper", timestamp, files).run_folder


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

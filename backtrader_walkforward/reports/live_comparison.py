"""A live record compared with its backtest: sentences and a table, a page, figures for programs, and tear sheets."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import BacktestResult, Comparison, LiveRecord
from backtrader_walkforward.reports.data_files import json_text, to_csv
from backtrader_walkforward.reports.formatting import count, number, origin_text, percent, period_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.run_folder import safe_stem, write_run
from backtrader_walkforward.reports.run_summary import SheetTask
from backtrader_walkforward.reports.section import Section, Table
from backtrader_walkforward.reports.sections.significance import significance_entry
from backtrader_walkforward.reports.write import draw, sheet_addresses
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.system.text import pluralize

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
    significance: Significance
    settings: Mapping[str, Any]
    notes: tuple[str, ...]

    @property
    def pairs(self) -> list[tuple[BacktestResult, BacktestResult]]:
        """Each variant live and in the backtest, as ranked live, buy & hold last."""
        others = {result.name: result for result in self.backtest.results}
        return [(result, others[result.name]) for result in self.live.results]


def write_live_report(report: LiveReport, settings: Settings, timestamp: str, executor: Executor | None = None) -> Path:
    """Write `runs/{TICKER}_paper_{TIMESTAMP}/` under `settings.report.out`, whole or not at all; return where it is.

    Raises
    ------
    UserError
        If `settings.report.out` cannot be written.
    """
    sheets, source = sheet_addresses(report.live, settings), f"paper account, {report.source}"
    names = {"ticker": report.ticker, "source": source, "benchmark_name": BACKTEST}
    tasks = [
        SheetTask.of(live, backtest, report.significance, **names)
        for live, backtest in report.pairs
        if live.name in sheets
    ]
    curves: dict[str, pd.Series] = {}
    for live, backtest in report.pairs:
        curves |= {f"{live.name}/live": live.equity, f"{live.name}/{BACKTEST}": backtest.equity}
    texts = {
        "equity.csv": to_csv(pd.DataFrame(curves).rename_axis("date").reset_index()),
        "forecasts.csv": to_csv(report.forecasts.rename_axis("date").reset_index()),
        "index.html": live_page(report, sheets),
        "report.html": live_report_page(report),
        "paper.json": json_text(_entry(report)),
    }
    files = chain(zip(sheets.values(), draw(tasks, settings, executor), strict=True), texts.items())
    return write_run(settings.report.out, f"{safe_stem(report.ticker)}_paper", timestamp, files).run_folder


def _entry(report: LiveReport) -> dict[str, Any]:
    """Return the keys of `paper.json`."""
    days = report.live.benchmark.equity.index
    return {
        "ticker": report.ticker,
        "source": report.source,
        "first_date": days[0],
        "last_date": days[-1],
        "settings": dict(sorted(report.settings.items())),
        **live_section(report.record).entry,
        "significance": significance_entry(report.significance),
        "notes": report.notes,
    }


def live_page(report: LiveReport, sheets: Mapping[str, str]) -> str:
    """Return the page: the answer, whether live and backtest agree, and the table with a link to each tear sheet."""
    section = live_section(report.record, name_of_bar(report.live.benchmark.bars_a_year))
    verdict, *more = section.sentences
    links = {name_text(name): address for name, address in sheets.items()}
    return html.page(
        "live.html",
        title=f"{report.ticker}: paper trading compared with its backtest",
        dates=period_text(report.live.benchmark.equity),
        origin=origin_text(report.source, report.settings),
        answer=html.verdict_html(report.significance.verdict),
        warnings=html.warnings_html(report.significance.warnings),
        verdict=verdict,
        notes=html.lines([html.explore_link(), html.notes_html((*more, *report.notes))]),
        table=html.lines(html.table_html(table, links) for table in section.tables),
        settings=html.settings_html("ledger", report.settings),
    )


def live_report_page(report: LiveReport) -> str:
    """Return the page with the charts of the live accounts."""
    from backtrader_walkforward.reports.explore.page import Top, explore_page
    from backtrader_walkforward.reports.explore.timeline import timeline_of_accounts

    top = Top(
        title=f"{report.ticker}: paper accounts to explore",
        origin=origin_text(report.source, report.settings),
        significance=report.significance,
        notes=report.notes,
    )
    return explore_page(top, report.live, timeline_of_accounts(report.live), {})


def live_section(record: LiveRecord, bar: str = "day") -> Section:
    """Return the comparison as a section; its first sentence is the verdict. `bar` is the name of a bar."""
    variants = record.variants.values()
    columns = {
        "Live": [percent(variant.live_return) for variant in variants],
        "Backtest": [percent(variant.backtest_return) for variant in variants],
        "Difference": [percent(variant.difference) for variant in variants],
        "Largest gap": [number(variant.largest_gap) for variant in variants],
        "Fills": [count(variant.fills) for variant in variants],
        "Differ": [count(variant.fills_that_differ) for variant in variants],
    }
    entries = [{"name": name, **asdict(its), "equal": its.is_equal} for name, its in record.variants.items()]
    return Section(
        sentences=[_verdict(record, bar), *_remarks(record)],
        tables=[Table.of_variants(record.variants, columns, folded=False, title="Live and backtest")],
        entry={"equal": record.is_equal, **asdict(record), "variants": entries},
    )


def _verdict(record: LiveRecord, bar: str) -> str:
    """Return whether live and backtest agree, and what follows."""
    if record.is_equal:
        return (
            f"Live and backtest agree to the cent on {pluralize(record.days, bar)}: the backtest used nothing that"
            " was unknown in the live sessions."
        )
    gaps = {name: variant.largest_gap for name, variant in record.variants.items() if not variant.is_equal}
    if not gaps:
        return "Live and backtest traded the same, from forecasts that differ."
    widest = max(gaps, key=lambda name: gaps[name])
    return (
        f"Live and backtest differ in {len(gaps)} of {len(record.variants)} accounts, most in {name_text(widest)}: by"
        f" {number(gaps[widest])} of equity. Possible reasons: prices that were corrected since, code or libraries that"
        " have changed, or a backtest that looks into the future."
    )


def _remarks(record: LiveRecord) -> Iterator[str]:
    """Yield how many forecasts differ in the backtest, and how many were not live, if some did or were not."""
    if record.forecasts_that_differ:
        gap = percent(record.largest_forecast_gap, 4)
        yield f"{record.forecasts_that_differ} of {record.days} forecasts differ, by up to {gap}."
    if record.late:
        yield (
            f"{record.late} of {record.days} forecasts were recorded late, when the next session had opened: they are a"
            " replay, not a live record."
        )

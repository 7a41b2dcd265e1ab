"""The files of a panel: a folder that appears when it is whole."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from backtrader_walkforward.reports.panel.data_files import csv_files, panel_json
from backtrader_walkforward.reports.panel.page import panel_page
from backtrader_walkforward.reports.panel.summary import PanelSummary
from backtrader_walkforward.reports.run_folder import WrittenFiles, file_stems, write_run
from backtrader_walkforward.settings.settings_file import settings_toml

PANEL = "PANEL"
"""Beginning of the name of a panel's folder."""


def write_panel(panel: PanelSummary, out: Path, timestamp: str, runs: str = "runs") -> WrittenFiles:
    """Write `out/{runs}/PANEL_{timestamp}/`; the same panel gives the same bytes.

    The pages of the tickers are read and written one after another, and never together in memory.

    Raises
    ------
    UserError
        If `out` cannot be written; nothing of the panel is left then.
    """
    links = page_addresses(panel)
    return write_run(out, PANEL, timestamp, chain(ticker_pages(panel, links), panel_files(panel, links)), runs=runs)


def page_addresses(panel: PanelSummary) -> dict[str, str]:
    """Return where in the folder the page of each ticker is."""
    stems = file_stems([str(ticker) for ticker in panel.tickers.index])
    return {ticker: f"tickers/{stem}.html" for ticker, stem in stems.items()}


def ticker_pages(panel: PanelSummary, links: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the page of each ticker with its address."""
    for ticker, address in links.items():
        yield address, panel.studies[ticker].page


def panel_files(panel: PanelSummary, links: dict[str, str]) -> Iterator[tuple[str, str | Iterable[str]]]:
    """Yield the other files by name; `results.json` is the last: where it is, the panel is complete."""
    from backtrader_walkforward.reports.panel.report_page import panel_report

    tables = csv_files(panel)
    yield from tables.items()
    yield "settings.toml", settings_toml(panel.settings)
    yield "index.html", panel_page(panel, links, sorted([*tables, "settings.toml", "results.json"]))
    yield "report.html", panel_report(panel, links)
    yield "results.json", panel_json(panel)

"""A browser, and the pages that it looks at: of a run, a panel and a paper account."""

from dataclasses import replace

import pandas as pd
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.evaluation import LiveRecord
from backtrader_walkforward.reports.drawing.tear_sheets import draw_tear_sheet
from backtrader_walkforward.reports.live_comparison import LiveReport, write_live_report
from backtrader_walkforward.reports.run_summary import SheetTask
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import assess_significance
from docs.tools.chromium import open_browser
from tests.browser.explored import DRAWN
from tests.browser.looks import Look, require_browser
from tests.reports.conftest import closes, comparison, forecasts, make_result, summary
from tests.reports.panel.conftest import panel, written

__all__ = ["closes", "comparison", "forecasts", "make_result", "panel", "summary", "written"]

QUICK = {"source": "sample", "predictor": "ridge", "threshold": 0.0, "lookback": 20, "null_models": 2, "workers": 1}
QUICK["strategies"] = ("kelly", "proportional", "volatility_adjusted")  # with the longest name
"""A run of two seconds with trades."""


@pytest.fixture(scope="module")
def browser():
    """Start Chromium once a file: while Playwright runs, no other test of the process can start an event loop."""
    require_browser()
    with open_browser() as browser:
        yield browser


@pytest.fixture
def look(browser):
    """Open pages; an error in the console or a request that leaves the page fails the test."""
    look = Look(browser)
    yield look
    look.close()


@pytest.fixture(scope="module")
def opened(browser, run_folder):
    """The report of the run at a desk, drawn once for a file of tests."""
    look = Look(browser)
    page = look(run_folder / "report.html")
    page.wait_for_selector(DRAWN)
    yield page
    look.close()


@pytest.fixture
def kept(opened):
    """That report as it opens: the best variant in detail, alone, for the whole test."""
    opened.locator("#logarithmic:checked, #accounts:checked").evaluate_all("boxes => boxes.map((box) => box.click())")
    opened.evaluate("choose({ slots: [0] })")
    opened.click("#whole")
    return opened


@pytest.fixture(scope="session")
def result():
    """A real run: the forecasts of ridge for the bundled sample, twelve variants, two null models."""
    return wf.run("SPY", **QUICK, tearsheets="best", use_cache=False)


@pytest.fixture(scope="session")
def run_folder(result, tmp_path_factory):
    """The folder of that run: `index.html`, the tear sheet of the best variant, the files of figures."""
    return result.save(tmp_path_factory.mktemp("run") / "runs", timestamp="20260102_030405").run_folder


@pytest.fixture(scope="session")
def index(run_folder):
    return run_folder / "index.html"


@pytest.fixture(scope="session")
def report(run_folder):
    return run_folder / "report.html"


@pytest.fixture
def page(look, report):
    page = look(report)
    page.wait_for_selector(DRAWN)
    return page


@pytest.fixture(scope="session")
def tear_sheet(run_folder):
    [sheet] = (run_folder / "tearsheets").iterdir()
    return sheet


@pytest.fixture(scope="session")
def panel_page(written):
    """The page of a panel of twelve tickers over three years."""
    return written.index


@pytest.fixture(scope="session")
def paper_page(comparison, tmp_path_factory):
    """The page of a paper account whose every variant is that of its backtest."""
    days = comparison.benchmark.equity.index
    forecasts = pd.DataFrame({"live": 0.01, "backtest": 0.01, "late": False}, days)
    report = LiveReport(
        ticker="SPY",
        source="bundled sample",
        live=comparison,
        backtest=comparison,
        forecasts=forecasts,
        record=LiveRecord.of(comparison, comparison, forecasts),
        significance=assess_significance(comparison, seed=7),
        settings={"predictor": "ridge", "strategies": "binary,kelly"},
        notes=("2 forecasts were recorded late.",),
    )
    settings = Settings.of(out=tmp_path_factory.mktemp("paper"), tearsheets="none")
    return write_live_report(report, settings, "20260102_030405") / "index.html"


@pytest.fixture(scope="session")
def plain_sheet(comparison, summary, tmp_path_factory):
    """The tear sheet of an account that never traded: a curve, and why there is no more."""
    best, hold = comparison.best, comparison.benchmark
    flat = replace(best, equity=best.equity * 0 + best.equity.iloc[0])
    path = tmp_path_factory.mktemp("plain") / "sheet.html"
    path.write_text(draw_tear_sheet(SheetTask.of(flat, hold, summary.significance, ticker="SPY", source="sample")))
    return path

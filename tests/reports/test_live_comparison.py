"""The page and the words of a live record; what is a name there is no HTML."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from backtrader_walkforward.backtest import run_backtest
from backtrader_walkforward.evaluation import Comparison, LiveRecord
from backtrader_walkforward.reports.live_comparison import (
    LiveReport,
    live_page,
    live_report_page,
    live_section,
    write_live_report,
)
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.trading.variants import BENCHMARK, Variant, find_strategies


@pytest.fixture
def report(signals):
    variant = Variant("binary", find_strategies(["binary"])["binary"])
    result, benchmark = run_backtest(signals, [variant, BENCHMARK], Settings.of())
    comparison = Comparison.of([replace(result, name="<b>x")], benchmark)
    forecasts = pd.DataFrame({"live": 0.01, "backtest": 0.01, "late": False}, result.equity.index)
    return LiveReport(
        ticker="<SPY>",
        source="<i>file",
        live=comparison,
        backtest=comparison,
        forecasts=forecasts,
        record=LiveRecord.of(comparison, comparison, forecasts),
        significance=Significance(headline="Nothing to test", verdict="Nothing to test.\nToo <short>."),
        settings={"predictor": "<u>ridge"},
        notes=("<s>note",),
    )


def test_names_are_text(report):
    page = live_page(report, {"<b>x": 'a"b.html'})
    assert not any(tag in page for tag in ("<b>x", "<SPY>", "<i>file", "<u>ridge", "<s>note"))
    assert '<a href="a&quot;b.html">&lt;b&gt;x</a>' in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_answer_stands_above_all(report, tmp_path):
    page = live_page(report, {})
    answer = '<p class="answer">Nothing to test.</p>\n<p class="verdict">Too &lt;short&gt;.</p>'
    assert page.index("<h1>") < page.index(answer) < page.index("<h2>")
    folder = write_live_report(report, Settings.of(out=tmp_path, tearsheets="best"), "20240102_220000")
    assert json.loads((folder / "paper.json").read_text())["significance"]["headline"] == "Nothing to test"
    [sheet] = (folder / "tearsheets").iterdir()
    assert '<p class="answer">Nothing to test. <small>' in sheet.read_text()


def test_the_page_has_the_warnings_that_a_session_prints(report):
    significance = replace(report.significance, warnings=("Kelly hybrid 70/30 has <one> trade.",))
    warned = replace(report, significance=significance)
    warning = '<ul class="warnings">\n<li>Kelly hybrid 70/30 has &lt;one&gt; trade.</li>\n</ul>'
    page = live_page(warned, {})
    assert page.index('<p class="answer">') < page.index(warning) < page.index("<h2>")
    assert "warnings" not in live_page(report, {}).partition("</style>")[2]


def test_both_pages_name_the_predictor_below_the_title(report):
    for page in (live_page(report, {}), live_report_page(report)):
        byline = page.partition('<p class="byline">')[2].partition("</p>")[0]
        assert "Data: &lt;i&gt;file. Forecasts: &lt;u&gt;ridge" in byline


def test_a_name_that_is_a_path_stays_in_the_folder(report, tmp_path):
    folder = write_live_report(report, Settings.of(out=tmp_path, tearsheets="none"), "20240102_220000")
    assert folder == tmp_path / "runs" / "_SPY__paper_20240102_220000"
    assert sorted(path.name for path in folder.iterdir()) == [
        "equity.csv",
        "forecasts.csv",
        "index.html",
        "paper.json",
        "report.html",
    ]
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [folder.name]


def test_what_differs_is_named(report):
    worse = replace(report.record.variants["<b>x"], largest_gap=1234.5, fills_that_differ=3)
    record = replace(report.record, variants=report.record.variants | {"<b>x": worse}, late=5)
    assert live_section(record).sentences == [
        "Live and backtest differ in 1 of 2 accounts, most in <b>x: by 1,234.50 of equity. Possible reasons: prices"
        " that were corrected since, code or libraries that have changed, or a backtest that looks into the future.",
        "5 of 120 forecasts were recorded late, when the next session had opened: they are a replay, not a live"
        " record.",
    ]
    forecasts = replace(report.record, forecasts_that_differ=1, largest_forecast_gap=0.00001)
    assert live_section(forecasts).sentences == [
        "Live and backtest traded the same, from forecasts that differ.",
        "1 of 120 forecasts differ, by up to 0.0010%.",
    ]

"""Pages of weekly bars call them weeks."""

import pandas as pd
import pytest

import backtrader_walkforward as wf
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.reports.explore.page import report_page
from backtrader_walkforward.reports.pages.index_page import index_page
from backtrader_walkforward.reports.sections import sections_of
from tests.reports.pages import Page

HOW = {"Open": "first", "High": "max", "Low": "min", "Close": "last", "Volume": "sum"}


@pytest.fixture(scope="module")
def weekly(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weekly")
    weeks = load_sample("SPY").frame.resample("W-FRI").agg(HOW).rename_axis("Date")
    weeks.to_csv(folder / "W.csv")
    chosen = {"predictor": "ridge", "strategies": "kelly", "hybrids": "none", "regimes": "trend"}
    return wf.run(csv=folder / "W.csv", period=1500, lookback=10, null_models=0, cache_dir=folder, **chosen)


def test_no_page_of_weeks_speaks_of_trading_days(weekly):
    weeks = len(weekly.comparison.benchmark.returns)
    pages = [report_page(weekly, sections_of(weekly), {}), index_page(weekly, sections_of(weekly), {}, [])]
    for page in pages:
        text = " ".join(" ".join(Page(page).text).split())
        assert f", {weeks} weeks. Data" in text
        assert f"{weeks} trading days" not in text
    text = pages[0]
    assert "<h2>Weekly returns</h2>" in text
    assert "The weeks are sorted by their forecast" in text
    assert '"bar":"week"' in text.replace('": "', '":"')
    assert pd.Series(weekly.equity.index).diff().median() == pd.Timedelta(days=7)

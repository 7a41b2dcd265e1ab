import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bokeh.models import Div, HoverTool, Title

from backtrader_walkforward.evaluation import measure_performance
from backtrader_walkforward.evaluation.metrics import rolling_sharpe
from backtrader_walkforward.reports.explore import palette
from backtrader_walkforward.reports.explore.embed import data_block, models_json
from backtrader_walkforward.reports.explore.timeline import timeline_of, timeline_of_accounts
from backtrader_walkforward.reports.explore.timeline.days import day_columns, market_columns
from backtrader_walkforward.reports.explore.timeline.drawdown import recovery_text
from backtrader_walkforward.reports.explore.timeline.folds import runs_of
from backtrader_walkforward.reports.explore.timeline.price import fills_of


def test_columns_have_the_equity_to_the_bit_and_the_return_that_followed_each_forecast(summary):
    columns = day_columns(summary.comparison.results, {}) | market_columns(summary)
    for place, result in enumerate(summary.comparison.results):
        np.testing.assert_array_equal(columns[f"equity_{place}"], result.equity.to_numpy())
    close = columns["close"]
    np.testing.assert_allclose(columns["realised"][:-1], close[1:] / close[:-1] - 1, rtol=1e-12)
    assert np.isnan(columns["realised"][-1])
    assert columns["followed"][-1] == "n/a"


def test_a_rolling_sharpe_ratio_is_that_of_its_days_with_the_interval_of_lo():
    returns = pd.Series([0.01, -0.01, 0.02, 0.03])
    table = rolling_sharpe(returns, 252, days=3)
    daily = np.mean([-0.01, 0.02, 0.03]) / np.std([-0.01, 0.02, 0.03], ddof=1)
    error = 1.96 * np.sqrt((1 + daily**2 / 2) / 3)
    expected = np.array([daily, daily - error, daily + error]) * np.sqrt(252)
    np.testing.assert_allclose(table.iloc[-1], expected, rtol=1e-12)
    assert table.iloc[:2].isna().all().all()
    assert rolling_sharpe(pd.Series([0.01, -0.01] * 40), 252)["ratio"].notna().tolist() == [False] * 62 + [True] * 18


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([100, 90, 100, 95], "2 trading days"),
        ([100, 99, 100, 95], "1 trading day, not recovered"),
        ([100, 90, 95, 99], "3 trading days, not recovered"),
    ],
)
def test_a_drawdown_says_whether_it_has_ended(summary, values, expected):
    best = summary.comparison.best
    equity = pd.Series(values, best.equity.index[: len(values)], dtype=float)
    falling = replace(best, equity=equity, metrics=best.metrics | measure_performance(equity))
    assert recovery_text(falling) == expected


def test_charts_come_in_the_order_of_the_flow_and_share_one_axis(summary):
    timeline = timeline_of(summary)
    assert list(timeline) == ["overview", "price", "forecast", "equity", "drawdown", "position", "rolling-sharpe"]
    assert list(timeline_of_accounts(summary.comparison)) == [
        *("overview", "equity", "drawdown", "position", "rolling-sharpe")
    ]
    ranges = {timeline[name].model.x_range for name in ("price", "forecast", "drawdown", "position")}
    assert len(ranges) == 1
    assert all(chart.description for chart in timeline.values())


def test_colours_are_those_of_the_palette_so_that_a_dark_page_has_its_own(summary):
    models = {name: chart.model for name, chart in timeline_of(summary).items()}
    colours = set(re.findall(r"#[0-9a-f]{6}\b", models_json(models)))
    assert colours <= set(palette.DARK)


def test_the_same_models_give_the_same_text_whatever_was_made_before(summary):
    def text():
        return models_json({name: chart.model for name, chart in timeline_of(summary).items()})

    first = text()
    Div(text="a model in between")
    assert text() == first
    assert json.loads(first)["items"][0]["root_ids"]


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "<!--", "\u2028"])
def test_a_block_of_data_cannot_end_its_element(hostile):
    block = data_block("run", {"name": hostile})
    inner = block.partition(">")[2].rpartition("</script>")[0]
    assert "<" not in inner
    assert json.loads(inner) == {"name": hostile}


def test_prices_and_equities_have_a_unit(summary):
    timeline = timeline_of(summary)
    for plot in (timeline["price"].model, *timeline["equity"].model.children):
        assert "in the currency of the prices" in [title.text for title in plot.above if isinstance(title, Title)]


def test_one_tooltip_tells_all_fills_under_the_pointer(summary):
    """Purchases and sales have one tooltip, which does not stand beside the mark as that of the day does."""
    plot = timeline_of(summary)["price"].model
    [fills] = plot.select({"name": "fills"})
    assert fills.glyph.fill_color.transform.palette == [palette.LONG, palette.SHORT]
    [tip] = [tool for tool in plot.select({"type": HoverTool}) if tool.renderers == [fills]]
    assert tip.attachment == "vertical"


def test_a_run_of_equal_values_lasts_until_the_day_after_it():
    days = pd.date_range("2024-01-01", periods=6)
    runs = runs_of(days, pd.Series([0.0, 0.0, 1.0, np.nan, 2.0, 2.0], days))
    assert list(runs.itertuples(index=False, name=None)) == [
        (days[0], days[2], 0.0),
        (days[2], days[3], 1.0),
        (days[4], days[5], 2.0),
    ]


def test_the_area_of_a_mark_is_the_share_of_the_equity_that_was_traded_and_all_of_it_at_most(summary):
    best = summary.comparison.best
    days, shares = best.equity.index[:4], [0.0, 0.25, 1.0, 9.0]
    fills = best.fills.iloc[[0] * 4].assign(date=days, size=best.equity.iloc[:4].to_numpy() * shares / 50, price=50.0)
    traded = replace(best, fills=fills.reset_index(drop=True))
    alone = replace(summary.comparison, ranked=(traded,), benchmark=replace(best, fills=best.fills.iloc[:0]))
    marks = fills_of(replace(summary, comparison=alone))
    assert marks["pixels"].tolist() == pytest.approx([4.0, 8.0, 12.0, 12.0])


def test_an_uptrend_is_blue_and_a_downtrend_orange():
    up, down = palette.REGIMES[:2]
    assert int(up[5:], 16) > int(up[1:3], 16)
    assert int(down[1:3], 16) > int(down[5:], 16)

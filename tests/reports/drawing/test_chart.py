import re
import struct
from dataclasses import replace
from itertools import pairwise

import matplotlib as mpl
import pytest

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.drawing.chart import chart_of, draw_chart
from backtrader_walkforward.reports.drawing.style import spread
from backtrader_walkforward.reports.pages.run_plots import curves_to_show


def test_the_chart_is_a_png_of_1600_by_1000_pixels(summary):
    png = draw_chart(summary)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (1600, 1000)


def test_the_same_run_gives_the_same_bytes_whatever_matplotlib_was_told_before(summary):
    first = draw_chart(summary)
    with mpl.rc_context({"font.size": 30, "axes.grid": False, "savefig.dpi": 50}):
        assert draw_chart(summary) == first


def test_drawing_leaves_the_settings_of_matplotlib_as_they_were(summary):
    before = dict(mpl.rcParams)
    draw_chart(summary)
    assert dict(mpl.rcParams) == before


def test_a_hybrid_is_shown_with_its_parent_and_a_pure_variant_without(comparison):
    names = [result.name for result in curves_to_show(comparison)]
    assert names == ["kelly_hybrid_70_30", "kelly", "buy_and_hold"]
    pure = Comparison(tuple(r for r in comparison.ranked if r.kind == "Pure"), comparison.benchmark)
    assert [result.name for result in curves_to_show(pure)] == [pure.best.name, "buy_and_hold"]


def test_the_parent_of_a_hybrid_may_have_the_word_hybrid_in_its_name(comparison):
    names = {"kelly": "my_hybrid_one", "kelly_hybrid_70_30": "my_hybrid_one_hybrid_70_30", "binary": "my"}
    ranked = tuple(replace(one, name=names[one.name]) for one in comparison.ranked)
    shown = [result.name for result in curves_to_show(Comparison(ranked, comparison.benchmark))]
    assert shown == ["my_hybrid_one_hybrid_70_30", "my_hybrid_one", "buy_and_hold"]


@pytest.mark.parametrize("name", ["$x^2", "<b>{{title}}</b>", "a" * 300, "line\nbreak", "\u682a\u4fa1", "\\frac{"])
def test_no_name_is_read_as_mathematics_or_breaks_the_chart(comparison, summary, name):
    best = replace(comparison.best, name=name)
    prices = replace(summary.prices, ticker=name, source=name)
    assert draw_chart(replace(summary, comparison=Comparison((best,), comparison.benchmark), prices=prices))


@pytest.mark.parametrize("days", [1, 2, 5])
def test_a_few_days_are_enough_for_a_chart(comparison, summary, days):
    short = [
        replace(r, equity=r.equity[:days], weights=r.weights[:days], exposure=r.exposure[:days])
        for r in (comparison.best, comparison.benchmark)
    ]
    assert draw_chart(replace(summary, comparison=Comparison((short[0],), short[1])))


@pytest.mark.parametrize("positions", [[0.5, 0.5, 0.5], [1.4, 1.0, 0.9], [0.0, 0.01, 0.02], [0.3], [0.9, 0.1, 0.95]])
def test_labels_keep_their_distance_and_their_order(positions):
    placed = spread(positions, 0.2)
    pairs = sorted(zip(positions, placed, strict=True))
    heights = [place for _, place in pairs]
    assert heights == sorted(heights)
    assert all(above - below >= 0.2 - 1e-12 for below, above in pairwise(heights))
    assert max(heights) <= 1


@pytest.mark.parametrize("name", ["volatility_adjusted_hybrid_70_30", "W" * 32, "W" * 300])
def test_no_text_is_cut_off(comparison, summary, name):
    parent = replace(comparison.best, name=name.partition("_hybrid_")[0])
    shown = Comparison((replace(comparison.best, name=name), parent), comparison.benchmark)
    prices = replace(summary.prices, source="W" * 200)
    figure = chart_of(replace(summary, comparison=shown, prices=prices))
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    edges = [text.get_window_extent() for text in texts]
    assert max(edge.x1 for edge in edges) <= figure.bbox.x1
    assert min(edge.y0 for edge in edges) >= 0
    labels = sorted((text.get_window_extent() for text in figure.axes[0].texts), key=lambda extent: extent.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(labels))


def test_dates_have_hyphens_and_figures_a_minus(summary):
    texts = [text.get_text() for text in chart_of(summary).texts]
    assert any(text.startswith("2015-06-01 \u2013 2015-12-23  \u00b7  Sharpe ") for text in texts)
    assert any(re.search("max drawdown \u2212[0-9.]+%", text) for text in texts)


def test_a_name_keeps_its_hyphen_at_the_end_of_its_curve(comparison, summary):
    named = Comparison((replace(comparison.best, name="top-3"),), comparison.benchmark)
    labels = [text.get_text() for text in chart_of(replace(summary, comparison=named)).axes[0].texts]
    assert any(label.startswith("Top-3\n") for label in labels)

import re
from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.explore.page import report_page
from backtrader_walkforward.reports.explore.ranking import ranking_html
from backtrader_walkforward.reports.formatting import interval
from backtrader_walkforward.reports.pages.index_page import index_page, sparkline
from backtrader_walkforward.reports.pages.plot import evenly
from backtrader_walkforward.reports.sections import sections_of
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.significance.result import SkillTest
from tests.reports.pages import HOSTILE, Page
from tests.reports.rendered import page_of

FILES = ("results.json", "summary.csv", "equity.csv", "weights.csv", "forecasts.csv", "fills.csv", "trades.csv")
SHEETS = {"kelly_hybrid_70_30": "tearsheets/kelly_hybrid_70_30.html"}


@pytest.fixture(scope="module")
def text(comparison, summary):
    return page_of(summary, SHEETS, FILES)


def test_the_verdict_stands_before_the_ranking(summary):
    verdict = "No evidence of skill.\n150 days are too few to tell.\nLuck alone does as well in 27 of 100 cases."
    top = page_of(replace(summary, significance=replace(summary.significance, verdict=verdict))).partition("<table")[0]
    assert (
        '<p class="answer">No evidence of skill.</p>\n<p class="verdict">150 days are too few to tell.</p>\n'
        '<p class="says">Luck alone does as well in 27 of 100 cases.</p>\n'
    ) in top


def test_both_pages_name_the_predictor_below_the_title(summary):
    chosen = replace(summary, settings=summary.settings.replace(predictor="lstm,ridge", ensemble=3))
    said = f"Data: {escape(summary.prices.source)}. Forecasts: mean of lstm, ridge with 3 seeds"
    for page in (page_of(chosen), report_page(chosen, sections_of(chosen), {})):
        assert said in page.partition('<p class="byline">')[2].partition("</p>")[0]


def test_the_days_of_the_page_are_those_of_the_verdict(text, comparison):
    assert f", {len(comparison.best.returns)} trading days. Data" in text


def test_both_pages_say_which_share_of_the_prices_is_tested(summary):
    tested, every = len(summary.comparison.benchmark.returns), len(summary.prices.frame)
    said = f". Tested: the last {tested} of {every} days ({tested / every:.0%}): a forecast learns from those before"
    for page in (page_of(summary), report_page(summary, sections_of(summary), {})):
        assert said in page.partition('<p class="byline">')[2].partition("</p>")[0]


def test_a_mark_is_explained_where_a_variant_has_it(text, summary, comparison):
    assert "<b>*BEST*</b>: the highest" in text
    lost = replace(comparison.best, metrics=comparison.best.metrics | {"sharpe": -0.5})
    marked = replace(summary, comparison=replace(comparison, ranked=(lost, *comparison.ranked[1:])))
    assert "*BEST*" not in page_of(marked)


def test_no_ratio_of_luck_stands_beside_that_of_the_best(text):
    """A ratio above that of a market that goes nowhere is no skill: the verdict says what both are."""
    top = text.partition('<dl class="figures">')[2].partition("</dl>")[0]
    assert re.findall(r"<dt>([^<]*Sharpe[^<]*)</dt>", top) == ["Its Sharpe ratio"]


def test_the_best_is_marked_once_and_buy_and_hold_comes_last(text, comparison):
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0].strip().split("\n")
    assert len(rows) == len(comparison.ranked) + 1
    assert [("*BEST*" in row) for row in rows] == [True, False, False, False]
    assert "Buy &amp; hold (benchmark)" in rows[-1]


def test_every_sheet_is_linked_and_every_file_beside_the_page(text):
    assert set(Page(text).links) == {
        "report.html",
        "tearsheets/kelly_hybrid_70_30.html",
        *FILES,
    }


def test_the_figures_stand_in_full_precision(text, comparison):
    figures = Page(text).figures
    assert float(figures["total_return"]) == comparison.best.metrics.total_return
    assert float(figures["sharpe"]) == comparison.best.metrics.sharpe


def test_the_error_of_the_forecast_stands_beside_that_of_the_training_mean(text):
    assert "1.085%; training mean 1.087%, naive 1.084%" in text


def test_the_page_holds_its_curves_and_asks_no_host_for_anything(text):
    page = Page(text)
    assert text.count('<figure class="plot">') == 2
    assert "Change in equity since the start, 2015-06-01 to 2015-12-23; at the end Kelly hybrid 70/30 " in text
    assert page.outside() == []
    assert not {"script", "link", "iframe"} & set(page.tags)


def test_warnings_stand_between_the_verdict_and_the_figures(text, comparison, summary):
    assert summary.significance.warnings
    places = [
        text.index(f'<p class="answer">{summary.significance.headline}.</p>'),
        *map(text.index, summary.significance.warnings),
        text.index('<dl class="figures">'),
    ]
    assert places == sorted(places)
    calm = page_of(replace(summary, significance=replace(summary.significance, warnings=())))
    assert 'class="warnings"' not in calm


def test_significance_stands_above_the_chart(text, comparison, summary):
    above = text.partition('<figure class="plot">')[0]
    block = above.partition("<h2>How much luck explains</h2>")[2]
    low, high = summary.significance.variant(comparison.best.name).sharpe_interval
    for words in (
        "The best: Kelly hybrid 70/30",
        f"<dt>95% interval</dt><dd>{low:.1f} to {high:.1f}</dd>",
        "<dt>Not told apart from the best (confidence set)</dt><dd>1 of 3</dd>",
        "(deflated Sharpe ratio)",
        "Hansen&#x27;s SPA",
    ):
        assert words in block


def test_how_often_luck_does_as_well_stands_at_the_top_with_its_border(summary):
    skill = SkillTest(account="kelly", t_ratio=1.2, p_value=0.263, days=144, level=0.0312, looks=2, earlier=1234)
    page = page_of(replace(summary, significance=replace(summary.significance, skill=skill)))
    assert (
        "<dt>Luck alone does as well</dt><dd><b>26 of 100</b><small>cases; 3.1 or fewer count as evidence</small></dd>"
    ) in page
    assert "<dt>Share of histories without skill that do as well</dt><dd>p = 0.263</dd>" in page
    assert "<dt>Earlier trials of other settings that count</dt><dd>1,234</dd>" in page
    assert "<dt>Tests of these settings, this one included</dt><dd>2</dd>" in page
    nothing = page_of(replace(summary, significance=replace(summary.significance, skill=None)))
    assert "<dt>Luck alone does as well</dt><dd><b>n/a</b><small>nothing to test</small></dd>" in nothing
    assert "<dt>Accounts with something to test</dt><dd>0</dd>" in nothing


def test_a_practice_run_shows_no_level(summary):
    skill = SkillTest(account="kelly", t_ratio=1.2, p_value=0.263, days=144)
    headline = "Practice run: no judgement"
    page = page_of(replace(summary, significance=replace(summary.significance, skill=skill, headline=headline)))
    assert "<dt>Luck alone does as well</dt><dd><b>26 of 100</b><small>cases</small></dd>" in page
    assert "Level for evidence" not in page


def test_a_confidence_level_is_not_said_to_be_a_probability_of_skill(summary):
    words = " ".join(page_of(summary).split())
    assert "Confidence level against it (deflated Sharpe ratio)" in words
    assert "It is no probability of skill, and decides nothing." in words
    assert not re.search(r"more than luck|chance that it|probability that", words, re.IGNORECASE)


def test_every_variant_shows_its_interval_on_one_scale_and_whether_it_could_be_the_best(text, comparison, summary):
    for kind in ('<svg class="interval"', 'class="zero" x1="', 'class="hold" x1="'):
        assert text.count(kind) == len(comparison.results)
    for kind in ("zero", "hold"):
        assert len(set(re.findall(rf'class="{kind}" x1="([\d.]+)"', text))) == 1
    for result in comparison.ranked:
        ends = interval(summary.significance.variant(result.name).sharpe_interval)
        assert f"<title>{result.metrics.sharpe:.2f}, {ends}</title>" in text


def test_the_dashed_mark_is_buy_and_hold_on_both_pages_with_a_ranking(comparison, summary):
    plain, report = page_of(summary), ranking_html(comparison, summary.significance, {})
    glyphs = [re.findall(r'<svg class="interval".*?</svg>', page) for page in (plain, report)]
    assert glyphs[0] == glyphs[1]
    assert "Sharpe, 95%<br>(dashed: buy &amp; hold)" in plain
    assert "dashed buy &amp; hold" in report


def test_the_verdict_on_the_forecast_and_its_tests_are_shown(text, summary):
    assert summary.forecast_summary.skill.verdict in text
    assert "0.61, p = 0.271, 144 days" in text
    assert "undefined on 143 days" in text


def test_hostile_names_are_text(text, comparison, summary):
    names = [replace(r, name=h, kind=h) for r, h in zip((*comparison.ranked, comparison.best), HOSTILE, strict=True)]
    hostile = replace(
        summary,
        comparison=Comparison(tuple(names), names[0]),
        prices=replace(summary.prices, ticker=HOSTILE[0], source=HOSTILE[1], notes=tuple(HOSTILE)),
        settings=summary.settings.replace(predictor="".join(HOSTILE)),
        significance=replace(
            summary.significance,
            verdict=HOSTILE[2],
            warnings=tuple(HOSTILE),
            variants=dict.fromkeys(HOSTILE, summary.significance.variant(comparison.best.name)),
        ),
    )
    page = Page(page_of(hostile, dict.fromkeys(HOSTILE, "tearsheets/x")))
    assert page.outside() == []
    assert page.handlers == []
    assert set(page.tags) == set(Page(text).tags)
    assert all(name in "".join(page.text) for name in HOSTILE)


def test_an_undefined_figure_is_shown_as_such(comparison, summary):
    unknown = Significance(verdict="Nothing is known.")
    metrics = comparison.best.metrics | dict(sharpe=None, win_rate=None)
    idle = replace(comparison.best, metrics=metrics)
    text = page_of(replace(summary, comparison=Comparison((idle,), idle), significance=unknown))
    assert "n/a" in text
    assert "None" not in "".join(Page(text).text).partition("Settings of this run")[0]


@pytest.mark.parametrize("days", [1, 2, 145, 5000])
def test_a_curve_of_any_length_is_drawn_small(days):
    drawn = sparkline(pd.Series(range(days), dtype=float), (0.0, float(days)))
    assert "nan" not in drawn
    assert drawn.count(",") <= 200


def test_a_crash_on_the_last_day_is_drawn():
    drawn = sparkline(pd.Series([1.0] * 190 + [0.5]), (0.5, 1.0))
    assert drawn.endswith('96.0,23.0"/></svg>')


def test_sparklines_share_one_scale(comparison, text):
    """The highest point of the page is that of the account that grew most, and the lowest that of the lowest."""
    rows = text.partition("<tbody>")[2].partition("</tbody>")[0].strip().split("\n")
    heights = [
        [float(point.split(",")[1]) for point in re.search(r'points="([^"]*)"', row)[1].split()]
        for row in (row.rpartition("<td>")[2] for row in rows)
    ]
    places = evenly(len(comparison.benchmark.equity), 96)
    growth = [(result.equity / result.equity.iloc[0]).to_numpy()[places] for result in comparison.results]
    tops, peaks = [min(line) for line in heights], [curve.max() for curve in growth]
    assert np.argsort(tops).tolist() == np.argsort([-peak for peak in peaks]).tolist()
    starts = {line[0] for line in heights}
    assert len(starts) == 1  # each starts at 1
    assert len({round(top, 1) for top in tops}) > 1


def test_the_page_of_a_ticker_links_its_panel_and_no_file(summary):
    page = index_page(summary, sections_of(summary), {}, [], panel="../index.html")
    assert Page(page).links == ["../index.html"]
    assert "files beside this page" not in page

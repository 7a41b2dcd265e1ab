import logging
import pickle
import re
from dataclasses import replace

import matplotlib
import numpy as np
import pandas as pd
import pytest

from backtrader_walkforward.reports.columns import measures_of
from backtrader_walkforward.reports.drawing.tear_sheets import draw_tear_sheet, why_not_drawn
from backtrader_walkforward.reports.run_summary import SheetTask
from backtrader_walkforward.significance import Significance
from tests.reports.pages import HOSTILE, Page

VERDICT = "No evidence of skill.\nLuck does as well.\nThe figures behind it."


@pytest.fixture(scope="module")
def task(comparison, summary):
    warnings = ("The forecast is <nearly> a constant.", "Kelly is idle.", "Kelly hybrid 70/30 is lucky.")
    subjects = dict(zip(warnings, ("", "kelly", "kelly_hybrid_70_30"), strict=True))
    told = Significance(verdict=VERDICT, warnings=warnings, subjects=subjects)
    return SheetTask.of(
        comparison.best,
        comparison.benchmark,
        told,
        ticker=summary.prices.ticker,
        source=summary.prices.source,
    )


@pytest.fixture(scope="module")
def sheet(task):
    return draw_tear_sheet(task)


@pytest.fixture(scope="module")
def hostile_sheet(task):
    named = replace(task.result, name=HOSTILE[1] + HOSTILE[0], kind=HOSTILE[3])
    return draw_tear_sheet(replace(task, ticker=HOSTILE[0], source="".join(HOSTILE), result=named))


def with_equity(task, equity):
    equity = pd.Series(equity, task.result.equity.index[: len(equity)])
    benchmark = replace(task.benchmark, equity=task.benchmark.equity.loc[equity.index])
    return replace(task, result=replace(task.result, equity=equity), benchmark=benchmark)


def test_the_sheet_is_titled_with_ticker_strategy_dates_and_source(sheet):
    assert "<title>SPY: Kelly hybrid 70/30 (30/70 split), 2015-06-01 to 2015-12-23</title>" in sheet
    assert "bundled sample: S&amp;P 500 index ^GSPC, standing in for SPY" in sheet


def test_no_sheet_is_read_without_the_answer_its_own_warnings_and_those_of_the_run(sheet, task):
    told = (
        '<p class="answer">No evidence of skill. <small>For the whole run.</small></p>\n'
        '<p class="verdict">Luck does as well.</p>\n'
        '<ul class="warnings">\n<li>Kelly hybrid 70/30 is lucky.</li>\n'
        "<li>The forecast is &lt;nearly&gt; a constant. <small>For the whole run.</small></li>\n"
        '</ul><dl class="figures">'
    )
    assert told in sheet
    assert told in draw_tear_sheet(with_equity(task, [100.0, 101.0]))


def test_quantstats_drew_its_tables_and_charts(sheet):
    assert "Cumulative Return" in sheet
    assert "Worst 10 drawdowns" in sheet
    assert sheet.count('<figure class="plot">') == 6


def test_our_measures_stand_on_the_sheet_in_full_precision(sheet, task):
    figures = Page(sheet).figures
    for name in ("total_return", "sharpe", "max_drawdown", "win_rate"):
        assert float(figures[name]) == task.result.metrics[name]


def test_quantstats_shows_what_we_measure(sheet, task):
    shown = metrics_table(sheet)
    assert shown["Sharpe"] == f"{task.result.metrics['sharpe']:.2f}"
    assert shown["Sortino"] == f"{task.result.metrics['sortino']:.2f}"
    assert shown["Cumulative Return"] == f"{task.result.metrics['total_return']:.2%}"
    assert shown["Max Drawdown"] == f"{task.result.metrics['max_drawdown']:.2%}"
    assert shown["Volatility (ann.)"] == f"{task.result.metrics['annual_volatility']:.2%}"


def metrics_table(sheet):
    rows = sheet.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    cells = (re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows)
    return {name: ours for name, _, ours in cells}


def test_every_title_is_that_of_a_chart_or_a_table(sheet):
    for title in (
        *("Cumulative Returns vs Benchmark", "Underwater Plot", "Kelly hybrid 70/30 - Monthly Returns (%)"),
        *("Kelly hybrid 70/30 - Return Quantiles", "Rolling Sharpe (6-Months)", "Rolling Volatility (6-Months)"),
        *("<h2>Key performance metrics</h2>", "<h2>Returns by year</h2>", "<h2>Worst 10 drawdowns</h2>"),
    ):
        assert title in sheet


def test_the_variant_has_its_name_everywhere_and_its_time_at_work_once(sheet):
    words = " ".join(Page(sheet).text)
    assert "Strategy" not in words
    assert "Time in Market" not in words
    volatility = sheet.partition("Rolling Volatility")[2].partition("</figure>")[0]
    assert len(re.findall(r">[\d.]+%</text>", volatility)) > 2
    assert not re.search(r">0\.\d+</text>", volatility)


def test_the_tables_of_years_and_drawdowns_are_those_of_the_equity(sheet, task):
    hold = f"{task.benchmark.metrics['total_return']:.2%}"
    assert f'<td class="text">2015</td><td>{hold}</td><td>{task.result.metrics["total_return"]:.2%}</td>' in sheet
    assert f"<td>{task.result.metrics['max_drawdown']:.2%}</td>" in sheet.partition("Worst 10 drawdowns")[2]


def test_a_record_of_half_a_year_or_less_has_no_rolling_charts(task):
    short = draw_tear_sheet(with_equity(task, task.result.equity.to_numpy()[:127]))
    longer = draw_tear_sheet(with_equity(task, task.result.equity.to_numpy()[:128]))
    assert ("Rolling" in short, short.count('<figure class="plot">')) == (False, 4)
    assert ("Rolling" in longer, longer.count('<figure class="plot">')) == (True, 6)


def test_the_axes_of_a_small_curve_have_digits_and_no_negative_zero(task):
    """Of 1,000 shares in 100,000 that move by a few cents: QuantStats writes 0%, 0%, -0%."""
    small = 1e5 * (1 + 0.0005 * np.sin(np.arange(100)))
    page = draw_tear_sheet(replace(with_equity(task, small), benchmark=with_equity(task, small[::-1]).result))
    labels = re.findall(r">([-\u2212]?[\d.,]+%)<", page.partition('id="right"')[0])
    assert {"0.05%", "\u22120.05%"} <= set(labels)
    assert "-0%" not in labels
    assert "\u22120%" not in labels
    assert labels.count("0%") <= 5  # once on each axis
    assert not [label for label in labels if "50%" in label]  # the years of the heat map are no percentages


def test_the_name_of_the_benchmark_is_text(task, sheet):
    page = Page(draw_tear_sheet(replace(task, benchmark_name=HOSTILE[0] + "&")))
    assert set(page.tags) == set(Page(sheet).tags)
    assert "".join(page.text).count((HOSTILE[0] + "&").capitalize()) >= 3


def test_the_sheet_asks_no_host_for_anything_and_runs_no_script(sheet):
    page = Page(sheet)
    assert page.outside() == []
    assert page.handlers == []
    assert not {"script", "iframe", "object", "link"} & set(page.tags)
    assert "default-src 'none'" in sheet


def test_hostile_names_are_text(hostile_sheet, sheet):
    page = Page(hostile_sheet)
    assert page.outside() == []
    assert page.handlers == []
    assert set(page.tags) == set(Page(sheet).tags)
    assert all(name in "".join(page.text) for name in HOSTILE)


def test_the_same_task_gives_the_same_bytes(sheet, task):
    assert draw_tear_sheet(pickle.loads(pickle.dumps(task))) == sheet


def test_drawing_is_silent_and_leaves_no_figure_behind(task, capfd, caplog):
    from matplotlib import pyplot

    with caplog.at_level(logging.DEBUG, "matplotlib.font_manager"):
        draw_tear_sheet(with_equity(task, task.result.equity.to_numpy()[:30]))
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    assert pyplot.get_fignums() == []


FLAT = np.full(145, 100_000.0)
WIPED_OUT = np.r_[np.linspace(1e5, 0, 60), np.zeros(85)]
DEGENERATE = {
    "flat": (FLAT, "never changed"),
    "constant returns": (1e5 * 1.001 ** np.arange(145), "same return"),
    "ruin": (WIPED_OUT, "wiped out on 2015-08-24"),
    "below zero": (np.r_[np.linspace(1e5, -5e4, 60), np.full(85, -5e4)], "wiped out"),
    "not a number": (np.r_[FLAT[:50], np.nan, FLAT[51:]], "not numbers"),
    "a jump taken for prices": (np.r_[FLAT[:50], 3 * FLAT[50:]], "for prices"),
    "one day": (FLAT[:1], "at least 10 daily returns; this period has 0"),
    "ten days": (np.linspace(1e5, 1.1e5, 10), "at least 10 daily returns; this period has 9"),
}


@pytest.mark.parametrize("curve", DEGENERATE)
def test_a_curve_without_a_shape_gets_a_page_that_says_why(task, curve):
    equity, reason = DEGENERATE[curve]
    sheet = draw_tear_sheet(with_equity(task, equity))
    assert reason in sheet
    assert sheet.count('<figure class="plot">') == (len(equity) > 1)
    assert "nan" not in sheet.partition('<figure class="plot">')[2]
    assert Page(sheet).outside() == []


@pytest.mark.parametrize(
    "equity",
    [np.r_[FLAT[:70], 0.98 * FLAT[70:]], np.linspace(1e5, 1.1e5, 11)],
    ids=["one losing day", "ten returns"],
)
def test_a_thin_curve_still_gets_quantstats_sheet(task, equity):
    assert "Worst 10 drawdowns" in draw_tear_sheet(with_equity(task, equity))


def test_buy_and_hold_that_never_moves_is_nothing_to_compare_with(task):
    still = replace(task, benchmark=replace(task.benchmark, equity=task.benchmark.equity * 0 + 1.0))
    assert "nothing to compare" in why_not_drawn(still)


def test_a_failure_inside_quantstats_costs_the_sheet_and_not_the_report(task, monkeypatch):
    import quantstats

    def fail(*_, **__):
        raise ValueError("no")

    monkeypatch.setattr(quantstats.reports, "metrics", fail)
    assert "QuantStats could not draw this curve (ValueError)." in draw_tear_sheet(task)


def test_buy_and_hold_gets_its_own_measures_beside_each(sheet, comparison):
    assert repr(measures_of(comparison.benchmark)["sharpe"]) in sheet


def rows_of(sheet):
    return set(re.findall(r'<td class="text">([^<]+)</td>', sheet.partition("Key performance metrics")[2]))


def test_a_record_of_seven_months_has_no_row_of_a_year_or_more(sheet, task):
    assert rows_of(sheet) >= {"3M", "6M", "MTD", "Sharpe", "Best Month", "Cumulative Return"}
    for longer in ("1Y", "3Y (ann.)", "10Y (ann.)", "All-time (ann.)", "CAGR%", "YTD", "Best Year", "Win Year"):
        assert longer not in rows_of(sheet)
    days = pd.bdate_range("2012-01-02", "2015-06-30")
    equity = pd.Series(1e5 * (1 + 0.1 * np.sin(np.arange(len(days)) / 20)), days)
    long = replace(
        task,
        result=replace(task.result, equity=equity),
        benchmark=replace(task.benchmark, equity=2 - equity[::-1].set_axis(days) / 2e5),
    )
    rows = rows_of(draw_tear_sheet(long))
    assert rows >= {"1Y", "3Y (ann.)", "CAGR%", "YTD", "Best Year", "Win Year"}
    assert "5Y (ann.)" not in rows


def test_the_heat_map_is_empty_before_the_test_began(sheet, task):
    months = sheet.partition("Monthly Returns (%)")[2].partition("</figure>")[0]
    shown = re.findall(r">(\u2212?\d+\.\d\d)</text>", months)
    monthly = task.result.equity.resample("ME").last().pct_change().mul(100).round(2)
    assert len(shown) == 7  # June to December
    assert shown[1:] == [f"{value:.2f}".replace("-", "\u2212") for value in monthly[1:]]


def test_the_charts_have_no_colour_of_their_own_for_paper_ink_and_curves(sheet):
    pictures = "".join(re.findall(r'<svg role="img" aria-label.*?</svg>', sheet, re.DOTALL))
    assert set(re.findall(r"var\(--(\w+)\)", pictures)) >= {"ink", "muted", "line", "accent", "up"}
    assert not {"#ffffff", "#000000", "#33302e", "#348dc1", "#fedd78", "#ff0000"} & set(re.findall(r"#\w{6}", pictures))


def test_every_chart_is_told_in_words(sheet, task):
    words = re.findall(r'<svg role="img" aria-label="([^"]*)"', sheet)
    assert len(words) == 6
    last = f"{task.result.equity.iloc[-1] / task.result.equity.iloc[0] - 1:.2%}"
    assert words[0].startswith("Cumulative Returns vs Benchmark. Buy &amp; hold from")
    assert float(re.search(r"Kelly hybrid 70/30 from \S+ to (-?[\d.]+)%", words[0])[1]) == pytest.approx(
        float(last[:-1]), abs=1
    )
    assert words[2].startswith("Kelly hybrid 70/30 - Monthly Returns (%). Months from ")


def test_a_drawdown_that_lasts_has_not_recovered(task):
    falling = draw_tear_sheet(with_equity(task, np.r_[np.linspace(1e5, 1.1e5, 50), np.linspace(1.1e5, 1e5, 50)]))
    assert "<td>not yet</td>" in falling.partition("Worst 10 drawdowns")[2]


def test_a_sheet_counts_the_bars_a_year_of_the_prices(task):
    """Those of its own days may be too few to tell: ten weeks."""
    assert "52 weeks a year" in draw_tear_sheet(replace(task, result=replace(task.result, bars_a_year=52)))


def test_drawing_leaves_matplotlib_as_it_was(task, caplog):
    backend = matplotlib.get_backend()
    with caplog.at_level(logging.INFO, "matplotlib"):
        draw_tear_sheet(task)
        assert logging.getLogger("matplotlib").level == logging.INFO
    assert matplotlib.get_backend() == backend != "svg"

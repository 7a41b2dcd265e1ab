"""The window of days in a real browser: how it is chosen, what follows it, and why some dates give none."""

import re

import pytest
from playwright.sync_api import expect

from backtrader_walkforward.evaluation import monthly_returns
from backtrader_walkforward.reports.formatting import display_name, percent
from tests.browser.explored import DRAWN, model, place_on, window_table

pytestmark = pytest.mark.slow


def dates(page):
    """Return the first and the last day of the window."""
    return [page.input_value("#from"), page.input_value("#to")]


def draw(page, start, end):
    """Draw over the small chart with a mouse, from one share of its width to another."""
    page.mouse.move(*place_on(page, "overview", start))
    page.mouse.down()
    page.mouse.move(*place_on(page, "overview", end), steps=8)
    page.mouse.up()


def swipe(page, start, end):
    """Draw over the small chart with a finger."""
    touch = page.context.new_cdp_session(page)
    (left, top), (right, _) = place_on(page, "overview", start), place_on(page, "overview", end)
    points = [left + step * (right - left) / 8 for step in range(9)]
    for kind, x in zip(["touchStart", *["touchMove"] * 8], points, strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": top}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(("gesture", "width"), [(draw, 1280), (swipe, 390)])
def test_a_drag_over_the_small_chart_draws_a_window_and_then_moves_it(look, report, result, gesture, width):
    page = look(report, width=width, touch=gesture is swipe)
    page.wait_for_selector(DRAWN)
    days = [f"{day:%F}" for day in result.equity.index[[0, -1]]]
    assert dates(page) == days
    gesture(page, 0.4, 0.6)
    expect(page.locator("#to")).not_to_have_value(days[1])
    drawn = dates(page)
    assert days[0] < drawn[0] < drawn[1] < days[1]
    gesture(page, 0.5, 0.65)
    expect(page.locator("#to")).not_to_have_value(drawn[1])
    moved = dates(page)
    assert drawn[0] < moved[0] < moved[1]
    length, other = (page.evaluate("([from, to]) => Date.parse(to) - Date.parse(from)", one) for one in (drawn, moved))
    assert other == pytest.approx(length, abs=4 * 864e5)  # weekends at its ends


def test_the_page_says_what_follows_the_window(kept):
    text = kept.locator("#explore > .says").first.inner_text()
    following, _, whole = text.partition("The other charts show the whole test:")
    assert "The window applies to the table below, Price and fills, " in following
    assert "Returns by month, Daily returns" in whole


def test_a_click_on_a_month_makes_it_the_window(kept, result):
    """The window begins with the close before the month, so that its return is that of the month."""
    months = monthly_returns(result.best.equity)
    canvas = kept.locator("#months canvas").first
    canvas.scroll_into_view_if_needed()
    box, october = canvas.bounding_box(), 9.5 / 13
    kept.mouse.click(box["x"] + 36 + (box["width"] - 38) * october, box["y"] + box["height"] - 15)
    expect(kept.locator("#to")).to_have_value("2018-10-31")
    shown = window_table(kept)[display_name(result.best.name)]
    assert shown[0] == percent(months.loc[2018].iloc[9])
    expect(kept.locator("#window-caption")).to_be_in_viewport()
    framed = "({ selected, data }) => selected.indices.map((cell) => `${data.month[cell]} ${data.year[cell]}`)"
    assert set(model(kept, "month-cells", framed)) == {"Oct 2018"}
    kept.click("#whole")
    expect(kept.locator("#to")).to_have_value("2018-12-31")
    kept.wait_for_timeout(100)
    assert "Oct 2018" not in model(kept, "month-cells", framed)


def test_the_caption_says_since_when_a_drawdown_counts(kept):
    kept.fill("#from", "2018-09-28")
    expect(kept.locator("#window-caption")).to_have_text(
        "From the close of 2018-09-28 to that of 2018-12-31, 63 returns. Max drawdown: from the highest close since"
        " this first one; in the chart Drawdown, since the test began"
    )
    kept.click("#whole")
    expect(kept.locator("#window-caption")).to_have_text(
        "From the close of 2018-05-25 to that of 2018-12-31, 150 returns"
    )


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2018-05-01", "2018-12-31", "2018-05-01 is not in the test, which goes from 2018-05-25 to 2018-12-31."),
        (
            "2018-09-03",
            "2018-09-04",
            "A window has two trading days or more: from 2018-09-03 to 2018-09-04 there is one.",
        ),
        ("2018-09-12", "2018-09-11", "The window ends on 2018-09-11, before it begins on 2018-09-12."),
    ],
)
def test_why_a_window_is_none_stands_beside_its_dates(kept, first, last, why):
    whole = model(kept, "window", "({ start, end }) => [start, end]")
    kept.fill("#to", last)
    kept.fill("#from", first)
    shown = kept.locator("#window-caption").inner_text()[len("From the close of ") :].split()
    expect(kept.locator("#dates-wrong")).to_have_text(
        f"{why} The charts still show {shown[0]} to {shown[4].removesuffix(',')}."
    )
    assert kept.input_value("#from") == first  # the reader mends what was typed
    assert "from=" + first not in kept.url
    kept.click("#whole")
    assert kept.locator("#dates-wrong").is_hidden()
    assert model(kept, "window", "({ start, end }) => [start, end]") == whole


def test_a_weekend_is_no_window(kept):
    for box, day in (("#to", "2018-07-02"), ("#from", "2018-09-08"), ("#to", "2018-09-09")):
        kept.fill(box, day)
    expect(kept.locator("#dates-wrong")).to_have_text(
        "A window has two trading days or more: from 2018-09-08 to 2018-09-09 there is none. The charts still show"
        " 2018-05-25 to 2018-07-02."
    )


def test_the_small_chart_holds_every_curve_that_is_shown(kept, result):
    wild = max(range(len(result.comparison.ranked)), key=lambda place: result.comparison.ranked[place].equity.std())
    kept.select_option("#detail", str(wild))
    low, high = model(kept, "overview", "({ y_range }) => [y_range.start, y_range.end]")
    equities = [result.comparison.ranked[wild].equity, result.benchmark.equity]
    shown = (min(one.min() for one in equities), max(one.max() for one in equities))
    assert low < shown[0] < shown[1] < high
    assert high - low < 1.2 * (shown[1] - shown[0])


@pytest.mark.parametrize(
    ("touch", "words"), [(False, "or across any chart over time"), (True, "A tap on a chart shows")]
)
def test_the_page_speaks_of_the_reader_s_own_gestures(look, report, touch, words):
    page = look(report, width=390, touch=touch)
    text = page.locator("#explore > .says").first.inner_text()
    assert re.findall(r"or across any chart over time|A tap on a chart shows", text) == [words]

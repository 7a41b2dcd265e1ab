"""`report.html` in a real browser: it draws, follows the reader, and shows the figures of the result."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from playwright.sync_api import expect

from backtrader_walkforward.reports.explore.page import report_page
from backtrader_walkforward.reports.formatting import display_name
from backtrader_walkforward.reports.sections import sections_of
from tests.browser.explored import DRAWN, expected_figures, place_on, window_table
from tests.browser.looks import SCREENS, axe, no_sideways_scroll

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_it_draws_without_a_serious_fault_at_every_width_in_both_schemes(look, report, width, scheme):
    page = look(report, width=width, scheme=scheme)
    page.wait_for_selector(DRAWN)
    no_sideways_scroll(page)
    assert page.locator(".picture canvas").count() >= 7
    if width == 1280:
        axe(page)


def test_the_figures_of_the_whole_test_are_those_of_the_result(kept, result):
    days = result.benchmark.equity.index
    shown = window_table(kept)
    assert list(shown) == [display_name(result.best.name), "Buy & hold"]
    for one in (result.best, result.benchmark):
        assert shown[display_name(one.name)] == expected_figures(one, days[0], days[-1])


@pytest.mark.parametrize("place", [0, 3, 11])
def test_a_window_has_the_figures_of_the_packages_own_metrics(kept, result, place):
    days = result.benchmark.equity.index
    first, last = days[20 + place], days[90]
    kept.select_option("#detail", str(place))
    kept.fill("#from", f"{first:%Y-%m-%d}")
    kept.dispatch_event("#from", "change")
    kept.fill("#to", f"{last:%Y-%m-%d}")
    kept.dispatch_event("#to", "change")
    kept.wait_for_function(
        "day => document.getElementById('window-caption').textContent.includes(day)", arg=f"{last:%Y-%m-%d}, "
    )
    chosen = result.comparison.ranked[place]
    shown = window_table(kept)
    assert shown[display_name(chosen.name)] == expected_figures(chosen, first, last)
    assert shown["Buy & hold"] == expected_figures(result.benchmark, first, last)
    assert f"{len(result.benchmark.equity.loc[first:last]) - 1} returns" in kept.inner_text("#window-caption")


def test_drawing_across_a_chart_chooses_the_window(kept, result):
    kept.mouse.move(*place_on(kept, "equity", 0.4))
    kept.mouse.down()
    kept.mouse.move(*place_on(kept, "equity", 0.7), steps=8)
    kept.mouse.up()
    kept.wait_for_function(
        "days => !document.getElementById('window-caption').textContent.includes(days)",
        arg=f" {len(result.best.returns)} returns",
    )
    first, last = re.findall(r"\d{4}-\d\d-\d\d", kept.inner_text("#window-caption"))
    assert kept.input_value("#from") == first
    assert window_table(kept)["Buy & hold"] == expected_figures(result.benchmark, first, last)
    kept.click("#whole")
    kept.wait_for_function(
        "days => document.getElementById('window-caption').textContent.includes(days)",
        arg=f" {len(result.best.returns)} returns",
    )


def values_shown(page):
    """Return the day and the values that stand beside the pointer in the chart of the equity."""
    tip = page.locator(".bk-Tooltip").filter(has_text="Buy & hold")
    tip.wait_for(state="attached")
    text = tip.evaluate("tip => [...tip.shadowRoot.querySelectorAll('*')].map((one) => one.textContent).join(' ')")
    day = re.search(r"\d{4}-\d\d-\d\d", text)[0]
    return day, [float(value.replace(",", "")) for value in re.findall(r"[\d,]+\.\d\d", text.split(day)[1])]


def test_the_pointer_shows_the_equity_of_the_file(kept, report, result):
    table = pd.read_csv(report.parent / "equity.csv", index_col="date")
    kept.mouse.move(*place_on(kept, "equity", 0.5))
    day, values = values_shown(kept)
    expected = table.loc[day, [result.best.name, result.benchmark.name]]
    assert values == pytest.approx(expected, abs=0.006)


def test_variants_are_compared_by_keyboard(page, result):
    page.focus(".picker summary")
    page.keyboard.press("Enter")
    for place in (1, 2):
        page.locator("#compared input").nth(place).focus()
        page.keyboard.press("Space")
    names = [display_name(one.name) for one in result.comparison.ranked[:3]]
    assert list(window_table(page)) == [*names, "Buy & hold"]
    assert page.locator("#legend li:has(svg)").count() == 4
    page.keyboard.press("Escape")
    assert page.locator("#compared").is_hidden()
    page.get_by_label(f"Leave out {names[1]}").click()
    assert list(window_table(page)) == [names[0], names[2], "Buy & hold"]
    page.click(".picker summary")
    page.get_by_role("heading", name="Explore", exact=True).click()
    assert page.locator("#compared").is_hidden()


def test_sub_accounts_and_folds_are_shown_on_request(page, result):
    hybrid = next(place for place, one in enumerate(result.comparison.ranked) if "_hybrid_" in one.name)
    visible = """name => [...Bokeh.documents[Bokeh.documents.length - 1].all_models]
      .filter((model) => model.name === name).map((model) => model.visible)"""
    page.select_option("#detail", str(hybrid))
    assert not any(page.evaluate(visible, "passive:0"))
    page.check("#accounts")
    assert all(page.evaluate(visible, "passive:0"))
    assert page.locator("#legend").get_by_text("its passive account").count() == 1
    assert all(page.evaluate(visible, "folds"))
    page.select_option("#shade", "")
    assert not any(page.evaluate(visible, "folds"))


def test_the_address_opens_the_page_as_it_was_left(look, page, report, result):
    first, second = (one.name for one in result.comparison.ranked[1:3])
    days = result.equity.index
    page.select_option("#detail", "1")
    page.focus(".picker summary")
    page.keyboard.press("Enter")
    page.locator("#compared input").nth(2).check()
    page.fill("#from", f"{days[20]:%F}")
    page.fill("#to", f"{days[60]:%F}")
    page.check("#logarithmic")
    page.select_option("#shade", "")
    page.wait_for_url("**shade=**")
    address = page.evaluate("location.hash")
    expected = [("variant", first), ("variant", second), ("from", f"{days[20]:%F}"), ("to", f"{days[60]:%F}")]
    assert parse_qsl(address[1:], keep_blank_values=True) == [*expected, ("logarithmic", "on"), ("shade", "")]

    page.click("a[href='#equity']")  # a link to a chart; the choice stays in the address
    page.wait_for_url(f"**{address}")
    copy = look(report, chosen=address)
    expect(copy.locator("#from")).to_have_value(f"{days[20]:%F}")
    assert chosen_in(copy) == chosen_in(page)
    assert window_table(copy) == window_table(page)

    page.evaluate(f"location.hash = 'variant={first}'")  # who pastes an address sees what a new tab shows
    page.wait_for_url(f"**#variant={first}")
    assert chosen_in(page) == chosen_in(look(report, chosen=f"#variant={first}"))


def chosen_in(page):
    """Return the state of all controls, and the range of the charts."""
    page.wait_for_selector(DRAWN)
    return page.evaluate("""() => {
      const models = [...Bokeh.documents[Bokeh.documents.length - 1].all_models];
      const range = models.find(({ name }) => name === "window");
      const values = ["detail", "shade", "from", "to"].map((id) => document.getElementById(id).value);
      const boxes = [...document.querySelectorAll("#explore input[type=checkbox]")].map((box) => box.checked);
      return [...values, ...boxes, range.start, range.end];
    }""")


@pytest.mark.parametrize(
    "chosen",
    [
        "#explore",
        "#variant=nobody&from=soon&to=2001-01-01&shade=all&logarithmic=on",
        "#variant={best}&from=2018-2-30&to=2018-11-01&shade=all&logarithmic=off&accounts",
        "#variant={best}&from=2018-06-25&to=2018-06-25",
    ],
)
def test_what_an_address_says_wrongly_changes_nothing(look, kept, report, result, chosen):
    other = look(report, chosen=chosen.format(best=result.best.name))
    assert chosen_in(other) == chosen_in(kept)


def test_an_address_turns_no_control_on_that_the_page_does_not_offer(look, panel_page):
    panel = panel_page.parent / "report.html"
    best = chosen_in(look(panel))
    name = look(panel).evaluate("run.variants[0].name")
    assert chosen_in(look(panel, chosen=f"#variant={name}&accounts=on&shade=")) == best


@pytest.mark.parametrize("width", [1280, 600, 390, 320])
def test_no_control_covers_another(look, report, width):
    page = look(report, width=width)
    page.wait_for_selector(DRAWN)
    box = "one => { const box = one.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; }"
    controls = page.locator(".controls select, .controls input, .controls button").filter(visible=True).all()
    boxes = [one.evaluate(box) for one in controls]
    assert len(boxes) >= 7
    for left, top, right, bottom in boxes:
        assert right - left > 12
        assert sum(left < b[2] and b[0] < right and top < b[3] and b[1] < bottom for b in boxes) == 1


def test_a_tap_shows_the_values_of_its_day(look, report):
    page = look(report, width=390, touch=True)
    page.wait_for_selector(DRAWN)
    page.touchscreen.tap(*place_on(page, "equity", 0.5))
    tips = page.locator(".bk-Tooltip")
    day, _ = values_shown(page)
    page.touchscreen.tap(*place_on(page, "equity", 0.7))
    expect(tips).not_to_contain_text(day)
    assert values_shown(page)[0] > day
    page.touchscreen.tap(*place_on(page, "drawdown", 0.5))
    expect(tips).to_have_count(1)
    page.mouse.wheel(0, 200)
    expect(tips).to_have_count(0)


def test_charts_follow_the_variant_in_detail(kept, result):
    kept.select_option("#detail", "4")
    fields = kept.evaluate("""() => {
      const models = [...Bokeh.documents[Bokeh.documents.length - 1].all_models];
      const one = (name) => models.find((model) => model.name === name);
      const filter = models.find((model) => model.type === "GroupFilter");
      return [one("equity:0").glyph.y.field, one("weight:0").glyph.y.field, filter.group];
    }""")
    assert fields == ["equity_4", "weight_4", "4"]


def test_without_scripts_the_page_says_where_the_figures_are(look, report, result):
    page = look(report, scripts=False)
    assert result.significance.headline in page.inner_text("main")
    assert page.locator("noscript").count() == 1
    assert not page.locator("#explore").is_visible()


def test_names_stay_text_and_the_same_run_gives_the_same_bytes(look, result, tmp_path):
    name = '<img src=x onerror="alert(1)">'
    hostile = replace(result.best, name=name)
    comparison = replace(result.comparison, ranked=(hostile, *result.comparison.ranked[1:]))
    changed = replace(result, comparison=comparison)
    text = report_page(changed, sections_of(result), {})
    assert text == report_page(changed, sections_of(result), {})
    path = tmp_path / "report.html"
    path.write_text(text)
    page = look(path)
    page.wait_for_selector(DRAWN)
    page.mouse.move(*place_on(page, "equity", 0.5))
    page.locator(".bk-Tooltip").first.wait_for()
    assert page.locator("img").count() == 0


def test_it_is_small(report):
    assert report.stat().st_size < 3e6


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("folder", ["panel_page", "paper_page"])
def test_panel_and_paper_accounts_are_explored_alike(look, request, folder, width):
    page = look(request.getfixturevalue(folder).parent / "report.html", width=width)
    page.wait_for_selector(DRAWN)
    no_sideways_scroll(page)
    assert page.locator(".picture canvas").count() >= 5
    assert len(window_table(page)) == 2
    assert not page.locator("#shade").is_visible()  # there are no folds to shade

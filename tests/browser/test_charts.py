"""The charts in a real browser: what they say follows the reader, and is read at a glance."""

from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from backtrader_walkforward.reports.formatting import display_name
from tests.browser.explored import DRAWN, choose_dates, model, place_on

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_to_a_chart_leads_to_its_heading_below_the_legend(look, report, width):
    page = look(report, width=width)
    page.wait_for_selector(DRAWN)
    for box in page.locator("#compared input").all()[1:5]:
        box.evaluate("box => box.click()")
    for name in ("drawdown", "months"):
        page.click(f"a[href='#{name}']")
        legend, heading = page.locator("#legend").bounding_box(), page.locator(f"#{name} h2").bounding_box()
        assert legend["height"] > 30  # it has two lines or more
        assert 0 < heading["y"] - legend["y"] - legend["height"] < 40


PLACE_OF_FILL = """() => {
  const all = [...Bokeh.documents.at(-1).all_models], { data } = all.find(({ name }) => name === "fills").data_source;
  const view = Object.values(Bokeh.index).find((one) => one.model.name === "price");
  const fill = [...data.place].indexOf("0"), { x, y } = view.canvas.el.getBoundingClientRect();
  return [x + view.frame.x_scale.compute(data.date[fill]), y + view.frame.y_scale.compute(data.price[fill])];
}"""


def test_a_fill_under_the_pointer_has_one_tooltip(kept):
    place_on(kept, "price", 0.5)
    kept.mouse.move(*kept.evaluate(PLACE_OF_FILL))
    tips = kept.locator(".bk-Tooltip:visible")
    expect(tips).to_have_count(1)
    expect(tips).to_contain_text("target weight")


def test_the_legend_names_what_is_shaded(kept):
    shade = kept.locator("#legend li:has(i)")
    kept.select_option("#shade", "folds")
    assert shade.all_inner_texts() == ["every second fold"]
    kept.select_option("#shade", "")
    assert shade.count() == 0
    kept.select_option("#shade", "folds")


def test_tables_of_months_are_those_of_the_variant_above_them(kept, result):
    for place in (0, 2):
        kept.select_option("#detail", str(place))
        name = display_name(result.comparison.ranked[place].name)
        assert kept.locator("#months summary:visible").all_inner_texts() == [f"The months of {name} in figures"]
        equity = kept.locator("#equity div:not([hidden]) > details")
        assert equity.locator("th").nth(1).text_content() == name


def test_names_of_the_window_s_table_look_like_its_figures(kept):
    style = (
        "cell => { const { fontSize, borderTopWidth } = getComputedStyle(cell); return [fontSize, borderTopWidth]; }"
    )
    for row in kept.locator("#window tbody tr").all():
        name, figure = (row.locator(cell).first.evaluate(style) for cell in ("th", "td"))
        assert name == figure


def test_a_click_on_a_chart_draws_no_frame_of_the_focus(kept):
    kept.mouse.click(*place_on(kept, "equity", 0.5))
    focused = """() => {
      let one = document.activeElement;
      while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
      return one.closest(".bk-events") !== null;
    }"""
    assert not kept.evaluate(focused)


def test_a_box_that_cannot_be_changed_is_seen_and_says_why(kept):
    boxes = kept.locator(".named input")
    assert boxes.first.get_attribute("title") == "The charts show one variant at least"
    assert boxes.first.evaluate("box => getComputedStyle(box).opacity") == "1"
    for place in range(1, 5):
        boxes.nth(place).check()
    assert boxes.nth(5).is_disabled()
    assert boxes.nth(5).get_attribute("title") == "Four variants are compared: leave one out first"
    assert kept.locator("#compared legend").text_content() == "Four variants are compared: leave one out first"
    assert kept.locator("#boxes-full").inner_text() == "Four variants are compared: leave one out first."
    assert boxes.first.get_attribute("title") == ""


def test_the_longest_name_fits_its_list_and_a_caption_stands_within_its_frame(kept):
    wide = "list => list.scrollWidth <= list.clientWidth && list.offsetWidth > 13 * 16"
    assert kept.locator("#detail").evaluate(wide)
    kept.click(".picker summary")
    top = "one => one.getBoundingClientRect().top"
    assert kept.locator("#compared legend").evaluate(top) > kept.locator("#compared").evaluate(top) + 3
    kept.click(".picker summary")


def test_what_is_folded_leaves_no_triangle_on_paper(look, run_folder):
    page = look(run_folder / "report.html")
    page.wait_for_selector(DRAWN)
    page.emulate_media(media="print")
    assert page.locator("details:not([open]):visible").count() == 0


def test_a_logarithmic_axis_has_ticks_for_sub_accounts(kept, result):
    """Accounts of 30,000 to 100,000 have more than the two ticks 50,000 and 100,000."""
    ticker = model(kept, "equity-log", "({ left: [axis] }) => axis.ticker.mantissas")
    assert ticker == [1, 2, 5]


LABELS = """() => {
  const all = [...Bokeh.documents.at(-1).all_models].filter(({ type }) => type === "Figure");
  const isCounted = ({ visible, formatter }) => visible && formatter.type === "NumeralTickFormatter";
  const labels = (plot) => [...plot.left, ...plot.below].filter(isCounted).map(({ ticker, formatter }) =>
    formatter.doFormat(ticker.get_ticks(0.0, 0.0012, null, 0).major, { loc: 0 }));
  return all.flatMap((plot) => labels(plot).map((texts) => [plot.name, texts]));
}"""


def test_no_two_marks_of_an_axis_read_the_same_however_little_its_curve_moves(kept):
    labels = kept.evaluate(LABELS)
    assert {"price", "forecast", "equity", "drawdown", "position", "turnover"} <= {name for name, _ in labels}
    assert [name for name, texts in labels if len(set(texts)) < len(texts)] == []
    assert dict(labels)["position"] == ["0%", "0.02%", "0.04%", "0.06%", "0.08%", "0.1%"]


START_OF_BAND = """() => {
  const view = Object.values(Bokeh.index).find((one) => one.model.name === "rolling-sharpe");
  const { data } = [...Bokeh.documents.at(-1).all_models].find(({ name }) => name === "days");
  const ratio = data.sharpe_ratio_0, first = ratio.findIndex(Number.isFinite);
  const { canvas, pixel_ratio } = view.canvas.primary, { x_scale, y_scale } = view.frame;
  const points = [0.25, 0.75].map((share) => [
    pixel_ratio * x_scale.compute(data.date[first - 1] + share * (data.date[first] - data.date[first - 1])),
    pixel_ratio * y_scale.compute(share * ratio[first]),
  ]);
  return [canvas.toDataURL(), ...points];
}"""


def test_the_band_of_the_rolling_sharpe_ratio_begins_with_its_first_day(kept):
    """Half of the way from the day before is the first day's own."""
    address, *points = kept.evaluate(START_OF_BAND)
    picture = Image.open(BytesIO(b64decode(address.partition(",")[2])))
    before, within = (picture.getpixel((int(x), int(y)))[3] for x, y in points)
    assert (before, within > 0) == (0, True)


def test_a_sentence_stands_in_place_of_a_chart_without_a_value(kept, result):
    picture, sentence = kept.locator("#chart-rolling-sharpe"), kept.locator("#empty-rolling-sharpe")
    days = result.comparison.benchmark.equity.index
    expect(sentence).to_be_hidden()
    choose_dates(kept, days[0], days[6])
    expect(sentence).to_have_text("There is no ratio to draw in this window: each one is of 63 days.")
    expect(picture).to_be_hidden()
    kept.click("#whole")
    expect(picture).to_be_visible()
    expect(sentence).to_be_hidden()


def test_on_paper_the_labels_of_a_chart_are_as_large_as_on_the_page(look, run_folder):
    """A drawing of each chart stands there, as wide as the text; then the page is as before."""
    page = look(run_folder / "report.html")
    page.wait_for_selector(DRAWN)
    before = page.locator("#chart-price canvas").first.bounding_box()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    drawings = page.locator(".picture:visible > svg")
    assert drawings.count() == page.locator(".picture:visible").count() > 5
    assert set(drawings.evaluate_all("all => all.map((one) => one.getBoundingClientRect().width)")) == {690}
    texts = "all => [...new Set(all.map((one) => getComputedStyle(one).fontSize))]"
    assert page.locator("#chart-price > svg text").evaluate_all(texts) == ["12px"]
    assert page.locator("#chart-price canvas").first.is_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(page.locator(".picture > svg")).to_have_count(0)
    assert page.locator("#chart-price canvas").first.bounding_box()["width"] == before["width"]

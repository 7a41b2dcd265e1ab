"""What the tests ask of `report.html`, and how they point at its charts."""

from playwright.sync_api import expect

from backtrader_walkforward.evaluation.metrics import measure_performance, win_rate
from backtrader_walkforward.reports.formatting import number, percent

DRAWN = "html[data-drawn]"


def place_on(page, chart, right):
    """Scroll to a chart and return a point of it, a share of its width from the left, at 40 % of its height."""
    canvas = page.locator(f"#chart-{chart} canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    return box["x"] + box["width"] * right, box["y"] + box["height"] * 0.4


def window_table(page):
    """Return the figures of the window by the label of the variant, as the page shows them."""
    rows = page.locator("#window tbody tr").all()
    return {row.locator("th").inner_text().strip(): row.locator("td").all_inner_texts() for row in rows}


def expected_figures(result, first, last):
    """Return the same by the package's own metrics."""
    equity = result.equity.loc[first:last]
    figures = measure_performance(equity, result.cash_rate)
    closed = result.trades[result.trades["closed"].between(equity.index[0], equity.index[-1], inclusive="right")]
    shown = [figures["total_return"], figures["sharpe"], figures["max_drawdown"], win_rate(closed["profit"])]
    forms = [percent, number, percent, percent]
    return [*(form(value) for form, value in zip(forms, shown, strict=True)), str(len(closed))]


def choose_dates(page, first, last):
    """Name the first and the last day of the window, and wait for the charts."""
    for name, day in (("#to", last), ("#from", first)):
        page.fill(name, f"{day:%F}")
    expect(page.locator("#window-caption")).to_contain_text(f"From the close of {first:%F} to that of {last:%F}")


def model(page, name, read):
    """Return what a function of JavaScript reads of the first of Bokeh's models of this name."""
    found = f"[...Bokeh.documents.at(-1).all_models].find((model) => model.name === '{name}')"
    return page.evaluate(f"() => ({read})({found})")

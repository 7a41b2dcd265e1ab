"""How well the forecasts rank the tickers: the part of a panel's page."""

from collections.abc import Hashable

from backtrader_walkforward.evaluation.metrics import NORMAL_95
from backtrader_walkforward.evaluation.ranking_skill import FEWEST_TICKERS, THIRDS
from backtrader_walkforward.reports.formatting import basis_points, count, number, p_value, percent
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.pages.plot import Line, plot
from backtrader_walkforward.reports.panel.sentences import bar_of
from backtrader_walkforward.reports.panel.summary import PanelSummary, buy_and_hold_of
from backtrader_walkforward.reports.section import Table
from backtrader_walkforward.settings.choices import BASIS_POINTS

FEWEST_WINDOWS = 4
"""Windows of a rolling average in all the days; of fewer than four years the windows are shorter than a year."""


def ranking_section(panel: PanelSummary) -> html.Html:
    """Return figures, the rank IC over time, the returns by fifth of forecast, and the years."""
    parts = [figures(panel), html.element("div", rolling_ic(panel), fifths(panel), kind="curve-pair")]
    if len(panel.ranking.by_year):
        parts.append(html.table_html(years_table(panel)))
    return html.lines(parts)


def figures(panel: PanelSummary) -> html.Html:
    """Return the figures of the ranking."""
    ranking, bar = panel.ranking, bar_of(panel)
    if ranking.mean_ic is None:
        words = (
            f"A rank IC needs {FEWEST_TICKERS} tickers with a forecast and a known return, and no {bar} has so many."
            " Books hold the tickers with the highest forecasts of those that there are."
        )
        return html.element("p", words, kind="says")
    pairs = {
        "Mean rank IC": (number(ranking.mean_ic, 4), f"t-ratio {number(ranking.t_ratio)}, {p_value(ranking.p_value)}"),
        "Its standard error": (number(ranking.standard_error, 4), f"{count(len(ranking.ic))} {bar}s ranked"),
        f"Highest less lowest {ranking.group}": (
            f"{basis_points(ranking.spread)} bp",
            f"a {bar}, before costs; t-ratio {number(ranking.spread_t_ratio)}",
        ),
        "Right sign": (percent(ranking.hit_rate, 1), "of all forecasts"),
    }
    shown = {term: html.with_reference(*pair) for term, pair in pairs.items()}
    return html.Html(f'<dl class="figures">\n{html.definition_list(shown)}\n</dl>')


def rolling_ic(panel: PanelSummary) -> html.Html:
    """Return the rolling mean of the rank IC over the band that holds 95 of 100 such averages without skill."""
    ic, per_year, bar = panel.ranking.ic, buy_and_hold_of(panel).bars_a_year, bar_of(panel)
    window = max(2, min(per_year, len(ic) // FEWEST_WINDOWS))
    rolling = ic.rolling(window).mean().dropna()
    if rolling.empty:
        return html.Html()
    error = (panel.ranking.standard_error or 0.0) * (len(ic) / window) ** 0.5
    words = f"Rank IC, average of {window} {bar}s. Shaded: 95 of 100 such averages without skill"
    line = Line(name="Latest", curve=rolling, last=number(rolling.iloc[-1], 3))
    return plot([line], words, lambda value: f"{round(value, 9):g}", (-NORMAL_95 * error, NORMAL_95 * error))


def fifths(panel: PanelSummary) -> html.Html:
    """Return the mean return of each fifth as bars with their figures, the lowest forecasts first."""
    returns = panel.ranking.fifths
    known = returns.dropna()
    if known.empty:
        return html.Html()
    group, largest = panel.ranking.group, float(known.abs().max()) or 1.0
    places: dict[Hashable, str] = {2: f"Middle {group}"} if len(returns) == THIRDS else {}
    places |= {returns.index[0]: f"Lowest {group}", returns.index[-1]: f"Highest {group}"}
    rows = (bar_row(places.get(place, str(place)), float(value), largest) for place, value in returns.items())
    words = f"Mean return of the tickers by forecast, basis points a {bar_of(panel)}, before costs"
    return html.lines(
        [
            '<figure class="plot bars">',
            html.element("figcaption", words),
            html.element("table", html.element("tbody", html.lines(rows))),
            "</figure>",
        ]
    )


def bar_row(label: str, value: float, largest: float) -> html.Html:
    """Return a mean return as a bar to the right of the middle, or to the left where it is negative, and a figure."""
    known = 0.0 if value != value else value
    width = abs(known) / largest * 50
    left, side = (50.0, "up") if known >= 0 else (50 - width, "down")
    svg = (
        f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="{side}" x="{left:.2f}"'
        f' width="{width:.2f}" height="10"/><line x1="50" x2="50" y2="10"/></svg>'
    )
    figure = html.Html(f'<data value="{known * BASIS_POINTS!r}">{basis_points(value)}</data>')
    return html.element("tr", html.element("th", label), html.element("td", html.Html(svg)), html.element("td", figure))


def years_table(panel: PanelSummary) -> Table:
    """Return how well the forecasts ranked the tickers, by year."""
    rows = [
        [
            f"{year}",
            number(row.mean_ic, 3),
            number(row.t_ratio),
            count(row.days),
            percent(row.hit_rate, 1),
            basis_points(row.spread),
        ]
        for year, row in panel.ranking.by_year.iterrows()
    ]
    headings = ("Year", "Mean\nrank IC", "t-ratio", "Days", "Right\nsign", "Highest less lowest,\nbp a day")
    return Table(headings=headings, rows=rows, title="Year by year", on_terminal=False)

"""`report.html` of a panel: the charts of all accounts that its verdict is about, books and portfolios."""

from collections.abc import Mapping
from dataclasses import replace

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.charts import distribution, months
from backtrader_walkforward.reports.explore.page import PLAIN_PAGE, Top, explore_page
from backtrader_walkforward.reports.explore.timeline import timeline_of_accounts
from backtrader_walkforward.reports.formatting import origin_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.panel.accounts import accounts_of, is_portfolio
from backtrader_walkforward.reports.panel.page import MOST_NOTES, headline
from backtrader_walkforward.reports.panel.sentences import notes_of, tickers_text, title_of
from backtrader_walkforward.reports.panel.summary import PanelSummary

KINDS = html.Html(
    "A book is one account that holds many tickers. A portfolio is a strategy on every ticker in equal parts; its"
    ' trades and positions are on <a href="#tickers">the pages of the tickers</a>. All are compared with buy &amp; hold'
    " of every ticker in equal parts."
)

NO_POSITION = "A portfolio has no position of its own: the page of each ticker shows what it held there."


def panel_report(panel: PanelSummary, links: Mapping[str, str]) -> str:
    """Return the page of a panel's books and portfolios, with the addresses of the tickers' pages."""
    accounts = accounts_of(panel)
    top = Top(
        title=f"{title_of(panel)}: {len(accounts.ranked)} variants to explore",
        origin=origin_text(tickers_text(panel), panel.settings.result_settings()),
        significance=panel.significance,
        notes=notes_of(panel)[:MOST_NOTES],
        headline=html.definition_list(headline(panel, accounts)),
        says=KINDS,
    )
    below = html.lines([pages_of_tickers(links), PLAIN_PAGE])
    return explore_page(top, accounts, timeline(accounts), whole_test(accounts), below=below)


def pages_of_tickers(links: Mapping[str, str]) -> html.Html:
    """Return a link to the page of each ticker."""
    pages = html.Html(", ".join(html.link(ticker, address) for ticker, address in links.items()))
    words = "The page of a ticker has its own charts, positions and forecasts: "
    return html.lines([html.Html('<h2 id="tickers">Tickers</h2>'), html.element("p", words, pages, ".", kind="says")])


def whole_test(accounts: Comparison) -> dict[str, Chart]:
    """Return the charts of the whole test that need nothing but the accounts."""
    drawn = {"months": months.chart_of(accounts), "distribution": distribution.chart_of(accounts)}
    return {name: chart for name, chart in drawn.items() if chart is not None}


def timeline(accounts: Comparison) -> dict[str, Chart]:
    """Return the charts on the axis of time; that of positions says where those of a portfolio are."""
    charts = timeline_of_accounts(accounts)
    says = [NO_POSITION if is_portfolio(result) else "" for result in accounts.ranked]
    return charts | {"position": replace(charts["position"], of_variants=says)}

"""`report.html` of a panel: the charts of all accounts that its verdict is about, books and portfolios."""

from dataclasses import replace

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.explore.chart import Chart
from backtrader_walkforward.reports.explore.page import Top, explore_page
from backtrader_walkforward.reports.explore.timeline import timeline_of_accounts
from backtrader_walkforward.reports.formatting import origin_text
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.panel.accounts import accounts_of, is_portfolio
from backtrader_walkforward.reports.panel.page import MOST_NOTES, headline
from backtrader_walkforward.reports.panel.sentences import notes_of, tickers_text, title_of
from backtrader_walkforward.reports.panel.summary import PanelSummary

KINDS = (
    "A book is one account that holds many tickers. A portfolio is a strategy on every ticker in equal parts; its"
    " trades and positions are on the pages of the tickers. All are compared with buy & hold of every"
    " ticker in equal parts."
)

NO_POSITION = "A portfolio has no position of its own: the page of each ticker shows what it held there."


def panel_report(panel: PanelSummary) -> str:
    """Return the page of a panel's books and portfolios."""
    accounts = accounts_of(panel)
    top = Top(
        title=f"{title_of(panel)}: {len(accounts.ranked)} variants to explore",
        origin=origin_text(tickers_text(panel), panel.settings.result_settings()),
        significance=panel.significance,
        notes=notes_of(panel)[:MOST_NOTES],
        headline=html.definition_list(headline(panel, accounts)),
        says=KINDS,
    )
    return explore_page(top, accounts, timeline(accounts), {})


def timeline(accounts: Comparison) -> dict[str, Chart]:
    """Return the charts on the axis of time; that of positions says where those of a portfolio are."""
    charts = timeline_of_accounts(accounts)
    says = [NO_POSITION if is_portfolio(result) else "" for result in accounts.ranked]
    return charts | {"position": replace(charts["position"], of_variants=says)}

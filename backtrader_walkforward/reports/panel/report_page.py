"""`report.html` of a panel: the charts of its books, which trade all tickers in one account."""

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.explore.page import Top, explore_page
from backtrader_walkforward.reports.explore.timeline import timeline_of_accounts
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.panel.page import headline
from backtrader_walkforward.reports.panel.sentences import counts_text, title_of
from backtrader_walkforward.reports.panel.summary import PanelSummary


def panel_report(panel: PanelSummary, comparison: Comparison) -> str:
    """Return the page of a panel's books."""
    top = Top(
        title=f"{title_of(panel)}: books to explore",
        source=counts_text(panel),
        significance=panel.significance,
        headline=html.definition_list(headline(panel, comparison)),
    )
    return explore_page(top, comparison, timeline_of_accounts(comparison), {})

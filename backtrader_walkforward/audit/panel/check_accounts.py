"""Checks of the books' accounts: equity from fills alone, every fill in its bar, tickers that ended closed."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.audit.check_equity import reconcile
from backtrader_walkforward.audit.check_fills import fills_finding
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel
from backtrader_walkforward.audit.panel.check_books import longest_gap
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.books.self_checks import PanelBars, least_commission, terms_of
from backtrader_walkforward.panels.book import BookResult

ENDED = "ended tickers"


def check_accounts(panel: AuditedPanel) -> Iterator[Finding]:
    """Check equity, fills and the positions of ended tickers of every book."""
    closes = PanelBars.of(panel.signals).closes.ffill().fillna(0.0)
    for variant in panel.variants:
        book = panel.books[variant.name]
        yield from reconcile(variant, book, closes, panel.settings.trading.capital)
        yield from check_fills(panel, book)
        yield from check_ended(panel, book, closes, longest_gap(variant))


def check_fills(panel: AuditedPanel, book: BacktestResult) -> Iterator[Finding]:
    """Compare every fill of a book with the bar of its ticker and with the costs of the settings."""
    fills, trading = book.analyses["fills"], panel.settings.trading
    if not len(fills):
        yield Finding("fills", book.name, 0, reason="it has no fill")
    for ticker, own in fills.groupby("ticker"):
        bars, least = panel.signals[str(ticker)], least_commission(own, trading)
        found = fills_finding(book.name, own, bars, terms_of(trading), least)
        yield replace(found, failure=f"in {ticker} {found.failure}") if found.failure else found


def check_ended(panel: AuditedPanel, book: BookResult, closes: pd.DataFrame, gap: pd.Timedelta) -> Iterator[Finding]:
    """Check that each position in a ticker whose prices have ended was closed, and at its last price."""
    last_day, fills, closed = book.equity.index[-2], book.booked_fills, book.closed_at_end
    for ticker, bars in panel.signals.items():
        end = bars.index[-1]
        own = fills[fills["ticker"] == ticker]
        if last_day - end <= gap or not len(own):
            continue
        prices, failure = closed.loc[closed["ticker"] == ticker, "price"], ""
        if abs(left := own["size"].sum()) > 1e-9 * own["size"].abs().max():
            failure = f"still holds {left:,.6g} shares of {ticker}, whose prices have ended"
        elif not (prices == closes.loc[end, ticker]).all():
            failure = f"closes {ticker} at {prices.iloc[0]:,.6g}, and its last price is {closes.loc[end, ticker]:,.6g}"
        yield Finding(ENDED, f"{book.name} {ticker}", len(own), failure, end if failure else None)

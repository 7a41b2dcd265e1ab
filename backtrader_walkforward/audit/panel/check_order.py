"""Checks that the order of the tickers changes nothing: forecasts and books are made again, the last ticker first."""

from collections.abc import Iterator, Sequence
from datetime import date

import pandas as pd
from threadpoolctl import threadpool_limits

from backtrader_walkforward.audit.check_forecasts import FORECASTS
from backtrader_walkforward.audit.check_trading import first_other_fill
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure
from backtrader_walkforward.audit.finding import Finding, compare, first_difference
from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel, Histories
from backtrader_walkforward.audit.panel.check_books import trade
from backtrader_walkforward.audit.panel.learner import PanelLearner
from backtrader_walkforward.panels.book import BookResult
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import Variant

STAGE = "order"

FAILURE = "differs when the tickers are in reverse order"


def order_rooms(panel: AuditedPanel) -> list[CleanRoom]:
    """Compare forecasts, where a fit takes no epochs, and books with those of the tickers in reverse order."""
    backwards = dict(reversed(panel.histories.items()))
    bars = dict(reversed(panel.signals.items()))

    def check_forecasts(answer: dict[str, pd.DataFrame] | Failure) -> Iterator[Finding]:
        for ticker, run in panel.runs.items():
            before = run.table.filter(items=FORECASTS)
            after = None if isinstance(answer, Failure) else answer.get(ticker)
            if after is None:
                why = answer.reason if isinstance(answer, Failure) else "there is no forecast"
                yield Finding(STAGE, f"{ticker} forecasts", 0, f"fail when the tickers are in reverse order: {why}")
            else:
                yield compare(STAGE, f"{ticker} forecasts", before, after.reindex(columns=before.columns), FAILURE)

    def check_books(answer: list[BookResult] | Failure) -> Iterator[Finding]:
        if isinstance(answer, Failure):
            yield Finding(STAGE, "books", 0, f"fail when the tickers are in reverse order: {answer.reason}")
            return
        for book in answer:
            yield compare_books(panel.books[book.name], book)

    how = panel.variants, panel.settings, panel.first_day
    rooms = [CleanRoom(trade_once, [bars], how, check_books)]
    if panel.has_cheap_fits:
        rooms.append(CleanRoom(forecast_once, [backwards], (panel.learner,), check_forecasts))
    return rooms


def forecast_once(histories: Iterator[Histories], learner: PanelLearner) -> dict[str, pd.DataFrame]:
    """Return the forecasts of the only item."""
    [only] = histories
    with threadpool_limits(limits=1):
        return learner.forecasts(only)


def trade_once(
    histories: Iterator[dict[str, pd.DataFrame]],
    variants: Sequence[Variant],
    settings: Settings,
    first_day: date | None,
) -> list[BookResult]:
    """Return the books of the only item."""
    [only] = histories
    return trade(only, variants, settings, first_day)


def compare_books(before: BookResult, after: BookResult) -> Finding:
    """Compare target weights, fills and equity of two books to the bit."""
    days = [
        first_difference(pd.DataFrame(before.weights), pd.DataFrame(after.weights)[list(before.weights)]),
        first_other_fill(before.fills, after.fills),
        first_difference(before.equity, after.equity),
    ]
    found = [day for day in days if day is not None]
    return Finding(STAGE, before.name, before.weights.size, FAILURE if found else "", min(found) if found else None)

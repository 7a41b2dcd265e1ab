"""Checks that the order of the tickers changes nothing: forecasts and books are made again, the last ticker first."""

from collections.abc import Iterator

import pandas as pd
from threadpoolctl import threadpool_limits

from backtrader_walkforward.audit.check_forecasts import FORECASTS
from backtrader_walkforward.audit.check_trading import first_other_fill
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure, for_each, only
from backtrader_walkforward.audit.finding import Finding, compare, first_difference
from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel, Histories
from backtrader_walkforward.audit.panel.learner import PanelLearner
from backtrader_walkforward.audit.panel.trade_books import Traded, trade
from backtrader_walkforward.panels.book import BookResult

STAGE = "order"

FAILURE = "differs when the tickers are in reverse order"


def order_rooms(panel: AuditedPanel) -> list[CleanRoom]:
    """Compare forecasts, where a fit takes no epochs, and books with those of the tickers in reverse order."""
    backwards = dict(reversed(panel.histories.items()))
    bars = dict(reversed(panel.signals.items()))

    def check_forecasts(answers: list[dict[str, pd.DataFrame]] | Failure) -> Iterator[Finding]:
        answer = only(answers)
        for ticker, run in panel.runs.items():
            before = run.table.filter(items=FORECASTS)
            after = None if isinstance(answer, Failure) else answer.get(ticker)
            if after is None:
                why = answer.reason if isinstance(answer, Failure) else "there is no forecast"
                yield Finding(STAGE, f"{ticker} forecasts", 0, f"fail when the tickers are in reverse order: {why}")
            else:
                yield compare(STAGE, f"{ticker} forecasts", before, after.reindex(columns=before.columns), FAILURE)

    def check_books(answers: list[Traded | Failure] | Failure) -> Iterator[Finding]:
        answer = only(answers)
        if isinstance(answer, Failure):
            yield Finding(STAGE, "books", 0, f"fail when the tickers are in reverse order: {answer.reason}")
            return
        for book in answer:
            yield compare_books(panel.books[book.name], book)

    how = panel.variants, panel.settings, panel.first_day
    rooms = [CleanRoom(for_each, [bars], (trade, *how), check_books)]
    if panel.has_cheap_fits:
        rooms.append(CleanRoom(for_each, [backwards], (forecasts_of, panel.learner), check_forecasts))
    return rooms


def forecasts_of(histories: Histories, learner: PanelLearner) -> dict[str, pd.DataFrame]:
    """Return the forecasts of each ticker."""
    with threadpool_limits(limits=1):
        return learner.forecasts(histories)


def compare_books(before: BookResult, after: BookResult) -> Finding:
    """Compare target weights, fills and equity of two books to the bit."""
    days = [
        first_difference(pd.DataFrame(before.weights), pd.DataFrame(after.weights)[list(before.weights)]),
        first_other_fill(before.fills, after.fills),
        first_difference(before.equity, after.equity),
    ]
    found = [day for day in days if day is not None]
    return Finding(STAGE, before.name, before.weights.size, FAILURE if found else "", min(found) if found else None)

"""Differences of two books: of their target weights, and of their fills."""

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.check_trading import days_of_fill, first_other_fill
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.books.reconstruct_equity import mismatch


def first_difference_until(
    before: BacktestResult, after: BacktestResult, end: pd.Timestamp
) -> tuple[pd.Timestamp, str] | None:
    """Return the first day up to the end on which two books differ, and how; None if they do not."""
    if weight := first_other_weight(pd.DataFrame(before.weights.loc[:end]), pd.DataFrame(after.weights)):
        day, ticker = weight
        return day, f"weighs {ticker} differently when later bars are missing"
    if (fill := first_other_fill(known_fills(before, end), known_fills(after, end))) is not None:
        return fill, "fills differently when later bars are missing"
    return None


def known_fills(book: BacktestResult, end: pd.Timestamp) -> pd.DataFrame:
    """Return the fills that were booked up to a day."""
    fills: pd.DataFrame = book.analyses["fills"]
    return fills[fills["booked"] <= end]


def first_other_weight(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.Timestamp, str] | None:
    """Return the first day on which a target weight differs, and its ticker; None if none does."""
    places = np.argwhere(other_weights(before, after))
    return (before.index[places[0][0]], str(before.columns[places[0][1]])) if len(places) else None


def other_weights(before: pd.DataFrame, after: pd.DataFrame) -> np.ndarray:
    """Tell for each day and ticker whether the target weight differs by more than rounding; one that is absent is 0."""
    others = after.reindex(index=before.index, columns=before.columns).fillna(0.0)
    return mismatch(others, before.fillna(0.0), 1.0).to_numpy()


def days_of_difference(before: BacktestResult, after: BacktestResult | None) -> list[pd.Timestamp]:
    """Return the days on which target weights differ, and that before the first fill that differs.

    Rounding does not count. All days if there is nothing to compare.
    """
    days = pd.DatetimeIndex(before.weights.index)
    if after is None:
        return list(days)
    other = other_weights(pd.DataFrame(before.weights), pd.DataFrame(after.weights))
    found = list(days[np.flatnonzero(other.any(axis=1))])
    columns = ["booked", "ticker", "account", "size", "price"]
    fills = (book.analyses["fills"][columns] for book in (before, after))
    return [*found, *days_of_fill(days, first_other_fill(*fills))]

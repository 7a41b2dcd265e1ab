"""Recorded prices compared with those of today: what actions explain is booked, the rest is refused."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.actions.doubts import doubtful_actions
from backtrader_walkforward.data.prices import COLUMNS
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.live.paper.corporate_actions import (
    actions_of,
    known_to,
    merged,
    rows_of,
    values_in,
    without,
)
from backtrader_walkforward.live.paper.ledger_settings import ANOTHER
from backtrader_walkforward.live.paper.prices.ledger_bars import best_fit, most_strays
from backtrader_walkforward.live.paper.prices.replaced_actions import with_replaced
from backtrader_walkforward.live.paper.prices.unexplained_prices import require_certain, require_no_jump, unexplained
from backtrader_walkforward.live.paper.record import Record

NEAR = timedelta(days=7)
"""Time between a confirmed action and the same one of the source: the right day was not known."""

SAME_VALUE = 1e-2
"""Relative difference of the values of two actions that are the same: sources round them."""


class ComparedPrices(NamedTuple):
    """The prices of today in the units of a ledger."""

    record: Record
    """The record up to the first day that must be recorded again; whole if there is none."""
    bars: pd.DataFrame
    """Bars of all days of the prices."""
    actions: pd.DataFrame
    """All actions, those that the ledger does not have yet among them."""
    notes: tuple[str, ...]

    @property
    def new_bars(self) -> pd.DataFrame:
        """Bars after the record."""
        return self.bars[self.bars.index > self.record.tables.signals.index[-1]]


def compare_prices(record: Record, prices: Prices, confirmed: pd.DataFrame) -> ComparedPrices:
    """Return the prices in the units of the ledger, with the actions of their source and those that are `confirmed`.

    An action or a session that becomes known after a later day was recorded, or is confirmed otherwise than before,
    lets the ledger record all days from it on again.

    Raises
    ------
    LedgerError
        If the recorded days have other prices now, and no action explains it; if new prices jump, or do not bear out
        a dividend.
    ArgumentError
        If what is confirmed contradicts the source, the ledger or the prices.
    DataError
        If no recorded day is among the prices.
    """
    known = record.tables.actions
    found = _without_confirmed(known_to(prices, record.paper_day), known)
    known, found = with_replaced(known, found, confirmed, record, prices)
    asked = _require_possible(confirmed, merged(known[~known["confirmed"]], found), record, prices)
    corrected = values_in(asked, known)
    known = known[corrected.isna() | (corrected == known["value"])]
    later = without(merged(found, asked), known)
    later, inserted = later[later["day"] <= record.last_day], _inserted(record, prices)
    again = min([*later["day"], *inserted], default=pd.Timestamp(date.max))
    kept = record.before(again) if again <= record.last_day else record
    actions = merged(known[(known["day"] < again) | known["confirmed"]], found, asked)
    recorded = kept.tables.signals[COLUMNS]
    bars, strays = best_fit(recorded, prices, actions, without(actions, found), record.paper_day)
    if strays.sum() > most_strays(len(strays)):
        if len(asked):
            compare_prices(record, prices, actions_of())  # raises, unless the prices fit without it
            raise ArgumentError("--confirm: the recorded prices fit without it, and do not with it - leave it out")
        raise unexplained(recorded, bars, actions, prices, record.paper_day)
    require_certain(doubtful_actions(prices), merged(record.tables.actions, asked), record.paper_day, prices)
    require_no_jump(recorded, bars, actions, prices.source)
    notes = (*_again(record, kept, later, inserted), *_notes(record, kept, prices, strays, found))
    return ComparedPrices(kept, bars, actions, notes)


def _without_confirmed(found: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return what a source knows, but for what was confirmed for a day near to that."""
    confirmed = known[known["confirmed"]]
    both = found.reset_index().merge(confirmed, on="kind", suffixes=("", "_known"))
    near = (both["day"] - both["day_known"]).abs() <= NEAR
    moved = near & (both["day"] != both["day_known"]) & np.isclose(both["value"], both["value_known"], rtol=SAME_VALUE)
    return found.drop(both["index"][moved])


def _require_possible(confirmed: pd.DataFrame, known: pd.DataFrame, record: Record, prices: Prices) -> pd.DataFrame:
    """Return the confirmed actions that the source does not know."""
    for action, value in zip(rows_of(confirmed), values_in(known, confirmed), strict=True):
        if abs(action.value - value) > SAME_VALUE * value:  # not if it is NaN, unknown
            raise ArgumentError(f"--confirm {action.option}: it is known with {value:g} - leave it out")
        if action.day <= record.paper_day or action.day not in prices.frame.index:
            raise ArgumentError(
                f"--confirm {action.option}: the day must be one of the prices, which end on"
                f" {prices.frame.index[-1]:%Y-%m-%d}, and after {record.paper_day:%Y-%m-%d}, the first one of the"
                f" ledger - correct it, or {ANOTHER}"
            )
    return without(confirmed, known)


def _inserted(record: Record, prices: Prices) -> pd.Index:
    """Return the days of prices between those recorded."""
    days = prices.frame.index
    return days[(days > record.paper_day) & (days < record.last_day)].difference(record.tables.signals.index)


def _again(record: Record, kept: Record, later: pd.DataFrame, inserted: pd.Index) -> Iterator[str]:
    """Yield why days are recorded again."""
    if kept is not record:
        days = record.tables.signals.index[len(kept.tables.signals) :]
        reasons = [*(action.text for action in rows_of(later)), *(f"prices of {day:%Y-%m-%d}" for day in inserted)]
        yield (
            f"recorded days that are recorded again, late: {len(days)}, the first {days[0]:%Y-%m-%d}, because this"
            f" became known after it: {'; '.join(reasons)}"
        )


def _notes(record: Record, kept: Record, prices: Prices, strays: pd.Series, found: pd.DataFrame) -> Iterator[str]:
    """Yield a line on what is otherwise now, and stays as it was recorded."""
    recorded, now = kept.tables.signals.index, prices.frame.index
    of_source = kept.tables.actions[~kept.tables.actions["confirmed"] & (prices.actions is not None)]
    otherwise = of_source["day"][~np.isclose(of_source["value"], values_in(found, of_source), rtol=SAME_VALUE)]
    for label, days in {
        "recorded days with other prices now": strays.index[strays],
        "recorded days without prices now": recorded.difference(now),
        "days before the first session whose prices were added later": now[
            (now > recorded[0]) & (now < record.paper_day)
        ].difference(recorded),
        "recorded dividends and splits that are others now": pd.DatetimeIndex(otherwise),
    }.items():
        if len(days):
            yield f"{label}: {len(days)}, the first {days[0]:%Y-%m-%d}; the ledger keeps what it recorded"

"""Recorded prices compared with those of today: what actions explain is booked, the rest is refused.

The bars of a ledger are prices as traded from its first day on, in shares of that day; the history before is adjusted
for what came until then.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.prices import COLUMNS, PRICE_COLUMNS
from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.live.paper.corporate_actions import (
    actions_of,
    known_to,
    merged,
    rows_of,
    shares_for_one,
    without,
)
from backtrader_walkforward.live.paper.ledger_settings import ANOTHER
from backtrader_walkforward.live.paper.record import Record
from backtrader_walkforward.live.paper.unexplained_prices import differ, most_strays, require_no_jump, unexplained

NEAR = timedelta(days=7)
"""Time between a confirmed action and the same one of the source: the right day was not known."""

ROUNDED = 1e-2
"""Relative difference of the values of two actions that are the same: sources round them."""

RECENT = 20
"""Days whose median ratio is that of the volumes."""


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
        If the recorded days have other prices now, and no action explains it.
    ArgumentError
        If what is confirmed contradicts the source, the ledger or the prices.
    DataError
        If no recorded day is among the prices.
    """
    known = record.tables.actions
    found = _without_confirmed(known_to(prices, record.paper_day), known)
    asked = _require_possible(confirmed, merged(known[~known["confirmed"]], found), record, prices)
    known = _without_corrected(known, asked)
    later = without(merged(found, asked), known)
    later, inserted = later[later["day"] <= record.last_day], _inserted(record, prices)
    again = min([*later["day"], *inserted], default=pd.Timestamp(date.max))
    kept = record.before(again) if again <= record.last_day else record
    actions = merged(known[(known["day"] < again) | known["confirmed"]], found, asked)
    recorded = kept.tables.signals[COLUMNS]
    bars, strays = _best_fit(recorded, prices, actions, found, record.paper_day)
    if strays.sum() > most_strays(len(strays)):
        if len(asked):
            compare_prices(record, prices, actions_of())  # raises, unless the prices fit without it
            raise ArgumentError("--confirm: the recorded prices fit without it, and do not with it - leave it out")
        raise unexplained(recorded, bars, actions, prices, record.paper_day)
    require_no_jump(recorded, bars, actions, prices.source)
    notes = (*_again(record, kept, later, inserted), *_notes(record, kept, prices, strays, found))
    return ComparedPrices(kept, bars, actions, notes)


def as_traded(prices: Prices, opened: pd.Timestamp) -> pd.DataFrame:
    """Return the bars as traded; those before the ledger was opened stay adjusted, in shares of that day.

    Where the source does not know dividends and splits, they are as it gives them. The volumes of a file are adjusted
    as its prices are, those of Yahoo for splits alone, so that they are in shares of today.
    """
    if prices.unadjusted_close is None or prices.actions is None:
        return prices.frame[COLUMNS]
    units = prices.unadjusted_close / prices.frame["Close"]
    first = int(units.index.searchsorted(opened, side="right")) - 1
    units = units.where(units.index > opened, units.iloc[max(first, 0)])
    return _rescaled(prices.frame[COLUMNS], units, volume=_adjusts_volumes(prices))


def _require_possible(confirmed: pd.DataFrame, known: pd.DataFrame, record: Record, prices: Prices) -> pd.DataFrame:
    """Return the confirmed actions that the source does not know."""
    values = {(action.day, action.kind): action.value for action in rows_of(known)}
    for action in rows_of(confirmed):
        value = values.get((action.day, action.kind), action.value)
        if not np.isclose(action.value, value, rtol=ROUNDED):
            raise ArgumentError(f"--confirm {action.option}: it is known with {value:g} - leave it out")
        if action.day <= record.paper_day or action.day not in prices.frame.index:
            raise ArgumentError(
                f"--confirm {action.option}: the day must be one of the prices, which end on"
                f" {prices.frame.index[-1]:%Y-%m-%d}, and after {record.paper_day:%Y-%m-%d}, the first one of the"
                f" ledger - correct it, or {ANOTHER}"
            )
    return without(confirmed, known)


def _without_corrected(known: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the recorded actions but for those that are confirmed with another value now."""
    values = {(action.day, action.kind): action.value for action in rows_of(asked)}
    return actions_of(one for one in rows_of(known) if values.get((one.day, one.kind), one.value) == one.value)


def _without_confirmed(found: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return what a source knows, but for what was confirmed for a day near to that."""
    confirmed = known[known["confirmed"]]
    both = found.reset_index().merge(confirmed, on="kind", suffixes=("", "_known"))
    near = (both["day"] - both["day_known"]).abs() <= NEAR
    moved = near & (both["day"] != both["day_known"]) & np.isclose(both["value"], both["value_known"], rtol=ROUNDED)
    return found.drop(both["index"][moved])


def _inserted(record: Record, prices: Prices) -> pd.Index:
    """Return the days of prices between those recorded."""
    days = prices.frame.index
    return days[(days > record.paper_day) & (days < record.last_day)].difference(record.tables.signals.index)


def _best_fit(
    recorded: pd.DataFrame, prices: Prices, actions: pd.DataFrame, found: pd.DataFrame, opened: pd.Timestamp
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the bars in the units of the ledger, and for each recorded day whether its bar is another one.

    A source that does not know of an action has prices as traded, or all earlier ones are adjusted for it: the way in
    which the recorded days fit better.
    """
    common = recorded.index.intersection(prices.frame.index)
    if common.empty:
        raise DataError(
            f"the prices, {prices.frame.index[0]:%Y-%m-%d} to {prices.frame.index[-1]:%Y-%m-%d}, share no day with the"
            f" ledger - use prices that continue from its end, {recorded.index[-1]:%Y-%m-%d}"
        )
    others = without(actions, found)
    shares = shares_for_one(without(actions, others), prices.frame.index)
    traded = _rescaled(as_traded(prices, opened), shares, volume=_adjusts_volumes(prices))
    ways = [traded] if others.empty else [traded, _not_adjusted(traded, others, shares)]
    fits = []
    for way in ways:
        bars = _rescaled(way, shares_for_one(others, way.index))
        bars["Volume"] *= _volume_factor(recorded.loc[common, "Volume"], bars.loc[common, "Volume"])
        others_now = differ(recorded.loc[common], bars.loc[common], prices.frame["Close"][common])
        fits.append((bars, others_now.any(axis=1)))
    return min(fits, key=lambda fit: fit[1].sum())


def _not_adjusted(bars: pd.DataFrame, actions: pd.DataFrame, shares: np.ndarray) -> pd.DataFrame:
    """Return bars as traded, of bars that were adjusted for the actions."""
    for action in reversed(rows_of(actions)):
        at = bars.index.searchsorted(action.day)
        close = bars["Close"].iloc[at - 1]
        is_split = action.kind == "split"
        factor = action.value if is_split else 1 + action.value * shares[at - 1] / close
        bars = _rescaled(bars, np.where(np.arange(len(bars)) < at, factor, 1.0), volume=is_split)
    return bars


def _adjusts_volumes(prices: Prices) -> bool:
    return prices.used_source == "csv"


def _rescaled(bars: pd.DataFrame, factor: np.ndarray | pd.Series, *, volume: bool = True) -> pd.DataFrame:
    scaled = bars.assign(**bars[PRICE_COLUMNS].mul(factor, axis=0))
    return scaled.assign(Volume=bars["Volume"] / factor) if volume else scaled


def _volume_factor(before: pd.Series, now: pd.Series) -> float:
    """Return the median of before / now over the latest days on which both are above 0; 1 if there are none."""
    traded = (before > 0) & (now > 0)
    ratios = (before[traded] / now[traded]).iloc[-RECENT:]
    return float(np.median(ratios)) if len(ratios) else 1.0


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
    of_source = kept.tables.actions[~kept.tables.actions["confirmed"]]
    same = of_source.merge(found, how="left", on=["day", "kind"], suffixes=("", "_now"))
    otherwise = same["day"][~np.isclose(same["value"], same["value_now"], rtol=ROUNDED)]
    for label, days in {
        "recorded days with other prices now": strays.index[strays],
        "recorded days without prices now": recorded.difference(now),
        "days before the first session whose prices were added later": now[
            (now > recorded[0]) & (now < record.paper_day)
        ].difference(recorded),
        "recorded dividends and splits that are others now": pd.Index([] if prices.actions is None else otherwise),
    }.items():
        if len(days):
            yield f"{label}: {len(days)}, the first {days[0]:%Y-%m-%d}; the ledger keeps what it recorded"

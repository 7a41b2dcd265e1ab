"""Actions of a source in the units of a ledger, where the user's word replaces what adjusted closes cannot tell.

A file tells a large step by its adjusted closes alone. Whatever of the day is confirmed, the rest of the step stays::

    1 - step x split             dividend / close before, where the split is confirmed
    (1 - dividend / close) / step        split, where the dividend is confirmed
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.actions.doubts import replaceable_actions, steps_of
from backtrader_walkforward.data.actions.found import NEAR
from backtrader_walkforward.data.actions.split_ratios import nearest_split, split_ratio
from backtrader_walkforward.data.prices import SPLIT
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.live.paper.corporate_actions import (
    Action,
    actions_of,
    merged,
    rows_of,
    shares_for_one,
    values_in,
    without,
)
from backtrader_walkforward.live.paper.record import Record

SPLIT_FITS = 2e-3
"""Largest relative difference of a factor from that of a split."""


def with_replaced(
    known: pd.DataFrame, found: pd.DataFrame, confirmed: pd.DataFrame, record: Record, prices: Prices
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the actions that the ledger knows and those found, without what the user's word replaces.

    Parameters
    ----------
    known, found, confirmed : DataFrame
        Actions of the ledger, of the source of the prices, and of the user.
    record : Record
        Content of the ledger.
    prices : Prices
        Prices of today.
    """
    quoted, replaceable = prices.unadjusted_close, replaceable_actions(prices)
    if quoted is None or prices.actions is None:
        return known, found
    tells_steps = prices.used_source == "csv"
    if tells_steps:
        changed = confirmed[values_in(known[known["confirmed"]], confirmed) != confirmed["value"]]
        known = known[~(known["day"].isin(changed["day"]) & known["day"].isin(replaceable.index))]
    said = merged(confirmed, known[known["confirmed"]])
    replaced = replaceable[replaceable.index.isin(said["day"])]
    found = found[~(found["day"].isin(replaced.index) & (tells_steps | (found["kind"] == "dividend")))]
    divided = _divided(without(said[said["kind"] == "split"], found), record, quoted)
    rest = actions_of(_rest(replaced, said, divided, quoted)) if tells_steps else actions_of()
    return known, _in_old_shares(merged(found, rest), divided)


def _divided(splits: pd.DataFrame, record: Record, quoted: pd.Series) -> pd.DataFrame:
    """Return the splits that a source does not tell if its closes are divided by them, else none of them.

    The last recorded close before them shows it.
    """
    recorded = record.tables.signals["Close"]
    days = recorded.index.intersection(quoted.index)
    days = days[(days >= record.paper_day) & (days < splits["day"].min())]
    if splits.empty or days.empty:
        return splits[:0]
    shares = shares_for_one(record.tables.actions, days)[-1]
    times = float(recorded[days[-1]]) / shares / float(quoted[days[-1]])
    way = np.log(splits["value"].to_numpy()).sum()
    return splits if abs(np.log(times) - way) < abs(np.log(times)) else splits[:0]


def _in_old_shares(found: pd.DataFrame, divided: pd.DataFrame) -> pd.DataFrame:
    """Return the actions with dividends by the share of the day before, of such by a share after the splits."""
    values = [
        action.value * (_shares_after(action.day, divided) if action.kind == "dividend" else 1.0)
        for action in rows_of(found)
    ]
    return found.assign(value=np.array(values, dtype=float))


def _shares_after(day: pd.Timestamp, divided: pd.DataFrame) -> float:
    return float(divided["value"][divided["day"] >= day].to_numpy().prod())


def _rest(replaced: pd.DataFrame, said: pd.DataFrame, divided: pd.DataFrame, quoted: pd.Series) -> Iterator[Action]:
    """Yield what is left of each step of a file beside what the user says of its day, in shares of the file."""
    steps, before = steps_of(replaced, quoted), quoted.shift()
    for day in pd.DatetimeIndex(replaced.index):
        values = said[said["day"] == day].set_index("kind")["value"]
        split = 1.0 if divided["day"].eq(day).any() else values.get("split", 1.0)
        if "dividend" not in values:
            paid = 1 - steps[day] * split
            if paid < -SPLIT_FITS:
                raise ArgumentError(
                    f"--confirm {day:%Y-%m-%d}:split={split_ratio(split)}: by the adjusted closes one share became at"
                    f" most {1 / steps[day]:.5g} on this day - give the split that they show"
                )
            if paid > NEAR:
                yield Action(day, "dividend", paid * before[day])
        elif "split" not in values and replaced[SPLIT][day] != 1:
            cash = values["dividend"] / _shares_after(day, divided)
            change = (1 - cash / before[day]) / steps[day]
            yield from _rest_of_dividend(Action(day, "dividend", values["dividend"]), change)


def _rest_of_dividend(dividend: Action, change: float) -> Iterator[Action]:
    """Yield the split that a change of the price beside a dividend is; raise if it is none."""
    split = float(nearest_split(pd.Series([change])).iloc[0])
    if abs(change / split - 1) <= SPLIT_FITS:
        yield Action(dividend.day, "split", split)
    elif abs(change - 1) > SPLIT_FITS:
        raise ArgumentError(
            f"--confirm {dividend.option}: the adjusted closes show another step on this day - add"
            f" {dividend.day:%Y-%m-%d}:split=NEW/OLD, or split=1 if there was none"
        )

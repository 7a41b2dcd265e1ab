"""Prices that no known action explains: what is found, and what to confirm."""

from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.jumps import likely_splits, nearest_split
from backtrader_walkforward.live.paper.corporate_actions import Action, rows_of, shares_for_one
from backtrader_walkforward.live.paper.ledger_bars import differ, most_strays
from backtrader_walkforward.live.paper.ledger_settings import ANOTHER
from backtrader_walkforward.live.paper.paper_ledger import LedgerError
from backtrader_walkforward.system.text import pluralize

SPLIT_FITS = 2e-3
"""Largest relative difference of a factor from that of a split."""

HELD_FROM = 1.5
"""Ratio of a jump as after a split from which on it is not traded before the split is known or confirmed."""


def unexplained(
    recorded: pd.DataFrame, bars: pd.DataFrame, actions: pd.DataFrame, prices: Prices, opened: pd.Timestamp
) -> LedgerError:
    """Return the error for bars that are not those recorded, in the units of the ledger as far as actions explain it.

    Where one factor explains them, the first day that is as it was recorded tells the day of the action::

        recorded    100 100 100 50
        now          50  50  50 50    0.5 times as high before the fourth day
    """
    days = recorded.index.intersection(bars.index)
    before, now, given = recorded.loc[days], bars.loc[days], prices.frame["Close"][days]
    ratio, is_other = now["Close"] / before["Close"], differ(before, now, given)
    factor = float(ratio[is_other].median())
    strays = differ(before, now, given, factor)
    cost = np.r_[0, strays.cumsum()] + np.r_[is_other[::-1].cumsum()[::-1], 0]
    first = int(cost.argmin())
    if cost[first] > most_strays(len(days)):
        return LedgerError(
            f"{is_other.sum()} of {len(days)} recorded days have other prices now, {ratio.min():.4g} to"
            f" {ratio.max():.4g} times as high: another instrument? - give the prices of {prices.ticker} that the"
            f" ledger began with, or {ANOTHER}"
        )
    new = bars.index[bars.index > recorded.index[-1]]
    since: Any = next(iter([*days[first:], *new]), pd.NaT)
    until = f" before {since:%Y-%m-%d}" if first < len(days) else ""
    found = f"the prices of {pluralize(first, 'recorded day')}{until} are now {factor:.4g} times as high"
    shares = shares_for_one(actions, days)[first - 1]
    likely = likely_action(factor, before["Close"].iloc[first - 1] / shares, since)
    if not likely:
        return LedgerError(f"{found}: another instrument? - give the prices of {prices.ticker}, or {ANOTHER}")
    if since is pd.NaT:
        return LedgerError(f"{found}: a {likely.what} to come? - try again when the next session has prices")
    if since <= opened:
        return LedgerError(f"{found}: a {likely.what}, but the ledger was opened on {opened:%Y-%m-%d} - {ANOTHER}")
    return LedgerError(f"{found}: a {likely.what}? - if it is, add --confirm {likely.option}")


def likely_action(factor: float, close: float, day: pd.Timestamp) -> Action | None:
    """Return the action of a day that multiplies the prices before it by the factor: a usual split, or a dividend.

    >>> likely_action(0.5, 100.0, pd.NaT).what, likely_action(0.9875, 100.0, pd.NaT).what
    ('split of 2 for 1', 'dividend of 1.25')
    """
    split = float(nearest_split(pd.Series([1 / factor])).iloc[0])
    if abs(factor * split - 1) <= SPLIT_FITS:
        return Action(day, "split", split)
    return Action(day, "dividend", float(f"{(1 - factor) * close:.4g}")) if factor < 1 else None


def require_no_jump(recorded: pd.DataFrame, bars: pd.DataFrame, actions: pd.DataFrame, source: str) -> None:
    """Raise if the new bars jump as on a split that nobody knows, or as after one that was none."""
    new = pd.concat([recorded.iloc[[-1]], bars[bars.index > recorded.index[-1]]])
    ratios = likely_splits(new)
    unknown = (np.maximum(ratios, 1 / ratios) >= HELD_FROM) & ~ratios.index.isin(actions["day"])
    if unknown.any():
        split = Action(ratios.index[unknown][0], "split", ratios[unknown].iloc[0])
        raise LedgerError(
            f"the prices of {split.day:%Y-%m-%d} jump as after a {split.what}, and {source} knows of none"
            f" - try again tomorrow, or add --confirm {split.option}, or split=1 if there was none"
        )
    splits = actions[(actions["kind"] == "split") & (actions["value"] != 1) & actions["day"].isin(new.index[1:])]
    for split in rows_of(splits):
        before, opens = new["Close"].shift()[split.day], new["Open"][split.day]
        if abs(np.log(opens / before)) > abs(np.log(split.value)) / 2:
            raise LedgerError(
                f"with the {split.what} on {split.day:%Y-%m-%d} the close before is"
                f" {before:,.2f}, and the open of that day {opens:,.2f} - correct --confirm, or try again tomorrow"
            )

"""Prices that no known action explains: what is found, and what to confirm."""

from collections.abc import Iterator
from itertools import repeat

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.jumps import RATIOS, likely_splits
from backtrader_walkforward.data.prices import PRICE_COLUMNS
from backtrader_walkforward.live.paper.corporate_actions import Action, ratio_text, rows_of, shares_for_one
from backtrader_walkforward.live.paper.ledger_settings import ANOTHER
from backtrader_walkforward.live.paper.paper_ledger import LedgerError
from backtrader_walkforward.system.text import pluralize

CORRECTED = 1e-5
"""Relative difference above which a price is another one."""

CENT, ROUNDED = 0.011, 5e-3
"""Difference that is rounding of two prices to cents, and the largest relative one."""

FEW_DAYS, FEW_SHARE = 5, 0.1
"""Corrected days, and share of all days, that are a note: more of them are another instrument."""

SPLIT_FITS = 2e-3
"""Largest relative difference of a factor from that of a split."""

HELD_FROM = 1.5
"""Ratio of a jump as after a split from which on it is not traded before the split is known or confirmed."""


def differ(recorded: pd.DataFrame, now: pd.DataFrame, given: pd.Series, factor: float = 1.0) -> pd.DataFrame:
    """Return for each price of the same days whether it is not the recorded one x a factor, beyond rounding.

    `given` are the closes as the source gives them, and rounds them.
    """
    cents = CENT / np.minimum(recorded["Close"], given)
    difference = (now[PRICE_COLUMNS] / recorded[PRICE_COLUMNS] / factor - 1).abs()
    return difference.gt(CORRECTED + np.minimum(cents, ROUNDED), axis=0)


def most_strays(days: int) -> float:
    """Return the largest number of recorded days with other prices that is taken for corrections."""
    return max(FEW_DAYS, FEW_SHARE * days)


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
    ratio, is_other = now["Close"] / before["Close"], differ(before, now, given).any(axis=1)
    factor = float(ratio[is_other].median())
    strays = differ(before, now, given, factor).any(axis=1)
    cost = np.r_[0, strays.cumsum()] + np.r_[is_other[::-1].cumsum()[::-1], 0]
    first = int(cost.argmin())
    if cost[first] > most_strays(len(days)):
        return LedgerError(
            f"{is_other.sum()} of {len(days)} recorded days have other prices now, {ratio.min():.4g} to"
            f" {ratio.max():.4g} times as high: another instrument? - give the prices of {prices.ticker} that the"
            f" ledger began with, or {ANOTHER}"
        )
    new = bars.index[bars.index > recorded.index[-1]]
    since = next(iter([*days[first:], *new]), None)
    until = f" before {since:%Y-%m-%d}" if first < len(days) else ""
    found = f"the prices of {pluralize(first, 'recorded day')}{until} are now {factor:.4g} times as high"
    shares = shares_for_one(actions, days)[first - 1]
    likely = next(likely_actions(factor, before["Close"].iloc[first - 1] / shares), None)
    if not likely:
        return LedgerError(f"{found}: another instrument? - give the prices of {prices.ticker}, or {ANOTHER}")
    if since is None:
        return LedgerError(f"{found}: a {likely[0]} to come? - try again when the next session has prices")
    if since <= opened:
        return LedgerError(f"{found}: a {likely[0]}, but the ledger was opened on {opened:%Y-%m-%d} - {ANOTHER}")
    return LedgerError(f"{found}: a {likely[0]}? - if it is, add --confirm {since:%Y-%m-%d}:{likely[1]}")


def likely_actions(factor: float, close: float) -> Iterator[tuple[str, str]]:
    """Yield what multiplies earlier prices by the factor, in words and as it is confirmed, the likeliest first.

    >>> next(likely_actions(0.5, 100.0)), next(likely_actions(0.9875, 100.0))
    (('split of 2 for 1', 'split=2'), ('dividend of 1.25', 'dividend=1.25'))
    """
    for ratio in (*RATIOS, *(1 / ratio for ratio in RATIOS)):
        if abs(factor * float(ratio) - 1) <= SPLIT_FITS:
            yield f"split of {ratio_text(float(ratio))}", f"split={ratio}"
    if factor < 1:
        yield f"dividend of {(1 - factor) * close:.4g}", f"dividend={(1 - factor) * close:.4g}"


def require_no_jump(recorded: pd.DataFrame, bars: pd.DataFrame, actions: pd.DataFrame, source: str) -> None:
    """Raise if the new bars jump as on a split that nobody knows, or as after one that was none."""
    new = pd.concat([recorded.iloc[[-1]], bars[bars.index > recorded.index[-1]]])
    ratios = likely_splits(new)
    unknown = (np.maximum(ratios, 1 / ratios) >= HELD_FROM) & ~ratios.index.isin(actions["day"])
    days = pd.DatetimeIndex(ratios.index[unknown])
    for split in map(Action, days, repeat("split"), ratios[unknown]):
        raise LedgerError(
            f"the prices of {split.day:%Y-%m-%d} jump as after a split of {ratio_text(split.value)}, and {source} knows"
            f" of none - try again tomorrow, or add --confirm {split.option}, or split=1 if there was none"
        )
    splits = actions[(actions["kind"] == "split") & (actions["value"] != 1) & actions["day"].isin(new.index[1:])]
    for split in rows_of(splits):
        before, opens = new["Close"].shift()[split.day], new["Open"][split.day]
        if abs(np.log(opens / before)) > abs(np.log(split.value)) / 2:
            raise LedgerError(
                f"with the split of {ratio_text(split.value)} on {split.day:%Y-%m-%d} the close before is"
                f" {before:,.2f}, and the open of that day {opens:,.2f} - correct --confirm, or try again tomorrow"
            )

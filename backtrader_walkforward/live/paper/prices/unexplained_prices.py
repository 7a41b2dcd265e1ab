"""Prices that no known action explains: what is found, and what to confirm."""

from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.actions.doubts import steps_of
from backtrader_walkforward.data.actions.found import EXACT
from backtrader_walkforward.data.actions.split_ratios import nearest_split, nearest_stock_dividend, split_ratio
from backtrader_walkforward.data.jumps import OVERNIGHT, far_bars, likely_splits, night_jumps
from backtrader_walkforward.live.paper.corporate_actions import Action, dividends_per_share, rows_of, shares_for_one
from backtrader_walkforward.live.paper.ledger_settings import ANOTHER
from backtrader_walkforward.live.paper.paper_ledger import LedgerError
from backtrader_walkforward.live.paper.prices.ledger_bars import differ, most_strays
from backtrader_walkforward.live.paper.prices.replaced_actions import SPLIT_FITS
from backtrader_walkforward.system.text import pluralize

HELD_FROM = 1.5
"""Ratio of a jump as after a split from which on it is not traded before the split is known or confirmed."""

DIGITS = 6
"""Digits of a dividend that is advised: with fewer, recorded prices would not fit what is left of them."""


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
    change = pd.Series([1 / factor])
    for nearest, fits in ((nearest_split, SPLIT_FITS), (nearest_stock_dividend, EXACT)):
        split = float(nearest(change).iloc[0])
        if abs(factor * split - 1) <= fits:
            return Action(day, "split", split)
    return Action(day, "dividend", float(f"{(1 - factor) * close:.{DIGITS}g}")) if factor < 1 else None


def require_certain(doubtful: pd.DataFrame, known: pd.DataFrame, opened: pd.Timestamp, prices: Prices) -> None:
    """Raise if there is a doubtful action since the ledger was opened, and its day has none that is known."""
    unsaid = doubtful[(doubtful.index > opened) & ~doubtful.index.isin(known["day"])]
    quoted: Any = prices.unadjusted_close
    for day, paid, ratio in unsaid[:1].itertuples(name=None):
        dividend, split = Action(day, "dividend", paid), Action(day, "split", ratio)
        if prices.used_source == "yahoo":
            raise LedgerError(
                f"the {dividend.what} on {day:%Y-%m-%d} does not show in the prices of {prices.source} - add --confirm"
                f" {dividend.option}, or dividend=0 if there was none"
            )
        if ratio == 1:
            raise LedgerError(
                f"{prices.source} shows a {dividend.what} on {day:%Y-%m-%d}, a large part of the close before - add"
                f" --confirm {dividend.option}, or split=NEW/OLD if it was a split"
            )
        fall = 1 - steps_of(unsaid, quoted)[day]
        whole = Action(day, "dividend", fall * quoted.shift()[day])
        both = f" and a {dividend.what}" if paid else ""
        raise LedgerError(
            f"{prices.source} shows a {split.what}{both} on {day:%Y-%m-%d}, or one {whole.what}: its closes do not"
            f" tell which - add --confirm {split.option}, or dividend={whole.value:g}"
        )


def require_no_jump(recorded: pd.DataFrame, bars: pd.DataFrame, actions: pd.DataFrame, source: str) -> None:
    """Raise if the new bars jump as on a split that nobody knows, or for one day, or as after a split that was none."""
    new = pd.concat([recorded.iloc[-2:], bars[bars.index > recorded.index[-1]]])
    is_known = (new.index <= recorded.index[-1]) | new.index.isin(actions["day"])
    _require_no_far_bar(new, far_bars(new) & ~is_known, source)
    _require_no_unknown_split(new, is_known, source)
    splits = actions[(actions["kind"] == "split") & (actions["value"] != 1)]
    paid = pd.Series(dividends_per_share(actions, new.index), new.index)
    for split in rows_of(splits[splits["day"].isin(new.index[new.index > recorded.index[-1]])]):
        before, opens = new["Close"].shift()[split.day], new["Open"][split.day]
        far = max(abs(np.log(split.value)) / 2, np.log1p(OVERNIGHT))  # a small split hides in a usual night
        if abs(np.log(opens / (before - paid[split.day]))) > far:
            raise LedgerError(
                f"with the {split.what} on {split.day:%Y-%m-%d} the close before is"
                f" {before:,.2f}, and the open of that day {opens:,.2f} - correct --confirm, or try again tomorrow"
            )


def _require_no_far_bar(new: pd.DataFrame, far: pd.Series, source: str) -> None:
    """Raise if a bar is far from the ones before and after it."""
    if far.any():
        day = far.index[far][0]
        times = new["Close"][day] / new["Close"].shift()[day]
        raise LedgerError(
            f"the prices of {day:%Y-%m-%d} are {times:.4g} times as high as those of the days before and after it"
            f" ({source}) - correct them, or add --confirm {day:%Y-%m-%d}:split=1 if they are right"
        )


def _require_no_unknown_split(new: pd.DataFrame, is_known: np.ndarray, source: str) -> None:
    """Raise if prices jump over night, by the ratio of a split or without one."""
    ratios = likely_splits(new)
    unknown = ((np.maximum(ratios, 1 / ratios) >= HELD_FROM) | night_jumps(new)) & ~is_known
    if unknown.any():
        day, ratio = ratios.index[unknown][0], ratios[unknown].iloc[0]
        split = Action(day, "split", ratio)
        times = new["Open"][day] / new["Close"].shift()[day]
        jump = f"jump as after a {split.what}" if ratio != 1 else f"are {times:.4g} times as high as the close before"
        value = split_ratio(ratio) if ratio != 1 else "NEW/OLD"
        raise LedgerError(
            f"the prices of {day:%Y-%m-%d} {jump}, and {source} knows of {'none' if ratio != 1 else 'no split'}"
            f" - try again tomorrow, or add --confirm {day:%Y-%m-%d}:split={value}, or split=1 if there was none"
        )

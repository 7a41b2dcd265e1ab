"""Series of returns that somebody gives: checked, and by name."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.significance.result import ActiveAccount
from backtrader_walkforward.significance.skill_test import fewest_shared

Returns = pd.Series | pd.DataFrame | Sequence[pd.Series]
"""One series by day, or several: the columns of a frame, or a list."""

MOST_A_DAY = 0.5
"""Return of the usual day, up or down, that no account has: equity that starts at 1 or more is above it."""


def series_by_name(returns: Returns, argument: str) -> dict[str, pd.Series]:
    """Return each series by its name, or by the argument and its number; refuse what is no table of returns."""
    if isinstance(returns, pd.Series):
        return {argument: checked_series(returns, argument)}
    if isinstance(returns, pd.DataFrame):
        return {str(name): checked_series(returns[name], f"{argument}[{name!r}]") for name in returns}
    if not isinstance(returns, Sequence) or isinstance(returns, str):
        found = type(returns).__name__
        raise ArgumentError(f"{argument} must be a Series, a DataFrame or a list of Series, found {found}")
    return {f"{argument} {place}": checked_series(one, f"{argument}[{place}]") for place, one in enumerate(returns)}


def checked_series(series: pd.Series, label: str) -> pd.Series:
    """Return a series of returns as floats; refuse one that is none."""
    if not isinstance(series, pd.Series) or not isinstance(series.index, pd.DatetimeIndex):
        found = type(series.index if isinstance(series, pd.Series) else series).__name__
        raise ArgumentError(f"{label} must be a Series by day, found {found}: set an index of dates")
    days = series.index
    if days.tz is not None:
        raise ArgumentError(f"{label} must have days without a time zone, found {days.tz}: use tz_localize(None)")
    if not (days.is_unique and days.is_monotonic_increasing) or days.hasnans:
        raise ArgumentError(f"{label} must have each day once, in order: use sort_index() and drop duplicates")
    values = pd.to_numeric(series, errors="coerce").astype(float)
    wrong = ~(np.isfinite(values) & (values >= -1))
    if wrong.any():
        raise ArgumentError(
            f"{label} must be numbers of -1 or more, found {series[wrong].iloc[0]} on {days[wrong][0]:%Y-%m-%d}: use"
            " pct_change() and drop the first day"
        )
    if (usual := float(values.abs().median())) > MOST_A_DAY:
        raise ArgumentError(
            f"{label} must be returns as fractions, found {usual:.6g} on half of the days or more, as prices, equity or"
            " percent are: use pct_change(), or divide by 100"
        )
    return values


def on_shared_days(name: str, series: pd.Series, market: pd.Series) -> ActiveAccount:
    """Return a trial on the days that it shares with the market; refuse one that shares too few to count."""
    shared = market.index.isin(series.index)
    days = market.index[shared]
    if len(days) < (least := fewest_shared(len(shared))):
        raise ArgumentError(
            f"{name} must share {least} days with returns or more, found {len(days)}: it would count for nothing, leave"
            " it out"
        )
    return ActiveAccount(name=name, returns=series.loc[days], market=market.loc[days])

"""Series of returns that somebody gives: checked, and by name."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.significance.account_scores import fewest_shared
from backtrader_walkforward.significance.result import ActiveAccount
from backtrader_walkforward.system.text import pluralize

Returns = pd.Series | pd.DataFrame | Sequence[pd.Series]
"""One series by day, or several: the columns of a frame, or a list."""

MOST_A_DAY = 0.5
"""Return of the usual day, up or down, that no account has: equity that starts at 1 or more is above it."""


def series_by_name(returns: Returns, argument: str) -> dict[str, pd.Series]:
    """Return the columns of a frame by their names, another series by the argument, in a list with its number.

    What is no table of returns is refused.
    """
    if isinstance(returns, pd.Series):
        return {argument: checked_series(returns, argument)}
    if isinstance(returns, pd.DataFrame):
        names = returns.columns.map(str)
        if not names.is_unique:
            raise ArgumentError(
                f"{argument} must have columns of different names, found {names[names.duplicated()][0]!r} twice: rename"
                " one of them"
            )
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
    if pd.api.types.is_bool_dtype(series.infer_objects()):
        raise ArgumentError(f"{label} must be numbers of -1 or more, found {series.iloc[0]}: give returns, not signals")
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


def require_same_bars(name: str, days: pd.Index, market: pd.Index) -> None:
    """Refuse returns that skip days of the market: a return of a week beside that of a day has no share of it."""
    between = market[(market >= days.min()) & (market <= days.max())].difference(days)
    if len(between):
        more = pluralize(len(between), "more day")
        raise ArgumentError(
            f"{name} must have the bars of the benchmark, which has {more} between them, the first"
            f" {between[0]:%Y-%m-%d}: compute both by the day, or both by the week"
        )


def on_shared_days(name: str, series: pd.Series, market: pd.Series) -> ActiveAccount:
    """Return a trial on the days that it shares with the market; refuse one that shares too few to count."""
    shared = market.index.isin(series.index)
    days = market.index[shared]
    if len(days) < (least := fewest_shared(len(shared))):
        raise ArgumentError(
            f"{name} must share {least} days with returns or more, found {len(days)}: it would count for nothing, leave"
            " it out"
        )
    require_same_bars(name, days, market.index)
    return ActiveAccount(name=name, returns=series.loc[days], market=market.loc[days])

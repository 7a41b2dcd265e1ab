"""Reads of later bars: each ranking strategy trades again, with another future."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from backtrader_walkforward.analyzers.exposure import Exposure
from backtrader_walkforward.data.prices import PRICE_COLUMNS
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.books.reconstruct_equity import mismatch
from backtrader_walkforward.panels.book.trade import feeds_of, first_day_of, trade_books
from backtrader_walkforward.plugins import place_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.study.look_ahead import RULE
from backtrader_walkforward.trading import StrategyError
from backtrader_walkforward.trading.recorders import EquityCurve
from backtrader_walkforward.trading.variants import Variant

LOG_PRICE_CHANGE = 0.5
"""Standard deviation of the logarithm of what a later price is multiplied by."""

Decisions = tuple[pd.Series, Any]
"""Equity and target weights, the latter a DataFrame (n_days, n_tickers)."""


def require_no_look_ahead(
    bars: Mapping[str, pd.DataFrame], variants: Sequence[Variant], results: Sequence[BacktestResult], settings: Settings
) -> dict[str, str]:
    """Raise if a strategy reads later bars; return a note on each one of which that cannot be said, by its name.

    The variants without a passive part trade once more, in bars whose second half has other prices and forecasts.
    Equity and weights of the first half must be the same but for rounding.

    Raises
    ------
    StrategyError
        With the file of the strategy, and the first day that differs.
    """
    found = {result.name: (result.equity, result.weights) for result in results}
    pure = [variant for variant in variants if variant.active_share == 1]
    days = results[0].equity.index
    end = days[len(days) // 2]
    other = _with_another_future(bars, end, settings.forecast.seed)
    notes = {}
    for variant in pure:
        try:
            day = _first_difference(found[variant.name], _traded(other, variant, settings, bars, end.date()), end)
        except StrategyError as error:
            notes[variant.name] = f"reads of later bars by {name_text(variant.name)} were not looked for: {error}"
            continue
        if day is not None:
            again = _traded(bars, variant, settings, bars, end.date())
            if _first_difference(found[variant.name], again, end) is None:
                raise StrategyError(
                    f"a strategy reads later bars: {place_of(variant.strategy)} trades differently on {day:%Y-%m-%d}"
                    f" when the bars after {end:%Y-%m-%d} are others - {RULE}"
                )
            notes[variant.name] = (
                f"{name_text(variant.name)} trades differently each time, so that reads of later bars cannot be"
                " seen: seed it"
            )
    return notes


def _with_another_future(bars: Mapping[str, pd.DataFrame], end: pd.Timestamp, seed: int) -> dict[str, pd.DataFrame]:
    """Return the bars with other prices and forecasts after a day."""
    random = np.random.default_rng(seed)
    return {ticker: _changed(own, own.index > end, random) for ticker, own in sorted(bars.items())}


def _changed(bars: pd.DataFrame, later: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    factor = np.where(later, np.exp(random.normal(0.0, LOG_PRICE_CHANGE, len(bars))), 1.0)
    prices = [name for name in (*PRICE_COLUMNS, "predicted_close") if name in bars]
    changed = bars.assign(**{name: bars[name] * factor for name in prices})
    return changed.assign(predicted_return=bars["predicted_return"].where(~later, -bars["predicted_return"]))


def _traded(
    bars: Mapping[str, pd.DataFrame],
    variant: Variant,
    settings: Settings,
    known: Mapping[str, pd.DataFrame],
    last_day: date,
) -> Decisions:
    """Return equity and target weights of a variant in other bars than those that are known."""
    analyzers = {"equity_curve": EquityCurve, "exposure": Exposure}
    [ran] = trade_books(
        feeds_of(dict(sorted(bars.items()))), [variant], settings, analyzers, first_day_of(known), last_day
    )
    return ran.analyzers.equity_curve.get_analysis()["equity"], ran.analyzers.exposure.get_analysis()["weights"]


def _first_difference(before: Decisions, after: Decisions, end: pd.Timestamp) -> pd.Timestamp | None:
    """Return the first day up to the end on which equity or weights differ by more than rounding, None without one."""
    days = before[0].loc[:end].index
    equity = mismatch(after[0].reindex(days), before[0].loc[:end], before[0].iloc[0]).to_numpy()
    weights = mismatch(after[1].reindex(days), before[1].loc[:end], 1.0).to_numpy().any(axis=1)
    other = np.flatnonzero(equity | weights)
    return days[other[0]] if len(other) else None

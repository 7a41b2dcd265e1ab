"""Reads of later bars: every strategy trades again, bar by bar, on a history that ends early."""

from collections.abc import Iterable, Sequence

import pandas as pd

from backtrader_walkforward.cerebro import run_cerebro
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.books.reconstruct_equity import TOLERANCE, mismatch
from backtrader_walkforward.plugins import place_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.trading import SizingStrategy, StrategyError
from backtrader_walkforward.trading.recorders import EquityCurve
from backtrader_walkforward.trading.variants import Variant

N_DAYS = 3
"""Days on which the history of a suspect ends."""

RULE = "index 0 is the latest bar that a strategy knows, and data.close[1] the next one"


def require_no_look_ahead(
    signals: pd.DataFrame, variants: Iterable[Variant], ranked: Iterable[BacktestResult], settings: Settings
) -> list[str]:
    """Raise if a strategy reads later bars; return a note on each one of which that cannot be said.

    All trade in one Cerebro, without their passive parts. Each bar is loaded when it is due, and the history ends after
    its first three quarters. A strategy that then trades differently, by more than rounding, is a suspect: it reads
    later bars, or its indicators are others bar by bar. So each suspect trades by itself, with all bars loaded, on
    histories that end on the last day before the difference, and on days on which it took a position.

    Raises
    ------
    StrategyError
        With the file of the strategy, and the first day that differs.
    """
    results = {result.name: result for result in ranked}
    pure = [variant for variant in variants if variant.active_share == 1]
    shorter = signals.loc[: _first_three_quarters(results[pure[0].name].equity).index[-1]]
    again = _traded_bar_by_bar(shorter, pure, settings)
    notes = []
    for variant in pure:
        result, ran = results[variant.name], again.get(variant.name)
        day = None if ran is None else _first_difference(ran, result)
        if ran is None or day is not None:
            ends = [*(() if day is None else _days_of_decision(day, result)), *_days_of_entry(result)]
            notes.append(_examine(variant, result, ends, signals, settings))
    return [note for note in notes if note]


def _traded_bar_by_bar(
    signals: pd.DataFrame, variants: Sequence[Variant], settings: Settings
) -> dict[str, SizingStrategy]:
    """Return what traded, by name: all in one Cerebro, or each in its own where one of them fails."""
    try:
        traded = _traded(signals, variants, settings, bar_by_bar=True)
        return {variant.name: one for variant, one in zip(variants, traded, strict=True)}
    except StrategyError as error:
        _require_other_error(error)
        alone = [[variant] for variant in variants] if len(variants) > 1 else []
        return {name: one for few in alone for name, one in _traded_bar_by_bar(signals, few, settings).items()}


def _examine(
    variant: Variant, result: BacktestResult, ends: Iterable[pd.Timestamp], signals: pd.DataFrame, settings: Settings
) -> str:
    """Raise if a strategy trades differently without the bars after one of the ends, and as before with them."""
    for end in ends:
        try:
            [early] = _traded(signals.loc[:end], [variant], settings)
        except StrategyError as error:
            _require_other_error(error)
            return f"reads of later bars by {name_text(variant.name)} were not looked for: {error}"
        day = _first_difference(early, result)
        if day is not None:
            [again] = _traded(signals, [variant], settings)
            if _first_difference(again, result) is not None:
                return (
                    f"{name_text(variant.name)} trades differently each time, so that reads of later bars cannot be"
                    " seen: seed it"
                )
            found = f"trades differently on {day:%Y-%m-%d} without the bars after {end:%Y-%m-%d}"
            raise StrategyError(f"a strategy reads later bars: {place_of(variant.strategy)} {found} - {RULE}")
    return ""


def _days_of_entry(result: BacktestResult) -> list[pd.Timestamp]:
    """Return the last days, in the first three quarters, on which another weight than 0 was new."""
    weights = _first_three_quarters(result.weights)
    return list(weights.index[(weights != 0) & (weights != weights.shift())][-N_DAYS:]) or [weights.index[-1]]


def _traded(
    signals: pd.DataFrame, variants: Sequence[Variant], settings: Settings, *, bar_by_bar: bool = False
) -> list[SizingStrategy]:
    return run_cerebro(signals, variants, settings, {"equity_curve": EquityCurve}, bar_by_bar=bar_by_bar)


def _first_difference(traded: SizingStrategy, result: BacktestResult) -> pd.Timestamp | None:
    """Return the first day on which the equity differs by more than rounding, or the last if the weight does."""
    equity = traded.analyzers.equity_curve.get_analysis()["equity"]
    days = equity.index
    other = mismatch(equity, result.equity.loc[days], result.equity.iloc[0])
    other.iloc[-1] |= not abs(traded.weight - result.weights[days[-1]]) <= TOLERANCE
    return other.idxmax() if other.any() else None


def _first_three_quarters(days: pd.Series) -> pd.Series:
    return days.iloc[: 3 * len(days) // 4 + 1]


def _days_of_decision(day: pd.Timestamp, result: BacktestResult) -> list[pd.Timestamp]:
    """Return the day before the equity differs, whose decision was another one, and the day itself."""
    days = pd.DatetimeIndex(result.equity.index)
    return [days[max(int(days.searchsorted(day)) - 1, 0)], day]


def _require_other_error(error: StrategyError) -> None:
    """Raise if a strategy failed because a bar is not there."""
    if isinstance(error.__cause__, IndexError):
        raise StrategyError(f"a strategy reads later bars: {error} - {RULE}") from error

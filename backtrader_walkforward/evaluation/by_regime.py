"""Results by market regime."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.metrics import sharpe
from backtrader_walkforward.evaluation.result import BacktestResult
from backtrader_walkforward.settings.choices import REGIMES, UNKNOWN_REGIME, regime_line


@dataclass(frozen=True)
class RegimeResults:
    """The results of every variant on the days of one regime.

    Attributes
    ----------
    kind, regime : str
        `trend` and `uptrend`; `unknown` for the days on which it was not known.
    days : int
        Returns that belong to it.
    total_return : mapping of str to float
        Compounded over these days, by the variant's name: all regimes of a kind compound to the whole.
    sharpe : mapping of str to float or None
        Annual Sharpe ratio of these days.
    """

    kind: str
    regime: str
    days: int
    total_return: Mapping[str, float]
    sharpe: Mapping[str, float | None]


def results_by_regime(results: Iterable[BacktestResult], signals: pd.DataFrame) -> tuple[RegimeResults, ...]:
    """Return the results in each regime that occurred in the test, in the order of `choices.REGIMES`.

    The return from the close of t to that of t + 1 belongs to the regime known at the close of t, on which its position
    was decided. With fills at the next open it begins with the night before that position is taken.

    Parameters
    ----------
    results : iterable of BacktestResult
        Of one run, so with the same days.
    signals : DataFrame
        As `build_signals` returns it; a kind of regime that has no line is left out.
    """
    results = list(results)
    test_days = results[0].returns.index
    return tuple(
        RegimeResults(
            kind=kind,
            regime=regime,
            days=int(days.sum()),
            total_return={result.name: float(np.prod(1 + result.returns[days]) - 1) for result in results},
            sharpe={result.name: sharpe(result.excess_returns[days]) for result in results},
        )
        for kind in REGIMES
        if regime_line(kind) in signals
        for regime, days in days_by_regime(kind, signals[regime_line(kind)], test_days)
    )


def days_by_regime(kind: str, codes: pd.Series, days: pd.Index) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each regime that occurs, and a mask of the days whose return belongs to it.

    Parameters
    ----------
    kind : str
    codes : Series
        Codes of `choices.REGIME_CODES` by the date at whose close each was known.
    days : Index
        Days at whose close the returns end.
    """
    known = codes.shift(1).loc[days].to_numpy()
    masks = [(regime, known == code) for code, regime in enumerate(REGIMES[kind])]
    yield from ((regime, mask) for regime, mask in (*masks, (UNKNOWN_REGIME, np.isnan(known))) if mask.any())

"""Results by market regime."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.evaluation.metrics import sharpe
from backtrader_walkforward.evaluation.result import BacktestResult
from backtrader_walkforward.settings.choices import REGIMES, UNKNOWN_REGIME, regime_line


@dataclass(frozen=True)
class RegimeResults:
    """The results of every variant on the days of one regime."""

    kind: str
    regime: str
    """`trend` and `uptrend`; `unknown` for the days on which it was not known."""
    days: int
    """Returns that belong to it."""
    total_return: Mapping[str, float]
    """Compounded over these days, by the variant's name: all regimes of a kind compound to the whole."""
    sharpe: Mapping[str, float | None]
    """Annual Sharpe ratio of these days."""


def results_by_regime(results: Iterable[BacktestResult], signals: pd.DataFrame) -> tuple[RegimeResults, ...]:
    """Return the results in each regime that occurred in the test, in the order of `choices.REGIMES`.

    The return from the close of t to that of t + 1 belongs to the regime known at the close of t, on which its position
    was decided. With fills at the next open it begins with the night before that position is taken.

    The results are those of one run, so with the same days. A kind of regime without a line in `signals` is left out.
    """
    results, found = list(results), []
    for kind in REGIMES:
        if regime_line(kind) not in signals:
            continue
        codes = signals[regime_line(kind)].shift(1).loc[results[0].returns.index]
        regimes = np.array([dict(enumerate(REGIMES[kind])).get(code, UNKNOWN_REGIME) for code in codes])
        for regime in (*REGIMES[kind], UNKNOWN_REGIME):
            if (days := regimes == regime).any():
                total_return = {one.name: float(np.prod(1 + one.returns[days]) - 1) for one in results}
                ratios = {one.name: sharpe(one.excess_returns[days], one.bars_a_year) for one in results}
                found.append(RegimeResults(kind, regime, int(days.sum()), total_return, ratios))
    return tuple(found)

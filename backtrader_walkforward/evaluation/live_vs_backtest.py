"""Live trading compared with the backtest of the same days."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import pandas as pd

from backtrader_walkforward.evaluation.result import BacktestResult, Comparison

CENT = 0.01
"""Money below which a difference is rounding."""

ROUNDING = 1e-6
"""Predicted return, or share of a price, below which a difference is rounding: a network's outputs move by 3e-8."""


@dataclass(frozen=True)
class LiveVariant:
    """The comparison of one variant live and in the backtest."""

    live_return: float
    backtest_return: float
    """Total returns over the same days."""
    largest_gap: float
    """Largest difference of the two equities at a close, in money."""
    fills: int
    fills_that_differ: int
    """Fills of either; and those that only one of the two has, whose value differs by a cent or more, or whose price
    differs by more than `ROUNDING`."""

    @property
    def difference(self) -> float:
        """Live return less that of the backtest."""
        return self.live_return - self.backtest_return

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs by a cent."""
        return self.largest_gap < CENT and not self.fills_that_differ

    @classmethod
    def of(cls, live: BacktestResult, backtest: BacktestResult) -> Self:
        """Compare one variant."""
        fills, differ = compare_fills(live.fills, backtest.fills)
        return cls(
            live_return=live.metrics.total_return,
            backtest_return=backtest.metrics.total_return,
            largest_gap=float((live.equity - backtest.equity).abs().max()),
            fills=fills,
            fills_that_differ=differ,
        )


@dataclass(frozen=True)
class LiveRecord:
    """The comparison of a live record with the backtest of the same days."""

    days: int
    """Forecasts: one a day."""
    late: int
    """Forecasts that were recorded when the next session had opened, and so were not live."""
    forecasts_that_differ: int
    """Forecasts that differ in the backtest."""
    largest_forecast_gap: float
    """Largest difference of two predicted returns; 0 where all are equal."""
    variants: Mapping[str, LiveVariant]
    """In the order of the live ranking, buy & hold last."""

    @property
    def is_equal(self) -> bool:
        """Whether live and backtest agree in everything."""
        return not self.forecasts_that_differ and all(variant.is_equal for variant in self.variants.values())

    @classmethod
    def of(cls, live: Comparison, backtest: Comparison, forecasts: pd.DataFrame) -> Self:
        """Compare all variants, and the forecasts by day.

        `forecasts` has the predicted returns `live` and in the `backtest`, NaN where there is none, and whether one was
        recorded `late`.
        """
        others = {result.name: result for result in backtest.results}
        gaps = (forecasts["live"] - forecasts["backtest"]).abs()
        return cls(
            days=len(forecasts),
            late=int(forecasts["late"].sum()),
            forecasts_that_differ=int((~(gaps <= ROUNDING)).sum()),
            largest_forecast_gap=float(gaps.fillna(0.0).max()),
            variants={result.name: LiveVariant.of(result, others[result.name]) for result in live.results},
        )


def compare_fills(live: pd.DataFrame, backtest: pd.DataFrame) -> tuple[int, int]:
    """Return the number of fills of either, and of those that differ from that with the same day, account and place."""
    keys = ["date", "account", "place"]
    tables = [
        fills.assign(
            place=fills.groupby(["date", "account"]).cumcount(),
            value=fills["size"] * fills["price"],
        )[[*keys, "price", "value"]]
        for fills in (live, backtest)
    ]
    both = tables[0].merge(tables[1], how="outer", on=keys, suffixes=("", "_other"))
    same_price = (both["price"] / both["price_other"] - 1).abs() <= ROUNDING
    same_value = (both["value"] - both["value_other"]).abs() < CENT
    return len(both), int((~(same_price & same_value)).sum())

"""The cost per trade at which a variant no longer earns, found by trading its fills again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.optimize import brentq

from backtrader_walkforward.evaluation.result import BacktestResult
from backtrader_walkforward.settings.choices import BASIS_POINTS

PRECISION = 1e-9
"""Precision of a break-even, as a share of the value traded."""


@dataclass(frozen=True)
class FreeAccount:
    """The fills of one account without costs: the price of each and the share of equity held after it."""

    capital: float
    fills: Sequence[tuple[float, float]]
    last_close: float

    @classmethod
    def of(cls, result: BacktestResult, name: str) -> Self:
        """Return the fills of the account of that name; `result` is that of a run without costs."""
        capital, final = map(float, result.accounts[name].iloc[[0, -1]])
        fills = result.fills[result.fills["account"] == name]
        size, price = (fills[column].to_numpy(dtype=float) for column in ("size", "price"))
        held, cash = np.cumsum(size), capital - np.cumsum(size * price)
        equity = cash + held * price
        weights = np.divide(held * price, equity, out=np.zeros(len(held)), where=equity > 0)
        still_held = len(held) > 0 and held[-1] != 0
        last_close = (final - cash[-1]) / held[-1] if still_held else 0.0
        return cls(capital, list(zip(price.tolist(), weights.tolist(), strict=True)), float(last_close))

    def final_value(self, cost: float) -> float:
        """Return the value at the end, had each fill reached the same weight and cost `cost` x the value traded.

        A purchase is the largest that cash pays; a short is always covered.
        """
        cash, shares = self.capital, 0.0
        for price, weight in self.fills:
            trade = weight * max(cash + shares * price, 0.0) / price - shares
            if trade * price * (1 + cost) > cash:
                trade = max(cash / (price * (1 + cost)), min(trade, -shares))
            cash, shares = cash - trade * price - cost * abs(trade) * price, shares + trade
        return cash + shares * self.last_close


def break_even_bps(result: BacktestResult, benchmark: BacktestResult | None = None) -> float | None:
    """Return the cost of a trade, in basis points of the value traded, at which the variant earns nothing.

    With a `benchmark`, that at which it ends where the benchmark does, which pays the same for its own trades. Both are
    results of a run without any cost. The fills are traded again at a cost, with the weights that they reached, and the
    cost is found by Brent's method: exact for fractions of shares and weights that do not depend on the equity.

    None where it does not earn (or beat the benchmark) for free, or still does at 100 % of the value traded.
    """
    capital = float(result.equity.iloc[0])
    own, others = (
        [FreeAccount.of(one, str(name)) for name in one.accounts] if one else [] for one in (result, benchmark)
    )

    def gain(cost: float) -> float:
        target = sum(account.final_value(cost) for account in others) if benchmark else capital
        return sum(account.final_value(cost) for account in own) - target

    if gain(0.0) <= PRECISION * capital or gain(1.0) > 0:
        return None
    return float(brentq(gain, 0.0, 1.0, xtol=PRECISION)) * BASIS_POINTS

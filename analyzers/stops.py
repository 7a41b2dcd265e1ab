"""Positions that stops closed, and what became of the account because of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import backtrader as bt

from analyzers.recorder import books_of
from analyzers.result import BacktestResult

KINDS = ("stop_loss", "trailing_stop", "take_profit")


class Stopped(bt.Analyzer):
    """Counts the positions that a stop-loss, a trailing stop or a take-profit closed in the active account.

    An order of these kinds names its own as `order.info.exit`.
    """

    def start(self):
        """Start at none."""
        self._kinds: dict[int, str] = {}
        stops = getattr(books_of(self.strategy).get("active"), "stops", None)
        self._on = [kind for kind in KINDS if getattr(stops, kind, None) is not None]

    def notify_order(self, order):
        """Remember the kind of an order that fills, in however many parts."""
        kind = order.info.get("exit")
        if kind and order.status in (order.Partial, order.Completed):
            self._kinds[order.ref] = kind

    def get_analysis(self):
        """Return the count of each kind that is on; nothing where none is."""
        counts = Counter(self._kinds.values())
        return {kind: counts[kind] for kind in self._on}


@dataclass(frozen=True)
class StopsEffect:
    """What stops did to one variant.

    Attributes
    ----------
    fired : mapping of str to int
        Positions closed, by the kinds of stop that are on.
    total_return_without, max_drawdown_without : float
        Those of the same variant with the same forecasts, and no stop.
    saved : float
        Total return with stops less that without: above 0 they saved money, below 0 they cost some.
    """

    fired: Mapping[str, int]
    total_return_without: float
    max_drawdown_without: float
    saved: float

    @classmethod
    def of(cls, result: BacktestResult, without: BacktestResult) -> Self:
        """Compare a variant with itself without stops."""
        other = without.metrics
        return cls(
            fired=result.stopped,
            total_return_without=other.total_return,
            max_drawdown_without=other.max_drawdown,
            saved=result.metrics.total_return - other.total_return,
        )

"""What a strategy of any Cerebro did, bar by bar."""

from dataclasses import dataclass
from math import nan
from numbers import Real

import backtrader as bt
import numpy as np
import pandas as pd
from backtrader.order import Order

from backtrader_walkforward.trading.recorders import length_of

BAR_COLUMNS = ["Open", "High", "Low", "Close"]


@dataclass(frozen=True)
class StrategyRecord:
    """Everything that one strategy did. Times are Backtrader's date numbers."""

    name: str
    rows: np.ndarray
    """At each of its bars (n_bars, 4 + n_feeds): time, equity, cash, target weight if it has one, each position."""
    orders: list[tuple]
    """Time of sending, feed, size, kind, prices."""
    at_opens: list[tuple]
    """Time of a bar, feed, size, kind: limits and stops sent before it was traded, and market orders filled in it.

    A market order of a timer fills at the next open.
    """
    fills: pd.DataFrame
    """`date booked sent order feed size price commission`."""
    bars: list[pd.DataFrame]
    """Of each feed as the broker saw it, by time."""
    feed_lengths: list[tuple[int, int]]
    """Time frame and compression of each feed."""

    @property
    def has_traded(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.orders) or len(self.fills) > 0


FILL_COLUMNS = ["date", "booked", "sent", "order", "feed", "size", "price", "commission"]


class DecisionRecorder(bt.Analyzer):
    """Records equity, cash and positions at each bar, the orders as they are sent, the fills, and the bars.

    An order that `next()` sends is announced at the next bar, before anything else happens there: until then the latest
    recorded bar is that of the decision. Exit orders of our own accounts are sent by the broker, and are its answer to
    a fill.
    """

    def start(self):
        """Start with empty records."""
        datas = self.strategy.datas
        self._feeds: dict[int, int] = {id(data): number for number, data in enumerate(datas)}
        self._rows, self._orders, self._at_opens, self._fills, self._sent = [], [], [], [], {}
        self._bars: list[dict] = [{} for _ in datas]

    def next(self):
        """Record a bar, once the strategy has decided on it."""
        strategy = self.strategy
        weight = getattr(strategy, "weight", nan)
        # a broker that is asked for a position values it from then on, and fails where there is no bar yet
        positions = [strategy.getposition(data).size if len(data) else 0.0 for data in strategy.datas]
        money = strategy.broker.getvalue(), strategy.broker.getcash()
        self._rows.append((strategy.datetime[0], *money, weight if isinstance(weight, Real) else nan, *positions))
        for bars, data in zip(self._bars, strategy.datas, strict=True):
            if len(data):
                bars[data.datetime[0]] = data.open[0], data.high[0], data.low[0], data.close[0]

    def notify_order(self, order):
        """Record an order when it is announced first, and its fills."""
        feed, created = self._feeds[id(order.data)], order.created
        now, kind = self.strategy.datetime[0], order.getordername()
        if order.ref not in self._sent:
            self._sent[order.ref] = sent = max(created.dt, self._rows[-1][0] if self._rows else created.dt)
            if order.status in (Order.Submitted, Order.Accepted) and "exit" not in order.info:
                asked = order.p  # a trailing stop moves its price later
                prices = asked.price, asked.pricelimit, asked.trailamount, asked.trailpercent
                self._orders.append((sent, feed, created.size, kind, *prices))
                if order.exectype != Order.Market and not (self._rows and sent <= self._rows[-1][0]):
                    self._at_opens.append((now, feed, created.size, f"{kind} sent", *prices))
        if order.status in (Order.Partial, Order.Completed):
            known = self._sent[order.ref], kind, feed
            for fill in order.executed.iterpending():
                if fill is not None:
                    commission = fill.closedcomm + fill.openedcomm
                    self._fills.append((fill.dt, now, *known, fill.size, fill.price, commission))
                    if order.exectype == Order.Market:
                        self._at_opens.append((now, feed, fill.size, f"{kind} filled"))

    def record(self) -> StrategyRecord:
        """Return all that was recorded."""
        datas = self.strategy.datas
        return StrategyRecord(
            type(self.strategy).__name__,
            np.array(self._rows, dtype=float).reshape(-1, 4 + len(datas)),
            self._orders,
            self._at_opens,
            pd.DataFrame(self._fills, columns=FILL_COLUMNS),
            [pd.DataFrame.from_dict(bars, orient="index", columns=BAR_COLUMNS, dtype=float) for bars in self._bars],
            [length_of(data) for data in datas],
        )

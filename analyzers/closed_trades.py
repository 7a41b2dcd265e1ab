"""Closed trades, and how many of them made money."""

from bisect import bisect_left, bisect_right
from functools import lru_cache
from math import fsum
from operator import attrgetter

import backtrader as bt
import pandas as pd

from backtrader_walkforward import Metric
from backtrader_walkforward.evaluation import metrics as measures
from backtrader_walkforward.trading.recorders import accounts_of

COLUMNS = ["ticker", "opened", "closed", "size", "profit", "commission", "borrowing"]

DAY = attrgetter("date")

moment = lru_cache(maxsize=65_536)(bt.num2date)
"""The date and time of Backtrader's date number; trades of many strategies begin and end on the same days."""


class ClosedTrades(bt.Analyzer):
    """Records each trade that ended: from the first share to none, however often it was resized in between.

    `size` is that of its first fill, below 0 for a short trade; `profit` is after commission and the borrowing of the
    shares, with their dividends in cash. A position still open at the end is not a closed trade. This is Backtrader's
    own notion of a trade. Unlike its `TradeAnalyzer`, this one accepts a run without a trade.
    """

    metrics = {"win_rate": Metric("percent", position=9), "trades": Metric("count", position=11)}

    def start(self):
        """Start without trades."""
        self._sizes, self._trades = {}, []
        self._accounts = [account for account in accounts_of(self.strategy).values() if hasattr(account, "cash_flows")]

    def notify_trade(self, trade):
        """Keep the size of a trade when it opens, and record it when it closes; Backtrader's size is 0 by then."""
        if trade.justopened:
            self._sizes[trade.ref] = trade.size
        if trade.isclosed:
            opened, closed = moment(trade.dtopen), moment(trade.dtclose)
            size = self._sizes.pop(trade.ref, trade.size)
            flows = list(self._flows(trade.data, opened, closed, size))
            profit = trade.pnlcomm + fsum(flow.amount for flow in flows)
            borrowing = -fsum(flow.amount for flow in flows if flow.kind == "borrowing") + 0.0  # in place of -0.0
            self._trades.append([trade.data._name, opened, closed, size, profit, trade.commission, borrowing])

    def stop(self):
        """Drop what cannot be sent from one process to another, for `optstrategy`."""
        del self._accounts

    def _flows(self, data, opened, closed, size):
        """Yield the cash that the shares of a trade brought or took. A plain broker has it in the commission.

        Backtrader dates a trade on the day of its booking. A fill at an open is booked after the flows of that day,
        a fill at a close, on the day after, before them.
        """
        for account in self._accounts:
            flows, after = account.cash_flows, bisect_left if account.p.coc else bisect_right
            first, last = after(flows, opened.date(), key=DAY), bisect_right(flows, closed.date(), key=DAY)
            yield from (flow for flow in flows[first:last] if flow.data is data and flow.size * size > 0)

    def get_analysis(self):
        """Return the trades as a DataFrame `closed`, their number `trades` and the `win_rate`, None without a trade."""
        closed = pd.DataFrame(self._trades, columns=COLUMNS)
        return {"closed": closed, "trades": len(closed), "win_rate": measures.win_rate(closed["profit"])}

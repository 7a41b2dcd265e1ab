"""Closed trades, and how many of them made money."""

from collections import Counter, defaultdict
from functools import lru_cache
from math import fsum

import backtrader as bt
import pandas as pd

from backtrader_walkforward import Metric
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.evaluation import metrics as measures
from backtrader_walkforward.trading.recorders import accounts_of

COLUMNS = ["ticker", "opened", "closed", "size", "profit", "commission", "borrowing"]

moment = lru_cache(maxsize=65_536)(bt.num2date)
"""The date and time of Backtrader's date number; trades of many strategies begin and end on the same days."""


class ClosedTrades(bt.Analyzer):
    """Records each trade that ended: from the first share to none, however often it was resized in between.

    `size` is that of its first fill, below 0 for a short trade; `profit` is after commission and the borrowing of the
    shares, with their dividends in cash. A position still open at the end is not a closed trade. This is Backtrader's
    own notion of a trade, and in a strategy with accounts a trade is of one of them. Unlike its `TradeAnalyzer`, this
    one accepts a run without a trade. The broker must have Backtrader's parameter `int2pnl`, as it has by default: what
    Backtrader itself charges for borrowing is then in the commission.
    """

    metrics = {"win_rate": Metric("percent", position=9), "trades": Metric("count", position=11)}

    def start(self):
        """Start without trades; refuse a broker that does not tell what was borrowed for which trade."""
        self._sizes, self._trades = {}, []
        self._numbers: Counter[tuple[object, bt.DataBase]] = Counter()
        self._accounts = accounts_of(self.strategy)
        self._flows: defaultdict[tuple[object, bt.DataBase, int], list] = defaultdict(list)
        self._known_flows: Counter[object] = Counter()
        without_flows = [account for account in self._accounts.values() if not hasattr(account, "cash_flows")]
        if not all(getattr(account.p, "int2pnl", True) for account in without_flows):
            raise ArgumentError(
                "the profit of a trade is after the borrowing of its shares, found a broker with int2pnl=False, which"
                " does not tell it: leave set_int2pnl(False) out"
            )

    def notify_trade(self, trade):
        """Keep the size of a trade when it opens, and record it when it closes; Backtrader's size is 0 by then."""
        if trade.justopened:
            self._numbers[trade.tradeid, trade.data] += 1
            self._sizes[trade.ref] = trade.size
        if trade.isclosed:
            opened, closed = moment(trade.dtopen), moment(trade.dtclose)
            size = self._sizes.pop(trade.ref, trade.size)
            flows = self._flows_of(trade)
            profit = trade.pnlcomm + fsum(flow.amount for flow in flows)
            borrowing = -fsum(flow.amount for flow in flows if flow.kind == "borrowing") + 0.0  # in place of -0.0
            self._trades.append([trade.data._name, opened, closed, size, profit, trade.commission, borrowing])

    def stop(self):
        """Drop what cannot be sent from one process to another, for `optstrategy`."""
        del self._accounts, self._numbers, self._flows, self._known_flows

    def _flows_of(self, trade):
        """Return the cash that the shares of a trade brought or took. A plain broker has it in the commission.

        The trades of an account in one data are its positions, one after the other.
        """
        name, account = trade.tradeid, self._accounts.get(trade.tradeid)
        if account:
            for flow in account.cash_flows[self._known_flows[name] :]:
                self._flows[name, flow.data, flow.position].append(flow)
            self._known_flows[name] = len(account.cash_flows)
        return self._flows.pop((name, trade.data, self._numbers[name, trade.data]), [])

    def get_analysis(self):
        """Return the trades as a DataFrame `closed`, their number `trades` and the `win_rate`, None without a trade."""
        closed = pd.DataFrame(self._trades, columns=COLUMNS)
        return {"closed": closed, "trades": len(closed), "win_rate": measures.win_rate(closed["profit"])}

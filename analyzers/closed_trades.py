"""Closed trades, and how many of them made money."""

from functools import lru_cache

import backtrader as bt
import pandas as pd

from backtrader_walkforward import Metric
from backtrader_walkforward.evaluation import metrics as measures

COLUMNS = ["opened", "closed", "size", "profit", "commission"]

moment = lru_cache(maxsize=65_536)(bt.num2date)
"""The date and time of Backtrader's date number; trades of many strategies begin and end on the same days."""


class ClosedTrades(bt.Analyzer):
    """Records each trade that ended: from the first share to none, however often it was resized in between.

    `size` is that of its first fill, below 0 for a short trade; `profit` is after commission. A position still open at
    the end is not a closed trade. This is Backtrader's own notion of a trade. Unlike its `TradeAnalyzer`, this one
    accepts a run without a trade.
    """

    metrics = {"win_rate": Metric("percent", position=9), "trades": Metric("count", position=11)}

    def start(self):
        """Start without trades."""
        self._sizes, self._trades = {}, []

    def notify_trade(self, trade):
        """Keep the size of a trade when it opens, and record it when it closes; Backtrader's size is 0 by then."""
        if trade.justopened:
            self._sizes[trade.ref] = trade.size
        if trade.isclosed:
            opened, closed = moment(trade.dtopen), moment(trade.dtclose)
            self._trades.append(
                [opened, closed, self._sizes.pop(trade.ref, trade.size), trade.pnlcomm, trade.commission]
            )

    def get_analysis(self):
        """Return the trades as a DataFrame `closed`, their number `trades` and the `win_rate`, None without a trade."""
        closed = pd.DataFrame(self._trades, columns=COLUMNS)
        return {"closed": closed, "trades": len(closed), "win_rate": measures.win_rate(closed["profit"])}

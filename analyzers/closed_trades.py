"""Trades that are over, and how many made money."""

from functools import lru_cache

import backtrader as bt
import pandas as pd

from backtrader_walkforward.evaluation import metrics as measures

COLUMNS = ["opened", "closed", "size", "profit", "commission"]

moment = lru_cache(maxsize=65_536)(bt.num2date)
"""The date and time of Backtrader's date number; trades of many strategies begin and end on the same days."""


class ClosedTrades(bt.Analyzer):
    """Records each trade that ended: from the first share to none, however often it was resized in between.

    `profit` is after commission. A position still open at the end is not a closed trade. This is Backtrader's own
    notion of a trade; unlike its `TradeAnalyzer`, no trade at all is an answer, not an error.
    """

    def start(self):
        """Start without trades."""
        self._trades = []

    def notify_trade(self, trade):
        """Record a trade when it closes."""
        if trade.isclosed:
            opened, closed = moment(trade.dtopen), moment(trade.dtclose)
            self._trades.append([opened, closed, trade.size, trade.pnlcomm, trade.commission])

    def get_analysis(self):
        """Return `{"trades": DataFrame, "win_rate": share or None}`."""
        trades = pd.DataFrame(self._trades, columns=COLUMNS)
        return {"trades": trades, "win_rate": measures.win_rate(trades["profit"])}

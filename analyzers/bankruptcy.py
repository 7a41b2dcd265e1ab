"""Bankruptcy: the day on which an account has lost all its equity."""

import backtrader as bt

from backtrader_walkforward import Metric


class Bankruptcy(bt.Analyzer):
    """Reports the first day on which an account of the strategy had lost all its equity.

    Needs the sub-accounts of a sizing strategy; a plain broker of Backtrader's trades on with a debt.
    """

    metrics = {"bankrupt": Metric("date", position=16, in_ranking=False)}

    def stop(self):
        """Read the day from the broker."""
        self._day = getattr(self.strategy.broker, "bankrupt", None)

    def get_analysis(self):
        """Return the day, None where no account went bankrupt."""
        return {"bankrupt": self._day}

"""The result of a book."""

from dataclasses import dataclass

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult


@dataclass(frozen=True, kw_only=True)
class BookResult(BacktestResult):
    """The backtest of a ranking strategy, which trades all tickers in one account.

    Attributes
    ----------
    fills, trades : DataFrame
        As those of any backtest, with a column `ticker`.
    weights : DataFrame (n_days, n_tickers)
        Target weights of the active account.
    closed_at_end : DataFrame
        The fills that closed a position as the prices of its ticker ended: `ticker`, `date`, `account`, `size`,
        `price`.
    unchecked : str
        Why reads of later bars could not be looked for; empty where they were.
    """

    closed_at_end: pd.DataFrame
    unchecked: str = ""

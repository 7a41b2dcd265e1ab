"""The tables of the paper accounts: signals, positions, orders and fills.

Prices and shares are in the units of the session that opened the ledger.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.reconstruct_equity import as_booked, mismatch, running_sum
from backtrader_walkforward.brokers.sizing import DUST
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.settings.choices import BASIS_POINTS
from backtrader_walkforward.settings.settings import Settings

ACTIVE = "active"


@dataclass(frozen=True)
class AccountTables:
    """The tables of the accounts, by day, earliest first.

    Attributes
    ----------
    signals : DataFrame
        Bars and the lines of the feed: all that a strategy can see, with the history before the first day of trading.
    positions : DataFrame
        Each account at each close: `day`, `variant`, `account`, `shares`, `equity`, and its target `weight`.
    orders : DataFrame
        The orders for that weight: `day`, `variant`, `account`, `shares`. The shares are computed at the close; the
        broker sizes an order again with the price of its fill.
    fills : DataFrame
        `variant`, `number` (from 0, in the order in which they became known), `day`, `account`, `size`, `price`,
        `commission`.
    """

    signals: pd.DataFrame
    positions: pd.DataFrame
    orders: pd.DataFrame
    fills: pd.DataFrame

    @property
    def equity(self) -> pd.DataFrame:
        """Equity at each close, a column a variant."""
        return self.positions.pivot_table("equity", "day", "variant", aggfunc="sum", sort=False)

    def after(self, earlier: "AccountTables") -> "AccountTables":
        """Return the rows that an earlier state of the same accounts does not have."""
        last, known = earlier.signals.index[-1], earlier.fills["variant"].value_counts()
        return AccountTables(
            signals=self.signals[self.signals.index > last],
            positions=self.positions[self.positions["day"] > last],
            orders=self.orders[self.orders["day"] > last],
            fills=self.fills[self.fills["number"] >= self.fills["variant"].map(known).fillna(0)],
        )


def account_tables_of(signals: pd.DataFrame, results: Iterable[BacktestResult], settings: Settings) -> AccountTables:
    """Return the tables of accounts that traded `signals` with these results."""
    results = list(results)
    tables = [table for result in results for table in _positions(signals, result, settings)]
    positions = pd.concat(tables).sort_values("day", kind="stable", ignore_index=True)
    fills = pd.concat([_fills(result) for result in results], ignore_index=True)
    return AccountTables(signals, positions, _orders(signals, positions, settings), fills)


def first_change(recorded: pd.DataFrame, positions: pd.DataFrame, capital: float) -> str | None:
    """Return as text the earliest recorded position with another equity or weight in `positions`, None if all agree."""
    both = recorded.merge(positions, how="left", on=["day", "variant", "account"], suffixes=("", "_now"))
    equity = mismatch(both["equity_now"], both["equity"], capital)
    weight = mismatch(both["weight_now"], both["weight"], 1.0)
    if not (equity | weight).any():
        return None
    row = both.assign(equal=~equity)[equity | weight].sort_values("day", kind="stable").iloc[0]
    name, digits = ("weight", 4) if row["equal"] else ("equity", 2)
    before, now = (f"{row[column]:,.{digits}f}" for column in (name, f"{name}_now"))
    return f"the {name} of {row['variant']} on {row['day']:%Y-%m-%d} was {before}, and is {now} now"


def _positions(signals: pd.DataFrame, result: BacktestResult, settings: Settings) -> Iterator[pd.DataFrame]:
    """Yield the table of each account of a variant, with the shares held after the fills booked by each day."""
    days = result.equity.index
    fills = result.fills
    if settings.trading.fill == "close":
        fills = as_booked(fills, signals["Close"].loc[days], settings.trading.slippage_bps / BASIS_POINTS)
    for account in result.accounts:
        own = fills[fills["account"] == account]
        yield pd.DataFrame(
            {
                "day": days,
                "variant": result.name,
                "account": account,
                "shares": running_sum(days.to_numpy(), own["date"], own["size"]),
                "equity": result.accounts[account].to_numpy(),
                "weight": result.weights.to_numpy() if account == ACTIVE else 1.0,
            }
        )


def _orders(signals: pd.DataFrame, positions: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return the order from each position to its weight; a passive account orders only on its first day."""
    close = positions["day"].map(signals["Close"])
    target = positions["weight"] * positions["equity"].clip(lower=0) / close
    target = np.trunc(target * (1 + DUST)) if settings.trading.whole_shares else target
    shares = target - positions["shares"]
    decides = (positions["account"] == ACTIVE) | (positions["day"] == positions["day"].min())
    ordered = decides & (shares.abs() > DUST * np.maximum(target.abs(), positions["shares"].abs()))
    return positions[["day", "variant", "account"]].assign(shares=shares)[ordered]


def _fills(result: BacktestResult) -> pd.DataFrame:
    fills = result.fills.rename(columns={"date": "day", "strategy": "variant"})
    return fills.assign(number=range(len(fills)))

"""Analyzers that record each strategy once, for the analyzers that read them: equity at each close, and fills."""

from collections.abc import Sequence
from datetime import date
from math import fsum, isclose
from typing import Self

import backtrader as bt
import numpy as np
import pandas as pd

from backtrader_walkforward.data.frequency import bars_a_year
from backtrader_walkforward.errors import ArgumentError

EPOCH = date(1970, 1, 1).toordinal()


def dates_of(numbers: Sequence[float]) -> pd.DatetimeIndex:
    """Turn Backtrader's date numbers, days since the year 1, into an index of days named `date`."""
    days = np.floor(np.asarray(numbers, dtype=float)).astype("int64") - EPOCH
    return pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[us]"), name="date")


def accounts_of(strategy: bt.Strategy) -> dict[str, bt.BrokerBase]:
    """Return the accounts of a strategy by name, or its broker without a name where it has none.

    A strategy that has opened accounts may still have the broker of all strategies as its `broker`.
    """
    accounts = getattr(strategy.broker, "accounts", ())
    if isinstance(accounts, dict):
        return accounts
    return {account.p.name: account for account in accounts if account.p.owner is strategy} or {"": strategy.broker}


def capital_of(strategy: bt.Strategy) -> float:
    """Return the starting cash of a strategy's accounts; of all accounts, where its broker is that of others."""
    brokers = accounts_of(strategy).values()
    return fsum(account.startingcash for broker in brokers for account in getattr(broker, "accounts", ()) or [broker])


def cash_rate_of(strategy: bt.Strategy) -> float:
    """Return the yearly interest rate of the strategy's cash; 0 with a broker that pays none."""
    return max(getattr(account.p, "cash_rate", 0.0) for account in accounts_of(strategy).values())


def days_of_bars(feeds: Sequence[bt.DataBase]) -> pd.DatetimeIndex:
    """Return the days of all bars that some feeds have loaded, each once."""
    numbers = np.concatenate([np.asarray(feed.datetime.array, dtype=float) for feed in feeds])
    return dates_of(np.unique(np.floor(numbers[numbers > 0])).tolist())  # NaN stands for a bar that was not loaded


def calendar_of(strategy: bt.Strategy) -> Sequence[bt.DataBase]:
    """Return the feeds whose days are those of the strategy: its `calendar`, or the first feed where it has none."""
    return getattr(strategy, "calendar", strategy.datas[:1])


class SharedAnalyzer(bt.Analyzer):
    """An analyzer that other analyzers read."""

    @classmethod
    def of(cls, strategy: bt.Strategy) -> Self:
        """Return the analyzer of this class that the strategy has already, else a new child of the one that asks."""
        found = [analyzer for analyzer in strategy.analyzers if type(analyzer) is cls]
        return found[0] if found else cls()


class Recorder(SharedAnalyzer):
    """Records each close of the strategy's calendar, from the day on which it begins.

    The calendar of a ranking strategy are all its feeds, that of any other the first one. A day that is not in it is
    part of the next bar; later bars of the same day are part of this one. Once the calendar has ended, the days of
    other feeds are recorded, too, if the strategy has traded one of them: what it holds still moves.
    """

    def start(self):
        """Start with empty records."""
        calendar = calendar_of(self.strategy)
        self._records, self._since, self._traded = {}, {}, set()
        self._clock = calendar[0].datetime if len(calendar) == 1 else self.strategy.datetime

    def next(self):
        """Record one bar, once a sizing strategy has begun; any other begins on its first bar."""
        if getattr(self.strategy, "has_begun", True) and len(self._clock):
            now = self._clock[0]
            if now not in self._records:
                self._since = {}
                self._records[now] = self.record()
            elif int(now) == (today := int(self.strategy.datetime[0])):
                self._records[now] = self.record()
            else:
                self._since[today] = self.record()

    def record(self):
        """Return what is recorded of one bar."""
        raise NotImplementedError

    def notify_order(self, order):
        """Note which feeds are traded."""
        if order.executed.size:
            self._traded.add(order.data)

    def stop(self):
        """Record the days since the last bar; drop what cannot be sent between processes, for `optstrategy`."""
        if self._traded.difference(calendar_of(self.strategy)):
            self._records |= self._since
        del self._clock, self._traded


DAILY = (
    "measures are those of daily bars, found {found}: make days of them, as by "
    "cerebro.resampledata(feed, timeframe=bt.TimeFrame.Days), those of a ForecastFeed in its DataFrame"
)


def require_daily(data: bt.DataBase) -> None:
    """Raise ArgumentError if the bars of `data` are declared as longer or shorter than a day."""
    timeframe, compression = length_of(data)
    if (timeframe, compression) != (bt.TimeFrame.Days, 1):
        several = f"{compression} " if compression > 1 else ""
        raise ArgumentError(DAILY.format(found=f"bars of {several}{bt.TimeFrame.Names[timeframe].lower()}"))


def length_of(data: bt.DataBase) -> tuple[int, int]:
    """Return time frame and compression of a feed's bars.

    They have no public name in Backtrader: the parameters `timeframe` and `compression` of resampled data are those of
    the bars that it is made of.
    """
    return data._timeframe, data._compression


class EquityCurve(Recorder):
    """Records the strategy's equity at each close, and that of each sub-account where the broker has some.

    `get_analysis()` returns `equity` (Series) and `accounts` (DataFrame with a column for each account), in the
    currency of the prices, and `growth`, the equity without the cash that Backtrader's own broker was given on the way
    (`add_cash`): what the first capital became, as in its fund mode. Accounts of ours take none. It begins with the
    capital, on the day before the first close where that close has another value: something filled before.
    `bars_a_year` are those of all bars of the calendar, from before the strategy began, too: they become annual by it.
    """

    def start(self):
        """Start with empty curves."""
        super().start()
        for data in calendar_of(self.strategy):
            require_daily(data)
        accounts = accounts_of(self.strategy)
        self._names, self._asked = list(accounts), [account.getvalue for account in accounts.values()]
        if "" in accounts:
            self._asked.append(accounts[""].get_fundshares)
            self._first_shares = accounts[""].get_fundshares()

    def record(self):
        """Return the equity of each account, and the shares of Backtrader's own broker in fund mode.

        On the first day the capital is read: a strategy may set it in its own `start`, and move cash later.
        """
        if not self._records:
            self._capital = capital_of(self.strategy)
        return [ask() for ask in self._asked]

    def stop(self):
        """Drop what cannot be sent from one process to another, for `optstrategy`."""
        super().stop()
        self._bars_a_year = bars_a_year(days_of_bars(calendar_of(self.strategy)))
        del self._asked

    def get_analysis(self):
        """Return equity, accounts and growth, indexed by date, and the bars a year."""
        index, names = dates_of(list(self._records)), self._names
        if not index.is_unique:
            raise ArgumentError(DAILY.format(found=f"two bars on {index[index.duplicated()][0]:%Y-%m-%d}"))
        records = np.array(list(self._records.values()), dtype=float).reshape(-1, len(names) + ("" in names))
        values, fund_shares = np.split(records, [len(names)], axis=1)
        equity = pd.Series(values.sum(axis=1), index, name="equity")
        return {
            "equity": equity,
            "accounts": pd.DataFrame(values, index, columns=names)[[name for name in names if name]],
            "growth": self._growth(equity, fund_shares),
            "bars_a_year": self._bars_a_year,
        }

    def _growth(self, equity, fund_shares):
        """Return what the first capital became, the capital in front unless the first close has its value."""
        growth = equity * (self._first_shares / fund_shares[:, 0]) if fund_shares.size else equity
        if growth.empty or isclose(growth.iloc[0], self._capital):
            return growth
        return pd.concat([pd.Series(self._capital, growth.index[:1] - pd.Timedelta(days=1)), growth])


FILL_COLUMNS = ["date", "booked", "ticker", "order", "account", "size", "price", "commission"]


class Fills(SharedAnalyzer):
    """Records every fill with date, ticker, kind of order (`Market`, ...), account, signed size, price and commission.

    It enters the account on the day `booked`: what fills at a close does so when the next bar comes.
    """

    def start(self):
        """Start without fills."""
        self._fills = []

    def notify_order(self, order):
        """Record the executions since the last notification."""
        if order.status not in (order.Partial, order.Completed):
            return
        names = order.data._name, order.getordername(), order.info.get("account", "")
        for fill in order.executed.iterpending():
            if fill is not None:
                commission = fill.closedcomm + fill.openedcomm
                figures = fill.size, fill.price, commission
                self._fills.append((fill.dt, self.strategy.datetime[0], *names, *figures))

    @property
    def commission(self):
        """Commission of all fills so far, in money."""
        return fsum(fill[-1] for fill in self._fills)

    def get_analysis(self):
        """Return the fills as a DataFrame."""
        columns = zip(*self._fills, strict=True) if self._fills else [()] * len(FILL_COLUMNS)
        by_name = dict(zip(FILL_COLUMNS, columns, strict=True))
        days = {name: dates_of(by_name[name]) for name in FILL_COLUMNS[:2]}
        names = {name: pd.Series(by_name[name], dtype="str") for name in FILL_COLUMNS[2:5]}
        return pd.DataFrame({**days, **names, **{name: np.array(by_name[name], float) for name in FILL_COLUMNS[5:]}})

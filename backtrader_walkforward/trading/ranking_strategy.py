"""The base of every ranking strategy: a subclass decides the weights of many tickers, the base class trades them."""

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from operator import ge
from reprlib import repr as short_repr
from typing import Any, NamedTuple

import backtrader as bt

from backtrader_walkforward.data.period import LONGEST_CLOSURE
from backtrader_walkforward.errors import did_you_mean
from backtrader_walkforward.plugins import PluginCall, place_of
from backtrader_walkforward.trading.account_strategy import (
    AccountStrategy,
    StrategyError,
    is_finite_number,
)

ROUNDING = 1e-9
"""What weights may exceed 1 by in their sum, as they are rounded."""


class Ticker(NamedTuple):
    """A feed of the panel, with the lines that each close asks for."""

    name: str
    data: bt.DataBase
    clock: bt.LineBuffer
    forecast: bt.LineBuffer | None
    needed: int
    """Bars that the indicators on it need."""


class RankingStrategy(AccountStrategy):
    """Trade many tickers in one account: `target_weights` says at each close which share of it to hold in each.

    Needs a feed for each ticker, added under its name: `cerebro.adddata(ForecastFeed(dataname=bars), name="AAPL")`.
    Feeds may begin and end on different days and lack days. No result depends on their order. Leaves the weights
    decided at the latest close, by ticker, in `self.weights`.

    A ticker without a bar on a day keeps its position, and its forecast stays the latest one. Its order fills at its
    next open; with fills at the close it has none that day. Once the prices of a ticker have ended and the panel has
    gone on for more than `longest_gap` days, its position is closed at its last price.

    Parameters
    ----------
    longest_gap : int
        Calendar days without a bar after which the forecast of a ticker is out of date, and prices that go no further
        have ended. The longest holidays of an exchange are shorter (`data.period`).
    active_share, allow_short, first_day, stop_loss, trailing_stop, take_profit, stop_entry_day, regime_filter
        See `AccountStrategy`. Stops and filter work on each position by itself. The passive account buys all tickers
        that have a forecast on the first day, in equal shares.

    Attributes
    ----------
    forecasts : dict of str to float
        The latest forecast of each ticker: by default the return from its next open to the open after it, as in
        `SizingStrategy.predicted_return`. In alphabetical order, without tickers that have no forecast, no bar for more
        than `longest_gap` days, or too few bars for their indicators.
    """

    params = dict(longest_gap=LONGEST_CLOSURE)

    closes_ended_positions = True
    weights: Mapping[str, float] = {}
    forecasts: Mapping[str, float] = {}

    def target_weights(self) -> Mapping[str, float]:
        """Return the share of the active account to hold in each ticker, their sizes at most 1 in sum.

        Called at each close. A ticker that is left out has weight 0, and what is held of it is sold. The weight of a
        ticker that has not begun or has ended stays in cash. Not called while there is no forecast.
        """
        raise NotImplementedError

    @property
    def ranked(self) -> list[str]:
        """Tickers by their forecast, the lowest first; in alphabetical order among equals."""
        return sorted(self.forecasts, key=self.forecasts.__getitem__)

    def fraction(self, share: float) -> int:
        """Return how many tickers a share of those with a forecast are: rounded down, at least one."""
        return max(1, int(share * len(self.forecasts) + ROUNDING))

    @property
    def calendar(self):
        """All feeds: a day of any of them is a day of the strategy."""
        return self.datas

    def prenext(self):
        """Decide, also while some tickers have not begun or their indicators warm up."""
        self.next()

    def next(self):
        """Decide at the close, order for the next fills."""
        now = self._now()
        self.forecasts = self._latest_forecasts(now)
        self._begin()
        if self.has_begun:
            self._close_ended(now)
            if "active" in self.broker.accounts:
                self._rebalance(self.broker.accounts["active"], now)

    def buy_and_hold(self, account):
        """Send the orders of the passive account, on its first day."""
        for ticker in self._tickers:
            if ticker.name in self.forecasts:
                account.order_target_weight(ticker.data, 1 / len(self.forecasts))

    def _start(self):
        """Refuse feeds without names of their own, and indicators that need more bars than any feed has."""
        super()._start()
        names = [data._name for data in self.datas]
        if "" in names or len(set(names)) < len(names):
            raise StrategyError(
                f"{place_of(type(self))} needs a ticker of its own for each feed, found {short_repr(names)}: write"
                " cerebro.adddata(feed, name='AAPL')"
            )
        bars, needed = [data.buflen() for data in self.datas], self._minperiods
        if any(bars) and not any(map(ge, bars, needed)):
            raise StrategyError(
                f"{place_of(type(self))} has indicators that need {min(needed)} bars, and there are {max(bars)}"
            )

    def _now(self) -> float:
        return self.datetime[0]

    @cached_property
    def _tickers(self) -> list[Ticker]:
        """All tickers in alphabetical order."""
        feeds = zip(self.datas, self._minperiods, strict=True)
        found = (
            Ticker(data._name, data, data.datetime, getattr(data, "predicted_return", None), needed)
            for data, needed in feeds
        )
        return sorted(found, key=lambda ticker: ticker.name)

    def _latest_forecasts(self, now: float) -> dict[str, float]:
        return {
            name: forecast[0]
            for name, _, clock, forecast, needed in self._tickers
            if forecast is not None
            and len(clock) >= needed
            and clock[0] >= now - self.p.longest_gap
            and not math.isnan(forecast[0])
        }

    def _close_ended(self, now: float) -> None:
        for ticker in self._tickers:
            if len(ticker.clock) and ticker.clock[0] < now - self.p.longest_gap and has_ended(ticker.data):
                for account in self.broker.accounts.values():
                    if account.getposition(ticker.data).size:
                        account.close_at_last_price(ticker.data)

    def _rebalance(self, account, now: float) -> None:
        """Order what differs from the position or from the weight before."""
        before, self.weights = self.weights, {}
        wanted = {} if account.bankrupt or not self.forecasts else self._decide()
        for name, data, clock, *_ in self._tickers:
            weight = wanted.get(name, 0.0)
            if not len(clock) or not (weight or name in before or account.stops or account.getposition(data).size):
                continue
            weight = self._filtered(account.apply_lockout(data, weight), data)
            if weight:
                self.weights[name] = weight
            if clock[0] == now or not account.p.coc:
                account.order_target_weight(data, weight)

    def _decide(self) -> dict[str, float]:
        with self._decision:
            weights = self.target_weights()
        checked = require_weights(weights, (ticker.name for ticker in self._tickers), self._here)
        return {name: max(self._lowest_weight, weight) for name, weight in checked.items()}

    @cached_property
    def _decision(self) -> PluginCall:
        return PluginCall(self._here, StrategyError)

    def _here(self) -> str:
        return f"{place_of(type(self))}.target_weights() on {self.datetime.date(0)}"


def require_weights(weights: Any, tickers: Iterable[str], here: Any) -> dict[str, float]:
    """Return the weights as floats.

    Raises
    ------
    StrategyError
        If they are no mapping, a ticker is unknown, a weight is no finite number, or their sizes exceed 1 in sum.
    """
    if not isinstance(weights, Mapping):
        raise StrategyError(f"{here()} must return a dict of weights by ticker: {short_repr(weights)}")
    known = dict.fromkeys(tickers)
    for name, weight in weights.items():
        if name not in known:
            raise StrategyError(f"{here()} weights {name!r}, which is no ticker{did_you_mean(str(name), known)}")
        if not is_finite_number(weight):
            raise StrategyError(f"{here()} must weight {name} by a number between -1 and 1: {short_repr(weight)}")
    gross = math.fsum(map(abs, weights.values()))
    if gross > 1 + ROUNDING:
        raise StrategyError(f"{here()} has weights whose sizes add up to {gross:.6g}, and may be 1: divide them by it")
    return {name: float(weight) for name, weight in weights.items()}


def has_ended(data: bt.DataBase) -> bool:
    """Tell whether a feed is at its last bar, on a day on which it has none: Cerebro has looked for a later one."""
    return len(data) == data.buflen()

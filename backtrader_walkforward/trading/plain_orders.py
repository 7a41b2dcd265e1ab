"""Backtrader's own orders: sized in a strategy with several accounts, refused in one that trades by weights."""

from contextlib import contextmanager
from typing import NoReturn

import backtrader as bt

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.trading.recorders import accounts_of


class PlainOrders(bt.Strategy):
    """Sizes orders by position and equity of the first account, in which they are traded.

    `self.position` and `self.broker` are those of all accounts: what is held in the others is not for these orders to
    sell.
    """

    broker: bt.BrokerBase
    sizes_by_first_account = True

    def close(self, *args, **kwargs):
        """Close the position of the first account; arguments as in Backtrader."""
        with self._first_account_alone():
            return super().close(*args, **kwargs)

    def order_target_size(self, *args, **kwargs):
        """Trade the first account to a size; arguments as in Backtrader."""
        with self._first_account_alone():
            return super().order_target_size(*args, **kwargs)

    def order_target_value(self, *args, **kwargs):
        """Trade the first account to a value; arguments as in Backtrader."""
        with self._first_account_alone():
            return super().order_target_value(*args, **kwargs)

    def order_target_percent(self, *args, **kwargs):
        """Trade the first account to a share of its own equity; arguments as in Backtrader."""
        with self._first_account_alone():
            return super().order_target_percent(*args, **kwargs)

    def setsizer(self, sizer):
        """Let a sizer see the first account."""
        with self._first_account_alone():
            return super().setsizer(sizer)

    @contextmanager
    def _first_account_alone(self):
        broker = self.broker
        self.broker = next(iter(accounts_of(self).values()))
        try:
            yield
        finally:
            self.broker = broker


class WeightsAlone(bt.Strategy):
    """Refuses orders and timers of Backtrader by name: the weights that a strategy returns are all that it trades."""

    def add_timer(self, *_, **__):
        """Refuse: a timer with `cheat` sees the whole of a bar before the orders for its open are filled."""
        raise ArgumentError(
            "a strategy of target weights decides at the close of each bar, found self.add_timer(): ask for the date in"
            " its code, as self.data.datetime.date(0)"
        )

    def buy(self, *_, **__):
        """Refuse."""
        self._refuse("buy")

    def sell(self, *_, **__):
        """Refuse."""
        self._refuse("sell")

    def close(self, *_, **__):
        """Refuse."""
        self._refuse("close")

    def buy_bracket(self, *_, **__):
        """Refuse."""
        self._refuse("buy_bracket")

    def sell_bracket(self, *_, **__):
        """Refuse."""
        self._refuse("sell_bracket")

    def order_target_size(self, *_, **__):
        """Refuse."""
        self._refuse("order_target_size")

    def order_target_value(self, *_, **__):
        """Refuse."""
        self._refuse("order_target_value")

    def order_target_percent(self, *_, **__):
        """Refuse."""
        self._refuse("order_target_percent")

    def _refuse(self, method: str) -> NoReturn:
        """Raise ArgumentError with the remedy."""
        raise ArgumentError(
            f"a strategy of target weights sends no orders of its own, found self.{method}(): return the share of the"
            " account to hold, as 0.5, and 0 to close"
        )

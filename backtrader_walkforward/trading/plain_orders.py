"""Backtrader's own orders in a strategy with several accounts."""

from contextlib import contextmanager

import backtrader as bt

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

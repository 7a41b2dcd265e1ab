"""The base of every sizing strategy: a subclass decides a weight, the base class trades it."""

import math
from functools import cached_property
from reprlib import repr as short_repr

import backtrader as bt

from backtrader_walkforward.plugins import PluginCall, place_of
from backtrader_walkforward.trading.account_strategy import (
    AccountStrategy,
    StrategyError,
    is_finite_number,
)


class SizingStrategy(AccountStrategy):
    """Trade a forecast: `target_weight` says at each close which share of the account to hold.

    Needs a data feed with a `predicted_return` line (see `ForecastFeed`). Leaves the weight decided at the
    latest close in `self.weight`.

    Parameters
    ----------
    threshold : float
        Predicted return, up or down, that a `signal` must exceed.
    active_share, allow_short, first_day, stop_loss, trailing_stop, take_profit, stop_entry_day, regime_filter
        See `AccountStrategy`.
    """

    params = dict(threshold=0.001)

    weight = 0.0
    _decided = 0

    def target_weight(self) -> float:
        """Return the share of the active account to hold, in [-1, 1]; called at the close of each bar.

        Everything at index 0 of the data is known. The order fills at the next open, or at this close with `coc`.
        Not called while the forecast is NaN: the weight is then 0.
        """
        raise NotImplementedError

    @property
    def predicted_return(self) -> float:
        """Forecast made at this close: by default the return from the next open to the open after it.

        With `--target return` or `price`, and with fills at the close, it is the return from this close to the next.
        """
        return self._forecast[0]

    @property
    def forecast_spread(self) -> float:
        """Standard deviation of the predicted returns in an ensemble; 0 where one forecast stands alone.

        Needs a `forecast_spread` line; where that is NaN, nothing is known of an ensemble.
        """
        spread = self.data.forecast_spread[0]
        return 0.0 if math.isnan(spread) else spread

    @cached_property
    def _forecast(self) -> bt.LineBuffer:
        return self.data.predicted_return

    @property
    def signal(self) -> int:
        """1 for a predicted return above the threshold, -1 for one below its negative, else 0."""
        self.decisions.reads_signal = True
        predicted_return, threshold = self.predicted_return, self.p.threshold
        return int(predicted_return > threshold) - int(predicted_return < -threshold)

    def prenext(self):
        """Buy the passive holding on the first day, also while indicators warm up."""
        self._begin()

    def next(self):
        """Decide at the close, order for the next fill. A day that only another feed has brings nothing to decide."""
        bars = len(self.data.datetime)
        if bars == self._decided:
            return
        self._decided = bars
        self._begin()
        account = self.broker.accounts.get("active")
        if self.has_begun and account:
            wanted = 0.0 if account.bankrupt else account.apply_lockout(self.data, self._decide())
            self.weight = self._filtered(wanted, self.data)
            account.order_target_weight(self.data, self.weight)

    def buy_and_hold(self, account):
        """Send the order of the passive account, on its first day."""
        account.order_target_weight(self.data, 1.0)

    def _start(self):
        """Refuse indicators that need more bars than there are."""
        super()._start()
        bars, needed = self.data.buflen(), max(self._minperiods)
        if bars and needed > bars:  # without bars none is loaded yet
            raise StrategyError(f"{place_of(type(self))} has indicators that need {needed} bars, and there are {bars}")

    def _decide(self) -> float:
        if math.isnan(self.predicted_return):
            return 0.0
        with self._decision:
            weight = self.target_weight()
        if not is_finite_number(weight):
            raise StrategyError(f"{self._here()} must return a number between -1 and 1: {short_repr(weight)}")
        decided = float(weight)
        allowed = min(1.0, max(self._lowest_weight, decided))
        if allowed != decided:
            self.decisions.note_limited(self.data.datetime.date(0), decided, allowed)
        return allowed

    @cached_property
    def _decision(self) -> PluginCall:
        return PluginCall(self._here, StrategyError)

    def _here(self) -> str:
        return f"{place_of(type(self))}.target_weight() on {self.data.datetime.date(0)}"

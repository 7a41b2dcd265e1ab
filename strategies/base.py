"""The base of every sizing strategy: a subclass decides a weight, this class does the rest."""

import math
from numbers import Real

import backtrader as bt

from brokers import SubAccountBroker
from errors import ArgumentError, UserError

PASSIVE_TRADE = 1
"""Backtrader's trade id of the passive account, which keeps its trade apart from the active ones."""


class StrategyError(UserError):
    """A strategy that does not load, or whose `target_weight` fails or returns no weight."""


class MetaSizingStrategy(type(bt.Strategy)):  # type: ignore[misc]
    """Gives a strategy its own accounts before its `__init__`, where Backtrader hands out the broker."""

    def dopreinit(cls, _obj, *args, **kwargs):
        """Replace the Cerebro's broker by accounts of the strategy's own."""
        _obj, args, kwargs = super().dopreinit(_obj, *args, **kwargs)
        _obj.broker = SubAccountBroker.of(_obj.env).open_accounts(_obj, _obj.capital_shares())
        return _obj, args, kwargs


class SizingStrategy(bt.Strategy, metaclass=MetaSizingStrategy):
    """Trade a forecast: `target_weight` says at each close which share of the account to hold.

    Needs a data feed with a `predicted_return` line (see `feeds.ForecastFeed`). Leaves the weight decided at the
    latest close in `self.weight`. `self.broker` is the strategy's own pair of accounts, whatever else runs in the
    same Cerebro.

    Parameters
    ----------
    active_share : float
        Share of the capital that `target_weight` trades, in [0, 1]. The rest goes, once and for all, into a passive
        account that buys on the first bar and holds.
    allow_short : bool
        Whether negative weights are traded or taken as 0.
    threshold : float
        Size a predicted return must exceed to give a `signal`.
    """

    params = dict(active_share=1.0, allow_short=True, threshold=0.001)

    weight = 0.0

    def target_weight(self) -> float:
        """Return the share of the active account to hold, in [-1, 1]; called at the close of each bar.

        Everything at index 0 of the data is known. The order fills at the next open, or at this close with `coc`.
        Not called while the forecast is NaN: the weight is then 0.
        """
        raise NotImplementedError

    @property
    def predicted_return(self) -> float:
        """Forecast of the next close over this one, minus 1."""
        return self.data.predicted_return[0]

    @property
    def signal(self) -> int:
        """1 for a predicted return above the threshold, -1 for one below its negative, else 0."""
        predicted_return, threshold = self.predicted_return, self.p.threshold
        return (predicted_return > threshold) - (predicted_return < -threshold)

    def capital_shares(self) -> dict[str, float]:
        """Return the share of the capital of each account, those without any left out."""
        active = self.p.active_share
        if not 0 <= active <= 1:
            raise ArgumentError(f"active_share must lie between 0 and 1: {active!r}")
        shares = {"active": active, "passive": 1 - active}
        return {name: share for name, share in shares.items() if share > 0}

    def prenext(self):
        """Buy the passive holding on the first bar, also while indicators warm up."""
        self._hold_passive()

    def next(self):
        """Decide at the close, order for the next fill."""
        self._hold_passive()
        if "active" in self.broker.accounts:
            self.weight = self._decide()
            self.broker.accounts["active"].order_target_weight(self.data, self.weight)

    def _hold_passive(self):
        if len(self) == 1 and "passive" in self.broker.accounts:
            self.broker.accounts["passive"].order_target_weight(self.data, 1.0, tradeid=PASSIVE_TRADE)

    def _decide(self) -> float:
        if math.isnan(self.predicted_return):
            return 0.0
        try:
            weight = self.target_weight()
        except Exception as error:
            raise StrategyError(f"{self._here()} failed: {type(error).__name__}: {error}") from error
        if not isinstance(weight, Real) or math.isnan(weight):
            raise StrategyError(f"{self._here()} must return a number between -1 and 1: {weight!r}")
        return min(1.0, max(-1.0 if self.p.allow_short else 0.0, float(weight)))

    def _here(self) -> str:
        return f"{type(self).__name__}.target_weight() on {self.data.datetime.date(0)}"

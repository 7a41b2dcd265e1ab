"""The base of every sizing strategy: a subclass decides a weight, the base class trades it."""

import math
from functools import cached_property
from numbers import Real
from reprlib import repr as short_repr
from typing import Any

import backtrader as bt

from backtrader_walkforward.brokers import Stops, SubAccountBroker
from backtrader_walkforward.errors import ArgumentError, UserError
from backtrader_walkforward.plugins import PluginCall, place_of
from backtrader_walkforward.settings.choices import regime_line
from backtrader_walkforward.trading.fast_strategy import FastStrategy
from backtrader_walkforward.trading.plain_orders import PlainOrders
from backtrader_walkforward.trading.regime_filter import RegimeFilter

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
        _obj._regime_filter = RegimeFilter(_obj.p.regime_filter, label=f"{cls.__name__}.regime_filter")
        if "active" in _obj.broker.accounts:
            try:
                stops = Stops(_obj.p.stop_loss, _obj.p.trailing_stop, _obj.p.take_profit, _obj.p.stop_entry_day)
            except ArgumentError as error:
                raise ArgumentError(f"{cls.__name__}.{error}") from error
            _obj.broker.accounts["active"].stops = stops
        return _obj, args, kwargs

    def doinit(cls, _obj, *args, **kwargs):
        """Run the strategy's own `__init__`; name the strategy if it fails."""
        with PluginCall(lambda: f"{place_of(cls)}.__init__()", StrategyError):
            return super().doinit(_obj, *args, **kwargs)


def is_finite_number(value: Any) -> bool:
    """Tell whether a value is a real number that a float can hold."""
    try:
        return isinstance(value, Real) and math.isfinite(value)
    except OverflowError:
        return False


def shares_of(active_share: float) -> dict[str, float]:
    """Return the share of the capital of each account, those without any left out."""
    shares = {"active": active_share, "passive": 1 - active_share}
    return {name: share for name, share in shares.items() if share > 0}


class SizingStrategy(PlainOrders, FastStrategy, metaclass=MetaSizingStrategy):
    """Trade a forecast: `target_weight` says at each close which share of the account to hold.

    Needs a data feed with a `predicted_return` line (see `ForecastFeed`). Leaves the weight decided at the
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
        Predicted return, up or down, that a `signal` must exceed.
    first_day : datetime.date, optional
        First day to decide on; bars before it let indicators warm up. The first bar if left out.
    stop_loss, trailing_stop, take_profit : float, optional
        Shares of the entry price at which orders that rest in the active account close its position (`brokers.Stops`).
        It then stays out, with a weight of 0, until the sign of the target weight is no longer that of the position.
    stop_entry_day : bool
        Whether these orders can fill on the day of the entry, after its open.
    regime_filter : mapping of str to {"out", "half"}
        What to do with the target weight in named market regimes, as in `{"downtrend": "out"}` (`RegimeFilter`). It is
        applied last: the lockout after a stop depends on the unfiltered weight. Needs the line of each regime's kind,
        as `trend_regime`.
    """

    params = dict(
        active_share=1.0,
        allow_short=True,
        threshold=0.001,
        first_day=None,
        stop_loss=None,
        trailing_stop=None,
        take_profit=None,
        stop_entry_day=False,
        regime_filter=(),
    )

    weight = 0.0
    has_begun = False
    _decided = 0

    def target_weight(self) -> float:
        """Return the share of the active account to hold, in [-1, 1]; called at the close of each bar.

        Everything at index 0 of the data is known. The order fills at the next open, or at this close with `coc`.
        Not called while the forecast is NaN: the weight is then 0.
        """
        raise NotImplementedError

    @property
    def predicted_return(self) -> float:
        """Forecast of the next close over this one, minus 1."""
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
        predicted_return, threshold = self.predicted_return, self.p.threshold
        return int(predicted_return > threshold) - int(predicted_return < -threshold)

    def capital_shares(self) -> dict[str, float]:
        """Return the share of the capital of each account, those without any left out."""
        active = self.p.active_share
        if not 0 <= active <= 1:
            raise ArgumentError(f"active_share must lie between 0 and 1: {active!r}")
        return shares_of(active)

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
            self.weight = 0.0 if account.bankrupt else self._filtered(account.apply_lockout(self.data, self._decide()))
            account.order_target_weight(self.data, self.weight)

    def _start(self):
        """Refuse data without a line that is needed, and indicators that need more bars than there are.

        Backtrader settles what indicators need here and nowhere else, and says nothing of it in public.
        """
        super()._start()
        lacks_forecast = getattr(self.data, "lacks_forecast", not hasattr(self.data, "predicted_return"))
        if "active" in self.broker.accounts and lacks_forecast:
            raise StrategyError(
                f"{place_of(type(self))} trades a forecast, and its data has none: use ForecastFeed, whose DataFrame"
                " has a column predicted_return"
            )
        for line in map(regime_line, self._regime_filter.kinds):
            if not hasattr(self.data, line):
                raise StrategyError(
                    f"{place_of(type(self))} filters by a regime, and its data has no line {line}: use ForecastFeed"
                )
        bars, needed = self.data.buflen(), max(self._minperiods)
        if bars and needed > bars:  # without bars none is loaded yet
            raise StrategyError(f"{place_of(type(self))} has indicators that need {needed} bars, and there are {bars}")

    def _begin(self):
        first_day = self.p.first_day
        if self.has_begun or not len(self.data) or (first_day and self.data.datetime[0] < first_day.toordinal()):
            return
        self.has_begun = True
        if "passive" in self.broker.accounts:
            self.broker.accounts["passive"].order_target_weight(self.data, 1.0, tradeid=PASSIVE_TRADE)

    def _decide(self) -> float:
        if math.isnan(self.predicted_return):
            return 0.0
        with self._decision:
            weight = self.target_weight()
        if not is_finite_number(weight):
            raise StrategyError(f"{self._here()} must return a number between -1 and 1: {short_repr(weight)}")
        return min(1.0, max(-1.0 if self.p.allow_short else 0.0, float(weight)))

    def _filtered(self, weight: float) -> float:
        return self._regime_filter.applied(weight, self.data) if self._regime_filter else weight

    @cached_property
    def _decision(self) -> PluginCall:
        return PluginCall(self._here, StrategyError)

    def _here(self) -> str:
        return f"{place_of(type(self))}.target_weight() on {self.data.datetime.date(0)}"

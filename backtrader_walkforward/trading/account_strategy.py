"""What every strategy with accounts of its own has: an active account that it trades, and a passive one that holds."""

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, ClassVar

import backtrader as bt

from backtrader_walkforward.brokers import Account, Stops, SubAccountBroker
from backtrader_walkforward.errors import ArgumentError, UserError
from backtrader_walkforward.plugins import PluginCall, place_of
from backtrader_walkforward.settings.choices import regime_line
from backtrader_walkforward.trading.decisions import Decisions
from backtrader_walkforward.trading.fast_strategy import FastStrategy
from backtrader_walkforward.trading.plain_orders import WeightsAlone
from backtrader_walkforward.trading.regime_filter import RegimeFilter


class StrategyError(UserError):
    """A strategy that does not load, or that fails or returns no weight when it decides."""


class MetaAccountStrategy(type(bt.Strategy)):  # type: ignore[misc]
    """Gives a strategy its own accounts before its `__init__`, where Backtrader hands out the broker."""

    def dopreinit(cls, _obj, *args, **kwargs):
        """Replace the Cerebro's broker by accounts of the strategy's own."""
        _obj, args, kwargs = super().dopreinit(_obj, *args, **kwargs)
        _obj.broker = SubAccountBroker.of(_obj.env).open_accounts(_obj, _obj.capital_shares())
        _obj.decisions = Decisions()
        _obj._lowest_weight = -1.0 if _obj.p.allow_short else 0.0
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


class AccountStrategy(WeightsAlone, FastStrategy, metaclass=MetaAccountStrategy):
    """The base of `SizingStrategy` and `RankingStrategy`.

    `self.broker` is the strategy's own pair of accounts, whatever else runs in the same Cerebro. `self.decisions` are
    the weights that were not traded as decided (`Decisions`).

    Parameters
    ----------
    active_share : float
        Share of the capital that the strategy trades, in [0, 1]. The rest goes, once and for all, into a passive
        account that buys on the first bar and holds.
    allow_short : bool
        Whether negative weights are traded or taken as 0.
    first_day : datetime.date, optional
        First day to decide on; bars before it let indicators warm up. The first bar if left out.
    stop_loss, trailing_stop, take_profit : float, optional
        Shares of the entry price at which orders that rest in the active account close a position (`brokers.Stops`).
        It then stays out, with a weight of 0, until the sign of the target weight is no longer that of the position.
    stop_entry_day : bool
        Whether these orders can fill on the day of the entry, after its open.
    regime_filter : mapping of str to {"out", "half"}
        What to do with a target weight in named market regimes, as in `{"downtrend": "out"}` (`RegimeFilter`). It is
        applied last: the lockout after a stop depends on the unfiltered weight. Needs the line of each regime's kind,
        as `trend_regime`.
    """

    limits: ClassVar[Mapping[str, tuple[float, float]]] = {}
    """Smallest and largest value of the strategy's own parameters, by name."""

    params = dict(
        active_share=1.0,
        allow_short=True,
        first_day=None,
        stop_loss=None,
        trailing_stop=None,
        take_profit=None,
        stop_entry_day=False,
        regime_filter=(),
    )

    has_begun = False

    @property
    def calendar(self) -> Sequence[bt.DataBase]:
        """The feeds that the strategy trades; their days are its days."""
        return self.datas[:1]

    def capital_shares(self) -> dict[str, float]:
        """Return the share of the capital of each account, those without any left out."""
        active = self.p.active_share
        if not 0 <= active <= 1:
            raise ArgumentError(f"active_share must lie between 0 and 1: {active!r}")
        return shares_of(active)

    def buy_and_hold(self, account: Account) -> None:
        """Send the orders of the passive account, on its first day."""
        raise NotImplementedError

    def _start(self):
        """Refuse data without a line that is needed.

        Backtrader settles what indicators need here and nowhere else, and says nothing of it in public.
        """
        super()._start()
        if "active" in self.broker.accounts and all(map(lacks_forecast, self.calendar)):
            raise StrategyError(
                f"{place_of(type(self))} trades a forecast, and its data has none: use ForecastFeed, whose DataFrame"
                " has a column predicted_return"
            )
        for line in map(regime_line, self._regime_filter.kinds):
            if not all(hasattr(data, line) for data in self.calendar):
                raise StrategyError(
                    f"{place_of(type(self))} filters by a regime, and its data has no line {line}: use ForecastFeed"
                )

    def _now(self) -> float:
        """Return the date number of the latest bar in the calendar, 0 before the first."""
        return self.data.datetime[0] if len(self.data) else 0.0

    def _begin(self) -> None:
        """Begin on the first day, and buy the passive holding."""
        if self.has_begun:
            return
        now, first_day = self._now(), self.p.first_day
        if not now or (first_day and now < first_day.toordinal()):
            return
        self.has_begun = True
        if "passive" in self.broker.accounts:
            self.buy_and_hold(self.broker.accounts["passive"])

    def _filtered(self, weight: float, data: bt.DataBase) -> float:
        if not self._regime_filter:
            return weight
        filtered = self._regime_filter.applied(weight, data)
        if weight and not filtered:
            self.decisions.filtered.append(data.datetime.date(0))
        return filtered


def lacks_forecast(data: bt.DataBase) -> bool:
    """Tell whether a feed has no line of forecasts, or no forecast in it."""
    return getattr(data, "lacks_forecast", not hasattr(data, "predicted_return"))

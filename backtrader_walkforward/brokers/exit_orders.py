"""Exit orders: stops and take-profits that rest in an account to close its position."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

from backtrader.order import BuyOrder, Order, SellOrder
from backtrader.position import Position

from backtrader_walkforward.brokers.filling_broker import price_of
from backtrader_walkforward.errors import ArgumentError

LIMITS = {"stop_loss": 1.0, "trailing_stop": 1.0, "take_profit": math.inf}
"""The limit that each share must stay below."""


@dataclass(frozen=True)
class Stops:
    """Distances at which a position is closed, as shares of its entry price; None where there is no such order.

    The entry price is the average price of the shares held, as Backtrader's `position.price` has it: adding to a
    position moves it, taking from it does not.

    Attributes
    ----------
    stop_loss : float, optional
        A stop this far on the losing side of the entry price, in (0, 1).
    trailing_stop : float, optional
        A stop this far behind the best of the entry price and the closes since, in (0, 1).
    take_profit : float, optional
        A limit this far on the winning side, above 0; at 1 and more a short has none, as no price is negative.
    entry_day : bool
        Whether they can fill on the day on which a target weight opens a position at the open, after it.

    Raises
    ------
    ArgumentError
        If a share is out of its range.
    """

    stop_loss: float | None = None
    trailing_stop: float | None = None
    take_profit: float | None = None
    entry_day: bool = False

    def __post_init__(self) -> None:
        for name, limit in LIMITS.items():
            share = getattr(self, name)
            if share is not None and not (isinstance(share, Real) and 0 < float(share) < limit):
                below = " and below 1" if limit == 1 else ""
                raise ArgumentError(
                    f"{name} is a share of the entry price and must lie above 0{below}: {share!r} - 0.05 stands for 5%"
                )

    def __bool__(self) -> bool:
        """Tell whether any is set."""
        return not (self.stop_loss is self.trailing_stop is self.take_profit is None)


class ExitOrders:
    """Keeps stop-loss, trailing stop and take-profit of one position at rest: Backtrader's Stop, StopTrail and Limit.

    **Size.** They always cover exactly the position held. When another order changes its size or its average price,
    they are cancelled and replaced at that fill; a trailing stop keeps the level it has reached, and so does what the
    open has reached. When the position is closed or reversed, its orders are cancelled.

    **Time.** What the open has reached of the orders at rest fills there, before a target order: a weight of the same
    sign, decided at the close before, then buys nothing. Plain orders go first: they may be meant to close the same
    position. The exit orders are then placed again from the new average price, and fill within the bar by Backtrader's
    rules: at their price, with slippage for a stop. Those of a new position can fill from the bar after its fill, like
    an order that a strategy places in `notify_order`; with `Stops.entry_day`, those of one that a target weight opened
    at the open in the rest of that bar, too. After a fill at the close they see the whole next bar, its opening gap
    included.

    **One cancels the others.** If a bar touches several, the order of the fills is: first those that the open has
    reached, then the stops, the nearest to the open first, then the take-profit. So if a bar touches both a stop and
    the take-profit, the loss counts. Backtrader fills its resting orders eldest first; that is why these rest here.

    **Afterwards** the account stays out until the strategy's signal changes (`apply_lockout`).

    Parameters
    ----------
    account : Account
        Where they fill. They carry `order.info.exit`, the name of their kind.
    data : DataBase
        What is held.
    stops : Stops
        How far they lie from the entry price.

    Attributes
    ----------
    orders : dict of str to Order
        The orders at rest, by their kind.
    """

    def __init__(self, account, data, stops: Stops):
        self.account, self.data, self.stops = account, data, stops
        self.orders: dict[str, Order] = {}
        self._stopped_side, self._bar = 0, 0.0
        self._covered = Position()

    def apply_lockout(self, weight: float) -> float:
        """Return the target weight, or 0 while the account stays out.

        After a position was stopped, every weight with the sign of that position counts as 0, until the first close
        whose weight has another sign: the opposite one, or none (0, as without a forecast).
        """
        if not self.keeps_out(weight):
            self._stopped_side = 0
        return 0.0 if self._stopped_side else weight

    def keeps_out(self, weight: float) -> bool:
        """Tell whether a weight has the sign of the position that was stopped."""
        return _side_of(weight) == self._stopped_side

    def next_open(self) -> bool:
        """Fill what a new bar's open has reached, before all other orders; tell whether it filled any."""
        reached = filter(self._reached_at_open, self.orders.values()) if self._is_new_bar() else ()
        return any(map(self._fills, sorted(reached, key=self._turn)))

    def next(self, entered_at_open: bool) -> bool:
        """Process a bar after all other orders; tell whether one of these filled."""
        is_new, self._bar = self._is_new_bar(), self.data.datetime[0]
        position = self.account.positions[self.data]
        rests = position.size * self._covered.size > 0 or self.account.p.coc
        rests = is_new and (rests or (entered_at_open and self.stops.entry_day))
        if (position.size, position.price) != (self._covered.size, self._covered.price):
            self._replace(position)
        filled = rests and any(map(self._fills, sorted(self.orders.values(), key=self._turn)))
        if "trailing_stop" in self.orders:
            self.orders["trailing_stop"].trailadjust(self.data.close[0])
        return filled

    def cancel(self, order: Order) -> bool:
        """Cancel all orders if `order` is one of them; tell whether it is."""
        found = order in self.orders.values()
        if found:
            self._cancel_all()
        return found

    def _cancel_all(self) -> None:
        for order in filter(Order.alive, self.orders.values()):
            order.cancel()
            self.account.notify(order)
        self.orders = {}

    def _replace(self, position: Position) -> None:
        keeps_level = {
            name: order.created.price
            for name, order in self.orders.items()
            if name == "trailing_stop" or (not self.account.p.coc and self._reached_at_open(order))
        }
        self._cancel_all()
        is_new = position.size * self._covered.size <= 0
        if position.size and is_new:
            self._stopped_side = 0
        self._place(position, {} if is_new else keeps_level)

    def _keep_rest(self) -> None:
        """Cover what a `filler` left of the position, at the same levels, from the next bar on."""
        levels = {name: order.created.price for name, order in self.orders.items()}
        self._cancel_all()
        self._place(self.account.positions[self.data], levels)
        self._bar = self.data.datetime[0]

    def _place(self, position: Position, levels: Mapping[str, float]) -> None:
        self._covered = position.clone()
        if position.size:
            self._place_all(position)
        for name, level in levels.items():
            self.orders[name].created.price = level

    def _place_all(self, position: Position) -> None:
        stops, entry, side = self.stops, position.price, math.copysign(1, position.size)
        if stops.stop_loss:
            self._rest("stop_loss", Order.Stop, entry * (1 - side * stops.stop_loss), position)
        if stops.trailing_stop:
            self._rest("trailing_stop", Order.StopTrail, entry, position, entry * stops.trailing_stop)
        if stops.take_profit and side * stops.take_profit > -1:
            self._rest("take_profit", Order.Limit, entry * (1 + side * stops.take_profit), position)

    def _rest(self, name: str, kind: int, price: float, position: Position, trail: float | None = None) -> None:
        owner, size, closing = self.account.p.owner, abs(position.size), SellOrder if position.size > 0 else BuyOrder
        account = self.account.p.name
        place = {"owner": owner, "data": self.data, "tradeid": account}
        order = closing(**place, size=size, price=price, exectype=kind, trailamount=trail)
        order.addinfo(account=account, exit=name)
        order.submit()
        order.accept()
        self.account.notify(order)
        self.orders[name] = order

    def _fills(self, order: Order) -> bool:
        """Fill one order if the bar touches it, and cancel the others; tell whether it did."""
        price, side = self._price_of(order), _side_of(self._covered.size)
        if price is None or not self.account.fill(order, price, self.data.datetime[0]):
            return False
        self.account.cancel_rest(self.data)
        self._stopped_side = side
        if order.alive():
            self._keep_rest()
        else:
            self._cancel_all()
            self._covered = Position()
        return True

    def _price_of(self, order: Order) -> float | None:
        """Return the price at which the bar fills an order, None if it does not."""
        data, level, side, is_limit = self.data, order.created.price, 1 if order.isbuy() else -1, _is_limit(order)
        worst, best = (price_of(data, line) for line in (("high", "low") if side > 0 else ("low", "high")))
        if self._reached_at_open(order):
            bound = worst if not is_limit else level if side < 0 else min(worst, level)
            return self.account.slipped(price_of(data, "open"), side, bound, is_limit=is_limit)
        if is_limit:
            return level if side * (level - best) >= 0 else None
        return self.account.slipped(level, side, worst, at_open=False) if side * (worst - level) >= 0 else None

    def _is_new_bar(self) -> bool:
        """Tell whether the bar has not been processed yet; the days of another feed repeat it."""
        return self.data.datetime[0] > self._bar

    def _turn(self, order: Order) -> tuple[bool, bool, float]:
        """Return the key that sorts orders by the time at which the price reaches them; see the class."""
        start = price_of(self.data, "open")
        return not self._reached_at_open(order), _is_limit(order), abs(order.created.price - start)

    def _reached_at_open(self, order: Order) -> bool:
        level, start = order.created.price, price_of(self.data, "open")
        return start <= level if order.isbuy() == _is_limit(order) else start >= level


def _side_of(number: float) -> int:
    """Return 1, -1 or 0, of a number of NumPy's, too."""
    return int(number > 0) - int(number < 0)


def _is_limit(order: Order) -> bool:
    return order.exectype == Order.Limit

"""Exit orders: stops and take-profits that rest in an account to close its position."""

import math

from backtrader.order import BuyOrder, Order, SellOrder
from backtrader.position import Position

from backtrader_walkforward.brokers.stops import Stops


class ExitOrders:
    """Keeps stop-loss, trailing stop and take-profit of one position at rest: Backtrader's Stop, StopTrail and Limit.

    **Size.** They always cover exactly the position held. When another order changes its size or its average price,
    they are cancelled and replaced at that fill; a trailing stop keeps the level it has reached. When the position is
    closed or reversed, its orders are cancelled.

    **Time.** The orders of a new position can fill from the bar after the date of its fill, like an order that a
    strategy places in `notify_order`. After a fill at the open they ignore the rest of that bar. After a fill at the
    close they see the whole next bar, its opening gap included. On every bar the other orders fill first, at the open.
    The exit orders are then placed again from the new average price, and fill within the bar by Backtrader's rules: at
    their price, with slippage for a stop, or at the open if the open lies beyond their price.

    **One cancels the others.** If a bar touches several, the order of the fills is: first those that the open has
    reached, then the stops, the nearest to the open first, then the take-profit. So if a bar touches both a stop and
    the take-profit, the loss counts.

    **Afterwards** the account stays out until the strategy's signal changes (`apply_lockout`).

    Backtrader's broker fills all resting orders in one pass, the eldest first. Another order of filling needs its
    methods `_ocoize` and `_try_exec` and the flag `_active`, which have no public counterpart.

    Parameters
    ----------
    account : Account
        Where the orders rest. They carry `order.info.exit`, the name of their kind.
    data : DataBase
        What is held.
    stops : Stops
        How far they lie from the entry price.
    """

    def __init__(self, account, data, stops: Stops):
        self.account, self.data, self.stops = account, data, stops
        self.stopped_side = 0
        self._orders: dict[str, Order] = {}
        self._covered = Position()

    def apply_lockout(self, weight: float) -> float:
        """Return the target weight, or 0 while the account stays out.

        After a position was stopped, every weight with the sign of that position counts as 0, until the first close
        whose weight has another sign: the opposite one, or none (0, as without a forecast).
        """
        if (weight > 0) - (weight < 0) != self.stopped_side:
            self.stopped_side = 0
        return 0.0 if self.stopped_side else weight

    def next(self) -> bool:
        """Process a bar after all other orders; tell whether the position was closed."""
        position = self.account.positions[self.data]
        rests = position.size * self._covered.size > 0 or self.account.p.coc
        if (position.size, position.price) != (self._covered.size, self._covered.price):
            self._replace(position)
        if rests:
            return self._fill_first_touched()
        if "trailing_stop" in self._orders:  # which Backtrader moves after each bar that it has rested through
            self._orders["trailing_stop"].trailadjust(self.data.close[0])
        return False

    def _replace(self, position: Position) -> None:
        trailed = self._orders.get("trailing_stop")
        for order in self._orders.values():
            self.account.cancel(order)
        self._orders = {}
        if position.size:
            self._place(position)
        if position.size * self._covered.size > 0 and trailed:
            self._orders["trailing_stop"].created.price = trailed.created.price
        self._covered = position.clone()

    def _place(self, position: Position) -> None:
        stops, entry, side = self.stops, position.price, math.copysign(1, position.size)
        if stops.stop_loss:
            self._rest("stop_loss", Order.Stop, entry * (1 - side * stops.stop_loss), position)
        if stops.trailing_stop:
            self._rest("trailing_stop", Order.StopTrail, entry, position, entry * stops.trailing_stop)
        if stops.take_profit and side * stops.take_profit > -1:
            self._rest("take_profit", Order.Limit, entry * (1 + side * stops.take_profit), position)

    def _rest(self, name: str, kind: int, price: float, position: Position, trail: float | None = None) -> None:
        """Put one order into the account's queue, in one group with those there.

        It is kept inactive, as Backtrader keeps the children of a bracket, so that the broker's own turn through the
        queue, in which the eldest order comes first, leaves it for after the orders that fill at the open.
        """
        account, closing = self.account, SellOrder if position.size > 0 else BuyOrder
        order = closing(
            owner=account.p.owner,
            data=self.data,
            size=abs(position.size),
            price=price,
            exectype=kind,
            trailamount=trail,
        )
        order.addinfo(account=account.p.name, exit=name)
        order._active = False
        account._ocoize(order, next(iter(self._orders.values()), None))
        account.submit_accept(order)
        self._orders[name] = order

    def _fill_first_touched(self) -> bool:
        account, side = self.account, (self._covered.size > 0) - (self._covered.size < 0)
        for order in sorted(self._orders.values(), key=self._turn):
            if order.alive():
                account.pending.remove(order)
                account._try_exec(order)
                if order.alive():
                    account.pending.append(order)
                else:
                    self._orders, self._covered = {}, Position()
                if order.executed.size:
                    self.stopped_side = side
                    return True
        return False

    def _turn(self, order: Order) -> tuple[bool, bool, float]:
        """Return the key that sorts orders by the time at which the price reaches them; see the class."""
        price, start, is_limit = order.created.price, self.data.open[0], order.exectype == Order.Limit
        reached_at_open = start <= price if order.isbuy() == is_limit else start >= price
        return not reached_at_open, is_limit, abs(price - start)

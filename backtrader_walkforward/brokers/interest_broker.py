"""A broker that books interest night by night and records it."""

from datetime import date
from typing import Any, NamedTuple

import backtrader as bt
from backtrader.comminfo import CommInfoBase

from backtrader_walkforward.brokers.commission import previous_close
from backtrader_walkforward.brokers.filling_broker import FillingBroker
from backtrader_walkforward.brokers.sizing import DUST, free_to_hold
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.settings.choices import DAYS_A_YEAR


class CashFlow(NamedTuple):
    """Cash that came (above 0) or went (below 0) without a trade, on the day on which it was booked."""

    date: date
    kind: str
    """`borrowing` of shares or of money, `cash_interest`, which a rate below 0 takes, or `dividend`."""
    amount: float
    data: bt.DataBase | None = None
    """Data whose shares were borrowed, or paid; None for interest on money."""
    size: float = 0.0
    """Shares held during the nights, below 0 where they were owed."""
    position: int = 0
    """Number of the position in the data, from 1: a position ends when no share is left, or when it is reversed."""


class InterestBroker(FillingBroker):
    """A broker with interest on cash and a record of all cash that moves without a trade.

    Parameters
    ----------
    owner : bt.Strategy
        The strategy. Interest on cash is paid on the days of its data, from the day on which it begins.
    cash_rate : float
        Yearly interest on cash that is not the proceeds of a short sale: 0.02 is 2 %.
    margin_rate : float
        Yearly interest on money that is owed: it is due where the balance that earns interest is below 0.

    Attributes
    ----------
    cash_flows : list of CashFlow
        Cash that was paid or received without a trade. Interest is never added to the commission of a closing order,
        whatever Backtrader's parameter `int2pnl` says.
    """

    params: dict[str, Any] = dict(owner=None, cash_rate=0.0, margin_rate=0.0)

    def init(self):
        """Start over; Backtrader calls this from the constructor and from `start`."""
        super().init()
        self.cash_flows: list[CashFlow] = []
        self._paid_until: date | None = None

    def accrues_interest(self):
        """Tell whether holding the positions and the cash moves cash."""
        schemes = set(map(self.getcommissioninfo, self.positions))
        return bool(self.p.cash_rate or self.p.margin_rate) or not all(map(free_to_hold, schemes))

    def pay_interest(self):
        """Book the interest for the nights since the bar before: on borrowed shares, then on the balance of cash.

        Requires that it is called once a bar, while positions are those of the nights. Backtrader, which would charge
        for borrowing as it goes through the bar, finds that nothing is due.

        Raises
        ------
        ArgumentError
            If a scheme's own `get_credit_interest` would charge twice: it must count from `position.datetime` on.
        """
        kind, amount = self._interest_on_balance()
        for data, position in self.positions.items():
            if position:
                self._pay_borrowing(data, position)
        self._book(self._paid_until, kind, amount)

    def _pay_borrowing(self, data, position):
        scheme, now = self.getcommissioninfo(data), data.datetime.datetime()
        paid = scheme.get_credit_interest(data, position, now)
        self._book(now.date(), "borrowing", -paid, data, position.size)
        position.datetime = now
        if type(scheme).get_credit_interest is CommInfoBase.get_credit_interest:
            return
        if again := scheme.get_credit_interest(data, position, now):
            raise ArgumentError(
                f"{type(scheme).__name__}.get_credit_interest() is asked twice a bar and must charge for the time since"
                f" position.datetime alone, found {again:g} more: override _get_credit_interest(), which has the days"
            )

    def _today(self):
        """Return the day of the latest bar of any data, None before the first."""
        return max((data.datetime.date(0) for data in self.p.owner.datas if len(data)), default=None)

    def _interest_on_balance(self):
        """Return kind and amount: (cash - money lent - proceeds of short sales) x rate x calendar days / 365.

        The proceeds, at market value, are the lender's security. Without `shortcash` a short sale brings none. The rate
        is `cash_rate`, and `margin_rate` where the balance is a debt.
        """
        since, self._paid_until = self._paid_until, self._today()
        rates = self.p.cash_rate or self.p.margin_rate
        if since is None or not rates or not getattr(self.p.owner, "has_begun", True):
            return "cash_interest", 0.0
        owed = -sum(
            position.size * (previous_close(data) if data.datetime.date(0) > since else data.close[0])
            for data, position in self.positions.items()
            if position.size < 0 and self.p.shortcash
        )
        balance = self.cash - owed - sum(map(self._lent_for, self.positions))
        if abs(balance) <= DUST * self.startingcash:  # what rounding left
            return "cash_interest", 0.0
        kind, rate = ("cash_interest", self.p.cash_rate) if balance > 0 else ("borrowing", self.p.margin_rate)
        return kind, balance * rate * (self._paid_until - since).days / DAYS_A_YEAR

    def _lent_for(self, data):
        """Return the money lent for the shares of `data`, which a scheme with leverage pays in part."""
        position, scheme = self.positions[data], self.getcommissioninfo(data)
        return max(position.size, 0.0) * position.price * (1 - 1 / scheme.get_leverage())

    def _book(self, date, kind, amount, data=None, size=0.0):
        if amount:
            self.cash += amount
            self.cash_flows.append(CashFlow(date, kind, amount, data, size, self.opened[data]))

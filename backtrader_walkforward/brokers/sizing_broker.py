"""How many shares a target weight is at the price of its fill."""

import math

import backtrader as bt

from backtrader_walkforward.brokers.commission import previous_close
from backtrader_walkforward.brokers.dividend_broker import DividendBroker
from backtrader_walkforward.brokers.filling_broker import price_of
from backtrader_walkforward.brokers.sizing import DUST, ROUNDING, affordable_size, in_lots, is_small, lot_of
from backtrader_walkforward.errors import DataError


class SizingBroker(DividendBroker):
    """A broker that sizes target weights: from each position to its share of the equity, and no more than cash pays.

    Decisions that are `due` are mappings from data to `Decision`; sizes are signed numbers of shares.

    Parameters
    ----------
    whole_shares : bool
        Round target positions towards zero to whole shares of the day (`sizing.in_lots`). A line `lot_size` of the data
        says how many of its shares are one share of the day; one without it.
    rebalance_band, min_order : float
        Differences from a target weight that are not traded (`sizing.is_small`). What cash pays of a purchase must be
        worth `min_order`, too.
    coc : bool
        Fill target orders at the close they were decided on, not at the next open.
    """

    params = dict(whole_shares=False, rebalance_band=0.0, min_order=0.0)

    def _moment(self, data, decision):
        """Return the date number of the fill."""
        return decision.date if self.p.coc else data.datetime[0]

    def _start_price(self, data, decision):
        """Return the price of a fill before slippage."""
        return decision.close if self.p.coc else price_of(data, "open")

    def _within_equity(self, due):
        """Return the decisions, the short ones made smaller by the same share where they add up to more than 1."""
        short = {data: decision for data, decision in due.items() if decision.weight < 0}
        owed = sum(-decision.weight / self.getcommissioninfo(data).get_leverage() for data, decision in short.items())
        if owed <= 1 + DUST:
            return due
        return due | {data: decision._replace(weight=decision.weight / owed) for data, decision in short.items()}

    def _differences(self, due):
        """Return the signed number of shares from each position to its target weight, 0 when that is rounding.

        All are shares of the equity of the same moment, before any of them trades.
        """
        sizes, equity = {}, {}
        for data, decision in due.items():
            moment = self._moment(data, decision)
            if moment not in equity:
                equity[moment] = self._equity_at(moment, due)
            sizes[data] = self._difference(data, decision, self._start_price(data, decision), equity[moment])
        return sizes

    def _difference(self, data, decision, price, equity):
        if price <= 0:
            raise DataError(self._no_price(data, decision, price))
        held = self.positions[data].size
        target = decision.weight * max(equity, 0.0) / price
        if self.p.whole_shares:
            target = float(in_lots(target, held, self._lot_at_fill(data, decision)))
        if is_small(target, held, price, self.p.rebalance_band, self.p.min_order):
            return 0.0
        size = target - held
        return 0.0 if abs(size) <= DUST * max(abs(target), abs(held)) else size

    def _no_price(self, data, decision, price):
        day, name = bt.num2date(self._moment(data, decision)).date(), data._name or "a feed"
        line = "close" if self.p.coc else "open"
        return (
            f"a target weight needs a price above 0, and the {line} of {name} on {day} is {price:g}: correct its prices"
        )

    def _equity_at(self, moment, due):
        """Return cash and all positions, at the prices of that moment."""
        equity = self.cash
        for data, position in self.positions.items():
            if position.size:
                equity += self.worth(data, self._price_at(moment, data, due.get(data)))
        return equity

    def _price_at(self, moment, data, decision):
        """Return the price of a fill that is due then, else the open of data with a bar then, or the latest close."""
        if decision and self._moment(data, decision) == moment:
            return self._start_price(data, decision)
        if self.p.coc:
            return previous_close(data) if data.datetime[0] > moment else data.close[0]
        return price_of(data, "open") if data.datetime[0] >= moment else data.close[0]

    def _affordable(self, data, size, price, lot):
        """Return what cash pays of a purchase; a sale needs none."""
        if size <= 0:
            return size
        scheme, fill = self.getcommissioninfo(data), self.slipped(price, 1, math.inf)
        fees, leverage = scheme.getcommission, scheme.get_leverage()
        return affordable_size(size, -self.positions[data].size, self.cash, fill, fees, lot, leverage)

    def _shared_cash(self, purchases, due):
        """Return the purchases, each made smaller by the same share where cash does not pay for all.

        What covers a short stays as it is: it is paid first.
        """
        cash, wanted, covered = self.cash, 0.0, {}
        for data, size in purchases.items():
            scheme, fill = self.getcommissioninfo(data), self.slipped(self._start_price(data, due[data]), 1, math.inf)
            covered[data] = min(size, max(-self.positions[data].size, 0.0))
            opened = size - covered[data]
            cash -= covered[data] * fill + scheme.getcommission(covered[data], fill)
            wanted += opened * fill / scheme.get_leverage() + scheme.getcommission(opened, fill)
        if wanted <= max(cash, 0.0) * (1 - ROUNDING):
            return purchases
        share = max(cash, 0.0) * (1 - ROUNDING) / wanted
        share = share if share > DUST else 0.0  # what is left is rounding
        return {
            data: covered[data] + self._in_lots(data, due[data], share * (size - covered[data]))
            for data, size in purchases.items()
        }

    def _in_lots(self, data, decision, size):
        lot = self._lot_at_fill(data, decision)
        return math.floor(size / lot * (1 + DUST)) * lot if lot else size

    def _lot_at_fill(self, data, decision):
        """Return the shares that are traded as one on the day of the fill; 0 for fractions."""
        return decision.lot if self.p.coc else self._lot(data)

    def _lot(self, data):
        return lot_of(data) if self.p.whole_shares else 0.0

    def _is_worth_too_little(self, data, size, price):
        """Tell whether what cash pays of a purchase is below `min_order`; the band is of the whole difference."""
        held = self.positions[data].size
        return is_small(held + size, held, price, 0.0, self.p.min_order)

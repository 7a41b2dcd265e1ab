"""Costs of a trade and of a short position, as a commission scheme of Backtrader's."""

from backtrader.comminfo import CommissionInfo

from backtrader_walkforward.errors import ArgumentError


def previous_close(data) -> float:
    """Return the close before the current bar; raise ArgumentError where Cerebro keeps one bar only."""
    close = data.close
    if close.mode == close.QBuffer and close.maxlen < 2:
        raise ArgumentError(
            "the close before is needed, and with exactbars=True Cerebro keeps one bar only: leave it out or use -1"
        )
    return close[-1]


class TradingCosts(CommissionInfo):
    """A commission in proportion to the value traded, with a minimum, and interest on the market value of a short.

    ::

        broker.addcommissioninfo(TradingCosts(commission=0.0005, minimum=1.0, interest=0.03))
        broker.set_slippage_perc(0.0002, slip_out=True)

    A purchase or sale of `size` shares costs max(commission x |size| x price, minimum). Backtrader charges
    the part that closes a position and the part that opens one separately, so that a reversal pays the minimum twice.

    Holding |size| shares short over n calendar days costs n x interest / 365 x |size| x the close before them: three
    nights for a weekend. Backtrader's own scheme takes the price at which the short was opened instead, however far the
    market has moved since.

    Parameters
    ----------
    commission : float
        Share of the value traded: 0.0005 are 5 basis points.
    minimum : float
        Least commission of a trade, in money.
    interest : float
        Yearly rate at which shares are borrowed: 0.03 are 3 %.
    """

    params = dict(minimum=0.0)

    def _getcommission(self, size, price, pseudoexec):
        proportional = super()._getcommission(size, price, pseudoexec)
        return max(proportional, self.p.minimum) if size else 0.0

    def _get_credit_interest(self, data, size, price, days, dt0, dt1):
        """Return the interest for `days` calendar days, at the close before them: that of the current bar is unknown.

        Backtrader documents this method and `_getcommission` as those that a scheme overrides.
        """
        return days * self._creditrate * abs(size) * previous_close(data)

"""Costs of trading and of holding positions."""

from datetime import date
from math import fsum

import backtrader as bt
import pandas as pd

from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.evaluation import no_flows
from backtrader_walkforward.trading.recorders import Fills, accounts_of


def flows_table(flows: list[tuple[date, str, str, float]]) -> pd.DataFrame:
    """Return cash flows as a table by date: `date`, `account`, `kind`, and `amount`, below 0 where it was paid."""
    table = pd.DataFrame(flows, columns=no_flows().columns)
    return table.assign(date=pd.to_datetime(table["date"])).sort_values("date", kind="stable", ignore_index=True)


class Costs(bt.Analyzer):
    """Adds up what a strategy paid: commission, slippage and the borrowing of shares, and the interest it received.

    Needs the sub-accounts of a sizing strategy: a plain broker of Backtrader's keeps no record of slippage and
    interest.
    """

    def __init__(self):
        self._fills = Fills.of(self.strategy)
        self._analysis = None

    def start(self):
        """Refuse a broker that keeps no record."""
        self._accounts, self._analysis = accounts_of(self.strategy), None
        for account in self._accounts.values():
            if not hasattr(account, "cash_flows"):
                raise ArgumentError(
                    f"the analyzer Costs needs a strategy with sub-accounts, found a {type(account).__name__}: "
                    "trade a SizingStrategy, or let yours open_accounts() of a SubAccountBroker"
                )

    def stop(self):
        """Add up, and drop what cannot be sent from one process to another, for `optstrategy`."""
        self._analysis = self.get_analysis()
        del self._accounts

    def get_analysis(self):
        """Return the costs.

        `commission`, `slippage` and `borrowing` were paid, `cash_interest` was received, below 0 at a negative rate,
        each in money; `cash_flows` are these two and dividends in cash, by `date`, `account` and `kind`.
        """
        if self._analysis is not None:
            return self._analysis | {"cash_flows": self._analysis["cash_flows"].copy()}
        accounts = self._accounts
        flows = [
            (flow.date, name, flow.kind, flow.amount)
            for name, account in accounts.items()
            for flow in account.cash_flows
        ]
        return {
            "commission": self._fills.commission,
            "slippage": fsum(account.slippage_paid for account in accounts.values()),
            "borrowing": fsum(-amount for *_, kind, amount in flows if kind == "borrowing"),
            "cash_interest": fsum(amount for *_, kind, amount in flows if kind == "cash_interest"),
            "cash_flows": flows_table(flows) if flows else no_flows(),
        }

"""The active accounts of a run: what the test of skill looks at, and what a trial is."""

from collections.abc import Iterable

import numpy as np

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.evaluation.metrics import excess_returns
from backtrader_walkforward.significance.result import ActiveAccount

DIGITS = 8
"""Decimals of a daily return in which two accounts must differ to be two; another capital changes later ones."""


def active_accounts(comparison: Comparison) -> list[ActiveAccount]:
    """Return the distinct active accounts, those without a passive part first, beside the returns of buy & hold.

    The equity of a hybrid is that of its two accounts, so that it tells nothing that they do not tell.
    """
    market = comparison.benchmark.excess_returns
    return distinct(
        ActiveAccount(
            name=result.name, returns=excess_returns(result.accounts["active"], result.cash_rate), market=market
        )
        for result in sorted(comparison.ranked, key=lambda result: len(result.accounts.columns))
        if "active" in result.accounts
    )


def distinct(accounts: Iterable[ActiveAccount]) -> list[ActiveAccount]:
    """Return the accounts without those that have the returns of an earlier one; all are on the same days."""
    found: dict[bytes, ActiveAccount] = {}
    for account in accounts:
        found.setdefault(rounded(account.returns.to_numpy()).tobytes(), account)
    return list(found.values())


def rounded(returns: np.ndarray) -> np.ndarray:
    """Return what tells the daily returns of two accounts apart; -0 is 0."""
    return np.round(returns, DIGITS) + 0.0

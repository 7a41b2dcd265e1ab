"""Alarms on how the winner traded, and for how long."""

from collections.abc import Iterator

import numpy as np

from backtrader_walkforward.evaluation.metrics import TRADING_DAYS
from backtrader_walkforward.significance.warning import Alarm, Evidence

FEWEST_TRADES = 30
LEAST_EXPOSURE = 0.05
FEWEST_DAYS = 63
"""A quarter: below it the tests, made for many days, say nothing."""


def few_trades(evidence: Evidence) -> Iterator[Alarm]:
    """Fire when the winner closed fewer than 30 trades. Disqualifies."""
    trades = evidence.best.metrics.trades
    if trades < FEWEST_TRADES:
        yield Alarm(
            f"{evidence.best.name} closed only {trades} of the {FEWEST_TRADES} trades it takes to tell a skill from "
            "lucky guesses.",
            disqualifies=True,
        )


def one_day(evidence: Evidence) -> Iterator[Alarm]:
    """Fire when a winner's profit beyond the interest on cash would be none without its best day. Disqualifies."""
    returns = evidence.best.excess_returns
    growth = float(np.prod(1 + returns))
    if growth > 1 and growth <= 1 + float(returns.max()):
        day = returns.index[int(returns.argmax())].date()
        yield Alarm(
            f"The profit of {evidence.best.name} comes from one day: without {day} there is none.",
            disqualifies=True,
        )


def other_seed(evidence: Evidence) -> Iterator[Alarm]:
    """Fire when another seed makes another variant the best. Disqualifies."""
    if evidence.best_changes_with_seed:
        yield Alarm(
            "The best variant changes with the seed: which one is shown as the best was drawn, not found.",
            disqualifies=True,
        )


def short_test(evidence: Evidence) -> Iterator[Alarm]:
    """Fire below a quarter of a year, which disqualifies, and below the winner's minimum track record length.

    The second needs no disqualification: the probabilistic Sharpe ratio is then below 95 %, the deflated one with it.
    """
    days, needed = len(evidence.best.returns), evidence.needed_days
    if days < FEWEST_DAYS:
        yield Alarm(
            f"The test is too short: {days} days, and nothing can be said from fewer than {FEWEST_DAYS}.",
            disqualifies=True,
        )
    elif needed is not None and days < needed:
        yield Alarm(
            f"The test is too short: a Sharpe ratio like this takes {needed / TRADING_DAYS:.1f} years to be told from "
            f"0, and {days / TRADING_DAYS:.1f} were tested.",
            disqualifies=False,
        )


def hardly_exposed(evidence: Evidence) -> Iterator[Alarm]:
    """Fire when the winner's active account is nearly always in cash. A Sharpe ratio does not depend on size."""
    held = float(evidence.best.weights.abs().mean())
    if held < LEAST_EXPOSURE:
        yield Alarm(
            f"{evidence.best.name} put {held:.1%} of its active account at work, less than {LEAST_EXPOSURE:.0%}: its "
            "result is hardly the forecast's.",
            disqualifies=False,
        )

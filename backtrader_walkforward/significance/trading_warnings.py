"""Alarms on how the winner traded, and for how long."""

from collections.abc import Iterator

import numpy as np

from backtrader_walkforward.evaluation.metrics import TRADING_DAYS
from backtrader_walkforward.significance.warning import ResultWarning, WarningInputs

FEWEST_TRADES = 30
LEAST_EXPOSURE = 0.05
FEWEST_DAYS = 63
"""A quarter: below it the tests, made for many days, say nothing."""


def few_trades(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Fire when the winner closed fewer than 30 trades. Disqualifies."""
    trades = inputs.best.metrics.trades
    if trades < FEWEST_TRADES:
        yield ResultWarning(
            f"{inputs.best.name} closed only {trades} of the {FEWEST_TRADES} trades it takes to tell a skill from "
            "lucky guesses.",
            disqualifies=True,
        )


def one_day(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Fire when a winner's profit beyond the interest on cash would be none without its best day. Disqualifies."""
    returns = inputs.best.excess_returns
    growth = float(np.prod(1 + returns))
    if growth > 1 and growth <= 1 + float(returns.max()):
        day = returns.index[int(returns.argmax())].date()
        yield ResultWarning(
            f"The profit of {inputs.best.name} comes from one day: without {day} there is none.",
            disqualifies=True,
        )


def other_seed(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Fire when another seed makes another variant the best. Disqualifies."""
    if inputs.best_changes_with_seed:
        yield ResultWarning(
            "The best variant changes with the seed: which one is shown as the best was drawn, not found.",
            disqualifies=True,
        )


def short_test(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Fire below a quarter of a year, which disqualifies, and below the winner's minimum track record length.

    The second needs no disqualification: the probabilistic Sharpe ratio is then below 95 %, the deflated one with it.
    """
    days, needed = len(inputs.best.returns), inputs.needed_days
    if days < FEWEST_DAYS:
        yield ResultWarning(
            f"The test is too short: {days} days, and nothing can be said from fewer than {FEWEST_DAYS}.",
            disqualifies=True,
        )
    elif needed is not None and days < needed:
        yield ResultWarning(
            f"The test is too short: a Sharpe ratio like this takes {needed / TRADING_DAYS:.1f} years to be told from "
            f"0, and {days / TRADING_DAYS:.1f} were tested.",
            disqualifies=False,
        )


def hardly_exposed(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Fire when the winner's active account is nearly always in cash. A Sharpe ratio does not depend on size."""
    held = float(inputs.best.weights.abs().mean())
    if held < LEAST_EXPOSURE:
        yield ResultWarning(
            f"{inputs.best.name} put {held:.1%} of its active account at work, less than {LEAST_EXPOSURE:.0%}: its "
            "result is hardly the forecast's.",
            disqualifies=False,
        )

"""Warnings on the trading of the best variant, and on the length of the test."""

from collections.abc import Iterator

import numpy as np

from backtrader_walkforward.evaluation.metrics import TRADING_DAYS
from backtrader_walkforward.significance.result_warning import ResultWarning, WarningInputs

FEWEST_TRADES = 30
LEAST_EXPOSURE = 0.05
FEWEST_DAYS = 63
"""A quarter of a year. The tests need many days; below this number they say nothing."""


def few_trades(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Warn of fewer than 30 closed trades. Disqualifies."""
    trades = inputs.best.metrics.trades
    if trades < FEWEST_TRADES:
        yield ResultWarning(
            f"{inputs.best.name} closed {trades} trades. At least {FEWEST_TRADES} are needed to tell skill from luck.",
            disqualifies=True,
        )


def profit_of_one_day(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Warn of a profit, beyond the interest on cash, that is gone without the best day. Disqualifies."""
    returns = inputs.best.excess_returns
    growth = float(np.prod(1 + returns))
    if growth > 1 and growth <= 1 + float(returns.max()):
        day = returns.index[int(returns.argmax())].date()
        yield ResultWarning(
            f"The profit of {inputs.best.name} comes from one day: without {day} there is no profit.",
            disqualifies=True,
        )


def unstable_best(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Warn of another best variant with another seed. Disqualifies."""
    if inputs.best_changes_with_seed:
        yield ResultWarning(
            "The best variant changes with the seed. The seed decides which variant ranks first, not the market.",
            disqualifies=True,
        )


def short_test(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Warn of a test below a quarter of a year, which disqualifies, or below the minimum track record length.

    The second needs no disqualification: the probabilistic Sharpe ratio, and so the deflated one, is then below 95 %.
    """
    days, needed = len(inputs.best.returns), inputs.needed_days
    if days < FEWEST_DAYS:
        yield ResultWarning(
            f"The test is too short: it has {days} days, and at least {FEWEST_DAYS} are needed.", disqualifies=True
        )
    elif needed is not None and days < needed:
        yield ResultWarning(
            f"The test is too short: it takes {needed / TRADING_DAYS:.1f} years to tell this Sharpe ratio from 0, and "
            f"the test has {days / TRADING_DAYS:.1f}.",
            disqualifies=False,
        )


def low_exposure(inputs: WarningInputs) -> Iterator[ResultWarning]:
    """Warn of an active account that is nearly always in cash. Its Sharpe ratio does not show this."""
    exposure = float(inputs.best.weights.abs().mean())
    if exposure < LEAST_EXPOSURE:
        yield ResultWarning(
            f"{inputs.best.name} invests {exposure:.1%} of its active account on average, less than "
            f"{LEAST_EXPOSURE:.0%}. The forecast has hardly any influence on its result.",
            disqualifies=False,
        )

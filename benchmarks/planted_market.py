"""Markets with a signal planted in them: prices of drawn days, and the true mean of each next return."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd

RISK = 0.01
"""Standard deviation of a day."""

START = 250
"""Days drawn and dropped before the first."""

MEMORY = 20
"""Days that a rule may look back."""

CALM, TURBULENT = 0.7, 1.3
"""Standard deviations of the two kinds of days, in units of `RISK`."""

MEDIAN_RISK = 0.93
"""Standard deviation over 20 days that half of the days are below."""

STAY = 0.98
"""Probability that a kind of days goes on."""

SPIKE = 0.2
"""Probability of a day with three times the volume."""


class Past(NamedTuple):
    """The days up to today, today last."""

    returns: np.ndarray
    """In units of `RISK`."""
    volumes: np.ndarray
    """In units of a usual day."""
    places: np.ndarray
    """Place of the close in the day's range, 0 at the low and 1 at the high: drawn evenly, whatever the return."""


Rule = Callable[[Past], float]
"""A function from the past to the mean of the next return, in units of `RISK`."""


class Market(NamedTuple):
    """Prices of one ticker, and what can be known of them."""

    prices: pd.DataFrame
    mean: pd.Series
    """True mean of the next return, given all days so far: nobody forecasts better."""


def nothing(past: Past) -> float:
    """Plant nothing."""
    return 0.0


def autoregression_3(past: Past) -> float:
    """Plant AR(1) of .3."""
    return 0.3 * past.returns[-1]


def autoregression_1(past: Past) -> float:
    """Plant AR(1) of .1."""
    return 0.1 * past.returns[-1]


def momentum(past: Past) -> float:
    """Plant momentum over five days."""
    return 0.1 * past.returns[-5:].sum()


def reversal(past: Past) -> float:
    """Plant a reversal after a day with a spike of the volume."""
    return -0.6 * past.returns[-1] if past.volumes[-1] > 2 else 0.0


def turned_sign(past: Past) -> float:
    """Plant that closes near the high are followed by a rise after 20 calm days, and by a fall after turbulent ones.

    Half of the days are calm: over all days the place of the close is uncorrelated with the next return.
    """
    return (0.25 if past.returns.std() < MEDIAN_RISK else -0.25) * sqrt(12) * (past.places[-1] - 0.5)


RULES: dict[str, Rule] = {
    "AR(.3)": autoregression_3,
    "AR(.1)": autoregression_1,
    "five-day momentum": momentum,
    "reversal after volume": reversal,
    "sign turned by volatility": turned_sign,
    "nothing": nothing,
}


def draw_market(rule: Rule, days: int, seed: Sequence[int]) -> Market:
    """Draw one ticker: noise of Student's t with 5 degrees of freedom, which is calm for weeks, then turbulent."""
    random = np.random.default_rng(seed)
    count = START + days
    risks = _risks(random, count)
    noise = random.standard_t(5, count) * sqrt(3 / 5) * risks
    volumes = np.exp(0.2 * random.standard_normal(count)) * np.where(random.random(count) < SPIKE, 3.0, 1.0)
    places = random.random(count)
    returns, means = np.zeros(count), np.zeros(count)
    for day in range(MEMORY, count):
        returns[day] = means[day - 1] + noise[day]
        known = slice(day + 1 - MEMORY, day + 1)
        means[day] = rule(Past(returns[known], volumes[known], places[known]))
    close = 100 * np.cumprod(1 + np.maximum(RISK * returns, -0.5))
    bars = _bars(close, RISK * risks * (0.5 + random.random(count)), places, random.random(count))
    index = pd.bdate_range("2000-01-03", periods=days)
    prices = pd.DataFrame(bars | {"Volume": 1e6 * volumes}).iloc[START:].set_index(index)
    return Market(prices, pd.Series(RISK * means[START:], index))


def _risks(random: np.random.Generator, count: int) -> np.ndarray:
    turns = np.cumsum(random.random(count) > STAY) + random.integers(2)
    return np.where(turns % 2, CALM, TURBULENT)


def _bars(close: np.ndarray, width: np.ndarray, place: np.ndarray, place_of_open: np.ndarray) -> dict[str, np.ndarray]:
    """Return the bars of days with these closes: `width` is the day's range as a share of the close.

    `place` is that of the close in the range, `place_of_open` that of the open, which says nothing of the return.
    """
    low = close * (1 - width * place)
    high = low + close * width
    return {"Open": low + place_of_open * (high - low), "High": high, "Low": low, "Close": close}

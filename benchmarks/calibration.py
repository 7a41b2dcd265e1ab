"""Calibration of the test of skill: how often it says yes without skill, and with skill of a known size.

Run as: python -m benchmarks.calibration [number of histories] [workers]
Each history is a market of independent normal days, or as the row says, and a forecast whose correlation with the next
return is known. The five strategies trade it by their own formulas, at the close and without costs; the 15 hybrids are
linear in their accounts. Said yes: the p-value is within the level of the look, for 5 % and for 1 %.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import sqrt

import numpy as np
import pandas as pd
from backtrader_walkforward.strategies.kelly import half_kelly_weight
from backtrader_walkforward.strategies.volatility_adjusted import volatility_adjusted_weight

from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.significance import ActiveAccount
from backtrader_walkforward.significance.looks import levels_of, share_spent, standardised_sums
from backtrader_walkforward.significance.result import LEVEL, STRICT_LEVEL
from backtrader_walkforward.significance.skill_test import find_skill
from benchmarks.drawn_days import Days, autocorrelated, fat_tails, normal, slow, volatility_in_clusters
from benchmarks.table import Row, show

HISTORIES, WARM_UP, MOVE = 2_000, 300, 0.01
DRIFT, BULL = 0.0003, 0.001
WEEK, WEEKS = 5, 104
IDEAS = 20

SIZE, STRICT_SIZE = (0.03, 0.06), 0.015
"""Shares of histories without skill that may be called skill, at 5 % and at most at 1 %."""


@dataclass(frozen=True)
class Cell:
    """One row of the table: histories of one kind.

    Attributes
    ----------
    correlation : float
        Of the forecast with the next return.
    market, noise : callable
        Days of the market, and the part of the forecast that knows nothing.
    twins : int
        Forecasts that were tried before.
    likeness : float
        Correlation of each of them with this one.
    trades : bool
        Whether the strategies trade; otherwise five accounts have returns of their own, drawn as the noise.
    at_least : float
        Power that is wanted at 5 %; 0 for a row without skill.
    """

    name: str
    days: int
    correlation: float = 0.0
    market: Days = normal
    noise: Days = normal
    drift: float = DRIFT
    twins: int = 0
    likeness: float = 0.9
    trades: bool = True
    at_least: float = 0.0


YEAR = 252
CELLS = (
    *(Cell(f"no skill, {days} days", days) for days in (150, 2 * YEAR, 5 * YEAR, 10 * YEAR)),
    *(
        Cell(f"no skill, {name}, {days} days", days, **kind)
        for days in (150, 2 * YEAR)
        for name, kind in {
            "fat tails": dict(market=fat_tails),
            "clustered volatility": dict(market=volatility_in_clusters),
            "AR(1) .3 days": dict(market=autocorrelated),
            "slow signal, AR(1) .95": dict(noise=slow),
            "bull market": dict(drift=BULL),
            "accounts with AR(1) .3": dict(noise=autocorrelated, trades=False),
        }.items()
    ),
    *(
        Cell(f"correlation {rho}, {days} days", days, rho, at_least=least)
        for rho, days, least in (
            *((0.05, 150, 0.0), (0.05, 2 * YEAR, 0.0), (0.05, 5 * YEAR, 0.0), (0.05, 10 * YEAR, 0.6)),
            *((0.1, 150, 0.0), (0.1, 2 * YEAR, 0.0), (0.1, 5 * YEAR, 0.9), (0.1, 10 * YEAR, 0.9)),
            *((0.2, 150, 0.6), (0.2, 2 * YEAR, 0.9), (0.3, 150, 0.9)),
        )
    ),
    Cell("correlation .2, bull market, 150 days", 150, 0.2, drift=BULL, at_least=0.6),
    Cell("correlation .1, slow signal, 1260 days", 5 * YEAR, 0.1, noise=slow, at_least=0.9),
    Cell("no skill, 4 forecasts like it before, 150 days", 150, twins=4),
    Cell("correlation .2, 4 forecasts like it before, 150 days", 150, 0.2, twins=4),
    Cell("correlation .1, 4 forecasts like it before, 1260 days", 5 * YEAR, 0.1, twins=4, at_least=0.9),
    Cell("correlation .2, 4 near copies (.99) before, 150 days", 150, 0.2, twins=4, likeness=0.99, at_least=0.6),
)


def business_days(count: int) -> pd.DatetimeIndex:
    """Return so many days without weekends."""
    return pd.bdate_range("2000-01-03", periods=count)


def accounts_of(forecast: np.ndarray, market: np.ndarray) -> list[ActiveAccount]:
    """Return the accounts of the five strategies on the last days; forecast and market have a warm-up before them."""
    returns = pd.Series(market)
    volatility = returns.rolling(20).std().shift(1)
    median = volatility.expanding().median()
    adjusted = [volatility_adjusted_weight(*day) for day in zip(forecast, volatility, median, strict=True)]
    weights = {
        "binary": np.sign(forecast),
        "fixed": 0.5 * np.sign(forecast),
        "kelly": np.array([half_kelly_weight(one) for one in forecast]),
        "proportional": forecast,
        "volatility_adjusted": np.clip(adjusted, -1, 1),
    }
    held = slice(WARM_UP, None)
    days = business_days(len(market) - WARM_UP)
    own = pd.Series(market[held], days)
    return [ActiveAccount(name=name, returns=weight[held] * own, market=own) for name, weight in weights.items()]


def history(cell: Cell, number: int) -> tuple[list[ActiveAccount], list[ActiveAccount]]:
    """Return the accounts of a history, and those of its twins."""
    random, days = np.random.default_rng([number, cell.days]), WARM_UP + cell.days
    moves = cell.market(random, days)
    noise = cell.noise(random, days)
    market = cell.drift + MOVE * moves
    if not cell.trades:
        index = business_days(cell.days)
        own = pd.Series(market[WARM_UP:], index)
        drawn = (pd.Series(MOVE * cell.noise(random, days)[WARM_UP:], index) for _ in range(5))
        return [ActiveAccount(name=str(place), returns=one, market=own) for place, one in enumerate(drawn)], []

    def traded(own_noise: np.ndarray) -> list[ActiveAccount]:
        known = cell.correlation * moves + sqrt(1 - cell.correlation**2) * own_noise
        return accounts_of(MOVE / 2 * known, market)

    other = sqrt(1 - cell.likeness**2)
    twins = (cell.likeness * noise + other * cell.noise(random, days) for _ in range(cell.twins))
    return traded(noise), [account for twin in twins for account in traded(twin)]


def said_yes(cell: Cell, number: int) -> tuple[bool, bool]:
    """Whether a history is called skill, and strong evidence of it."""
    own, earlier = history(cell, number)
    found = find_skill(own, earlier, seed=number)
    return (found.shows_skill, found.is_strong) if found else (False, False)


def said_yes_of_some_idea(number: int) -> tuple[bool, bool]:
    """Whether somebody without skill who tries one idea after the other, each on the same days, is told yes once."""
    own, others = history(Cell("ideas", 2 * YEAR, twins=IDEAS - 1, likeness=0.0), number)
    ideas = [own, *(others[first : first + len(own)] for first in range(0, len(others), len(own)))]
    found = [
        find_skill(idea, [account for earlier in ideas[:place] for account in earlier], seed=number)
        for place, idea in enumerate(ideas)
    ]
    return any(one.shows_skill for one in found if one), any(one.is_strong for one in found if one)


def said_yes_some_week(levels: tuple[list[float], ...], number: int) -> tuple[bool, bool]:
    """Whether a history without skill is called skill at some time, if it is looked at each week for two years."""
    own, _ = history(Cell("weekly looks", 150 + WEEK * (WEEKS - 1)), number)
    found = [
        find_skill([ActiveAccount(name=one.name, returns=one.returns[:end], market=one.market[:end]) for one in own])
        for end in range(150, len(own[0].returns) + 1, WEEK)
    ]
    p_values = np.array([one.p_value if one else 1.0 for one in found])
    return bool((p_values <= levels[0]).any()), bool((p_values <= levels[1]).any())


def levels_of_weeks() -> tuple[list[float], list[float]]:
    """Return the levels of each weekly look, for 5 % and for 1 %."""
    days = business_days(150 + WEEK * (WEEKS - 1))
    looks = [days[:end] for end in range(150, len(days) + 1, WEEK)]
    paths, spent = standardised_sums(looks), share_spent(looks)
    return levels_of(paths, LEVEL * spent), levels_of(paths, STRICT_LEVEL * spent)


def rows(histories: int = HISTORIES, workers: int = 2) -> Iterator[Row]:
    """Yield a row for each cell, then one for the weekly looks and one for many ideas."""
    with process_pool(workers) as pool:
        run = partial(pool.map, chunksize=10) if pool else map
        for cell in CELLS:
            count = histories if cell.days < 1_000 else histories // 2
            yield row(cell.name, list(run(partial(said_yes, cell), range(count))), cell)
        found = list(run(partial(said_yes_some_week, levels_of_weeks()), range(histories // 5)))
        yield row(f"no skill, a look each week for {WEEKS} weeks", found)
        found = list(run(said_yes_of_some_idea, range(histories // 5)))
        yield row(f"no skill, {IDEAS} ideas on the same days, a yes to one of them", found)


def row(name: str, found: list[tuple[bool, bool]], cell: Cell | None = None) -> Row:
    """Return the shares of yes, with two standard errors of the first."""
    yes, strong = np.mean(found, axis=0)
    error = 2 * sqrt(max(yes * (1 - yes), 1 / len(found)) / len(found))
    measured = f"{yes:.3f} +- {error:.3f}, {strong:.3f} of {len(found)}"
    if cell and cell.correlation:
        target = f"at least {cell.at_least}" if cell.at_least else "-"
        return Row(name, target, measured, bool(yes >= cell.at_least) if cell.at_least else None)
    low, high = SIZE
    fits = bool(low <= yes <= high and strong <= STRICT_SIZE)
    return Row(name, f"{low} to {high}, at most {STRICT_SIZE}", measured, fits)


def main(histories: int = HISTORIES, workers: int = 2) -> None:
    """Print each row as it comes, then the table."""
    found = []
    for one in rows(histories, workers):
        print(*one, sep="; ", flush=True)
        found.append(one)
    show(found)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))

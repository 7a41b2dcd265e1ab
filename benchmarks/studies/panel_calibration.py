"""Calibration of the verdict on a panel: how often it says yes without skill, and with skill of a known size.

Run as: python -m benchmarks.studies.panel_calibration [number of panels] [workers]
Each panel is a market of drawn returns with a common factor, and forecasts of each ticker whose correlation with the
next return is known; their errors have a common factor, too. The five sizing strategies are pooled over the tickers,
and the books `long_short` and `top` hold the highest and lowest fifth, all by their own formulas, at the close and
without costs. Said yes: the p-value of the test of skill is within the level of a first look, for 5 % and for 1 %.
The last figure is how often the mean rank IC alone has a p-value of 5 % or less (Newey, West).

Planted: returns are AR(1) of .1, and the forecast is that of a pooled ridge on five years, .93 correlated with the
ideal one (`benchmarks.planted`). Shuffled: the forecasts of its days are those of other days, in 200 random orders.
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

from backtrader_walkforward.evaluation.forecast.forecast_tests import mean_test
from backtrader_walkforward.evaluation.ranking_skill import rank_correlations
from backtrader_walkforward.plugins.workers import process_pool
from backtrader_walkforward.significance import ActiveAccount
from backtrader_walkforward.significance.result import LEVEL
from backtrader_walkforward.significance.skill_test import find_skill
from benchmarks.calibration import DRIFT, MOVE, WARM_UP, YEAR, Cell, business_days, row
from benchmarks.drawn_days import autocorrelated, fat_tails, slow, volatility_in_clusters
from benchmarks.table import Row, printed, show

PANELS = 400
"""Panels without skill of each kind; half as many with skill."""

SHUFFLED, AT_LEAST = 200, 190
"""Orders of the days of the planted panel, and how many of them must not be called skill."""

MEMORY, QUALITY = 0.1, 0.93
FIFTH = 0.2


@dataclass(frozen=True)
class PanelCell(Cell):
    """One row of the table: panels of one kind.

    `common` is the share of the common factor in the variance of returns and of errors. With `is_planted` returns are
    autocorrelated, and the forecast knows that.
    """

    tickers: int = 20
    common: float = 0.3
    is_planted: bool = False


PLANTED = PanelCell("planted AR(.1), 20 tickers, 5 years", 5 * YEAR, MEMORY * QUALITY, is_planted=True, at_least=0.95)
CELLS = (
    *(PanelCell(f"no skill, 20 tickers, {years} years", years * YEAR) for years in (2, 5, 10)),
    *(
        PanelCell(f"no skill, {name}", 5 * YEAR, **kind)
        for name, kind in {
            "independent tickers": dict(common=0.0),
            "three tickers": dict(tickers=3),
            "fat tails": dict(market=fat_tails),
            "clustered volatility": dict(market=volatility_in_clusters),
            "slow signal, AR(1) .95": dict(noise=slow),
        }.items()
    ),
    PLANTED,
    *(
        PanelCell(f"correlation {rho}, {tickers} tickers, {years} years", years * YEAR, rho, tickers=tickers)
        for rho, shapes in {
            0.01: ((20, 5), (20, 10), (100, 5)),
            0.02: ((20, 5), (20, 10), (100, 5)),
            0.03: ((20, 5),),
            0.05: ((20, 2),),
        }.items()
        for tickers, years in shapes
    ),
)


def draw(cell: PanelCell, number: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the forecasts of a panel and the returns that they are of, (days, tickers), with a warm-up before them."""
    random, days = np.random.default_rng([number, cell.days, cell.tickers]), WARM_UP + cell.days
    market = partial(autocorrelated, memory=MEMORY) if cell.is_planted else cell.market
    moves, errors = (
        mixed(np.column_stack([one(random, days) for _ in range(cell.tickers + 1)]), cell.common)
        for one in (market, cell.noise)
    )
    if cell.is_planted:
        known = QUALITY * np.roll(moves, 1, axis=0) + sqrt(1 - QUALITY**2) * errors
    else:
        known = cell.correlation * moves + sqrt(1 - cell.correlation**2) * errors
    index = business_days(days)
    return pd.DataFrame(MOVE / 2 * known, index), pd.DataFrame(DRIFT + MOVE * moves, index)


def mixed(drawn: np.ndarray, common: float) -> np.ndarray:
    """Return columns that share the first one, which is the factor."""
    return np.asarray(sqrt(common) * drawn[:, :1] + sqrt(1 - common) * drawn[:, 1:])


def weights_of(forecasts: pd.DataFrame, returns: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the weights of each strategy, (days, tickers), as shares of a ticker's account or of the book."""
    volatility = returns.rolling(20).std().shift(1)
    adjusted = np.vectorize(volatility_adjusted_weight)(forecasts, volatility, volatility.expanding().median())
    sides, count = np.sign(forecasts.to_numpy()), forecasts.shape[1]
    place = (forecasts.rank(axis=1).to_numpy() - 0.5) / count
    high, low = 1.0 * (place > 1 - FIFTH), 1.0 * (place < FIFTH)
    held = high.sum(axis=1, keepdims=True)
    pooled = {
        "binary": sides,
        "fixed": 0.5 * sides,
        "kelly": np.vectorize(half_kelly_weight)(forecasts),
        "proportional": forecasts.to_numpy(),
        "volatility_adjusted": np.clip(adjusted, -1, 1),
    }
    return {name: one / count for name, one in pooled.items()} | {
        "long_short": (high - low) / (2 * held),
        "top": high / held,
    }


def accounts_of(forecasts: pd.DataFrame, returns: pd.DataFrame) -> list[ActiveAccount]:
    """Return the accounts of a panel on the days after the warm-up, beside all tickers in equal shares."""
    market, earned = returns.mean(axis=1)[WARM_UP:], returns.to_numpy()
    return [
        ActiveAccount(name=name, returns=pd.Series((one * earned).sum(axis=1)[WARM_UP:], market.index), market=market)
        for name, one in weights_of(forecasts, returns).items()
    ]


def tested(forecasts: pd.DataFrame, returns: pd.DataFrame, seed: int) -> tuple[bool, bool, bool]:
    """Whether a panel is called skill, and strong evidence of it, and whether its IC alone is significant."""
    found = find_skill(accounts_of(forecasts, returns), seed=seed)
    p_value = mean_test(rank_correlations(forecasts[WARM_UP:], returns[WARM_UP:])).p_value
    yes = (found.shows_skill, found.is_strong) if found else (False, False)
    return *yes, p_value is not None and p_value <= LEVEL


def said_yes(cell: PanelCell, number: int) -> tuple[bool, bool, bool]:
    """Return what is said of one panel."""
    return tested(*draw(cell, number), seed=number)


def shuffled(forecasts: pd.DataFrame, number: int) -> pd.DataFrame:
    """Return the forecasts of other days, those of one day together."""
    order = np.random.default_rng(number).permutation(len(forecasts))
    return pd.DataFrame(forecasts.to_numpy()[order], forecasts.index)


def said_yes_shuffled(number: int) -> tuple[bool, bool, bool]:
    """Return what is said of the planted panel, shuffled."""
    forecasts, returns = draw(PLANTED, 0)
    return tested(shuffled(forecasts, number), returns, seed=number)


def rows(panels: int = PANELS, workers: int = 2) -> Iterator[Row]:
    """Yield the row of the shuffled panel, then one for each cell."""
    with process_pool(workers) as pool:
        run = partial(pool.map, chunksize=5) if pool else map
        found = np.array(list(run(said_yes_shuffled, range(SHUFFLED))))
        not_called = int((~found[:, 0]).sum())
        target = f"at least {AT_LEAST} of {SHUFFLED} not skill"
        yield Row("the planted panel, shuffled", target, f"{not_called} not skill", not_called >= AT_LEAST)
        for cell in CELLS:
            count = panels // 2 if cell.correlation else panels
            found = np.array(list(run(partial(said_yes, cell), range(count))))
            skill = row(cell.name, [(bool(yes), bool(strong)) for yes, strong, _ in found], cell)
            yield skill._replace(measured=f"{skill.measured}; IC {found[:, 2].mean():.3f}")


if __name__ == "__main__":
    show(printed(rows(*map(int, sys.argv[1:3]))))

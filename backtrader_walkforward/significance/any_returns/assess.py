"""The test of skill for returns from anywhere, without a run of ours."""

import pandas as pd

from backtrader_walkforward.data.frequency import bars_a_year
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.evaluation.metrics import sharpe
from backtrader_walkforward.significance.any_returns.result import ReturnsSignificance
from backtrader_walkforward.significance.any_returns.series import (
    Returns,
    on_shared_days,
    require_same_bars,
    series_by_name,
)
from backtrader_walkforward.significance.bootstrap import (
    block_length,
    sharpe_intervals,
    stationary_bootstrap_indices,
)
from backtrader_walkforward.significance.result import FEWEST_DAYS, ActiveAccount
from backtrader_walkforward.significance.skill_test import find_skill


def significance_of(
    returns: Returns, benchmark: pd.Series, *, trials: Returns = (), seed: int = 0
) -> ReturnsSignificance:
    """Test whether the best of some returns earns more than its share of the benchmark and luck explain.

    ::

        wf.significance_of(mine, market, trials=[first_idea, second_idea])

    Parameters
    ----------
    returns : Series, DataFrame or sequence of Series
        Returns by day as fractions, above the interest on cash if it paid any, on the same days.
    benchmark : Series
        Returns of the market, with each of these days and no other between them.
    trials : Series, DataFrame or sequence of Series
        Returns of all else that was tried before: who tries more often is lucky more often. Each counts on the days
        that it shares with `returns`, which must be 20 or more and a twentieth of all.
    seed : int
        Seed of the histories without skill.

    Raises
    ------
    ArgumentError
        If returns are missing, infinite or below -1, days are twice there, have a time zone or are others than those
        of the benchmark, as weekly bars beside daily ones, there are fewer than 20, or a trial shares too few of them.
    """
    own, others = series_by_name(returns, "returns"), series_by_name(trials, "trials")
    markets = series_by_name(benchmark, "benchmark")
    if not own:
        raise ArgumentError("returns must be one series or more, found none: give a Series by day")
    if len(markets) != 1:
        raise ArgumentError(f"benchmark must be one series, found {len(markets)}: choose one of them")
    [market], days = markets.values(), next(iter(own.values())).index
    if len(days) < FEWEST_DAYS:
        raise ArgumentError(f"returns must have {FEWEST_DAYS} days or more, found {len(days)}")
    for name, series in own.items():
        if not series.index.equals(days):
            raise ArgumentError(f"{name} must have the days of the first series of returns: give all the same index")
    missing = days.difference(market.index)
    if len(missing):
        raise ArgumentError(
            f"benchmark must have every day of returns, {len(missing)} are missing, the first {missing[0]:%Y-%m-%d}:"
            " give both the same index"
        )
    require_same_bars("returns", days, market.index)
    accounts = [ActiveAccount(name=name, returns=series, market=market.loc[days]) for name, series in own.items()]
    earlier = [on_shared_days(name, series, market.loc[days]) for name, series in others.items()]
    table, per_year = pd.DataFrame(own), bars_a_year(pd.DatetimeIndex(days))
    sharpes = {name: sharpe(series, per_year) for name, series in own.items()}
    moving = table[[name for name, ratio in sharpes.items() if ratio is not None]]
    return ReturnsSignificance(
        skill=find_skill(accounts, earlier, seed=seed),
        sharpe=sharpes,
        intervals=drawn_intervals(moving, per_year, seed),
    )


def drawn_intervals(moving: pd.DataFrame, per_year: int, seed: int) -> dict[str, tuple[float, float]]:
    """Return the interval of the Sharpe ratio of each column, none of them flat."""
    if moving.empty:
        return {}
    drawn = stationary_bootstrap_indices(len(moving), block_length(moving), seed)
    return sharpe_intervals(moving, drawn, per_year)

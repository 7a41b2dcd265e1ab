"""The assessment of a panel: the test of skill on what is pooled over its tickers, and that of its best ticker."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.evaluation.portfolios import Portfolio
from backtrader_walkforward.evaluation.ranking_skill import RankingSkill
from backtrader_walkforward.panels.significance.panel_data import PanelData
from backtrader_walkforward.panels.significance.panel_returns import PanelReturns
from backtrader_walkforward.panels.significance.result_warnings import warnings_on
from backtrader_walkforward.panels.significance.verdict import with_verdict
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import ActiveAccount, Significance, SkillTest
from backtrader_walkforward.significance.assess import information_on
from backtrader_walkforward.significance.skill_test import find_skill
from backtrader_walkforward.significance.trials import Earlier, TrialRegistry, record_run, trials_of


def assess_panel(
    portfolios: Mapping[str, Portfolio],
    ranking_books: Sequence[BacktestResult],
    ranking: RankingSkill,
    settings: Settings,
    data: PanelData,
    *,
    plugins: Mapping[str, Sequence[type]],
    registry: TrialRegistry | None = None,
) -> tuple[Significance, list[str]]:
    """Judge a panel by one test, and show other statistics beside it; return notes on its trials, too.

    The test is that of a single run (`find_skill`), on the pooled portfolios and the ranking books without a passive
    part. An account is a mean over the tickers of a day, and the signs of a history without skill turn whole days: the
    dependence between tickers stays as it is. The panel is one hypothesis, and its trials are these few accounts.

    Parameters
    ----------
    portfolios : mapping of str to Portfolio
        Each strategy pooled over the tickers, pure and in hybrids, and `buy_and_hold`, the market.
    ranking_books : sequence of BacktestResult
        Each ranking strategy, pure and in hybrids, and the benchmark last; none of a panel without them.
    ranking : RankingSkill
        How well the forecasts rank the tickers.
    settings : Settings
        Those of the panel.
    data : PanelData
        Its tickers and their source.
    plugins : mapping of str to sequence of types
        Strategy and predictors of each variant without a passive part, by its name: these are tested.
    registry : TrialRegistry, optional
        Where trials are recorded; without it no earlier trial counts.
    """
    traded, seed = PanelReturns.of(portfolios, ranking_books), settings.forecast.seed
    accounts = traded.accounts(plugins)
    earlier, notes = record_panel(accounts, settings, data, plugins, registry) if registry else (Earlier(), [])
    skill = find_skill(accounts, earlier.accounts, looks=earlier.looks, seed=seed)
    warnings = tuple(warnings_on(ranking, traded, ranking_books, settings, data, skill))
    found = information_on(traded.excess[list(traded.sharpes)], traded.market_excess, traded.bars_a_year, seed)
    return with_verdict(replace(found, skill=skill, warnings=warnings), traded, ranking, settings), notes


def record_panel(
    accounts: Sequence[ActiveAccount],
    settings: Settings,
    data: PanelData,
    plugins: Mapping[str, Sequence[type]],
    registry: TrialRegistry,
) -> tuple[Earlier, list[str]]:
    """Record the trials of a panel; return what its test has to count, and notes."""
    trials = trials_of(accounts, settings, data, plugins, {"model": settings.panel.model})
    return record_run(registry, trials, practice=settings.report.practice)


def best_ticker(accounts: Iterable[ActiveAccount], days: pd.DatetimeIndex, seed: int = 0) -> SkillTest | None:
    """Test the best account of all tickers: to pick it is to try each strategy on each ticker.

    Each account has the market of its own ticker. The signs of a history without skill turn the same days of all, so
    that tickers that move together count as little more than one.

    Parameters
    ----------
    accounts : iterable of ActiveAccount
        Those without a passive part of all tickers, each with its own name. They are read once, and their sums kept.
    days : DatetimeIndex
        All days of the panel. An account counts if it has 20 of these or more, and a twentieth.
    seed : int
        Seed of the signs.

    Returns
    -------
    SkillTest or None
        None where no account counts.
    """
    return find_skill(accounts, days=days, seed=seed)

"""The verdict on a panel: the answer, the one reason that decides, and the figures, in the words of a single run."""

from collections.abc import Iterator

from scipy.special import ndtri

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation.ranking_skill import FEWEST_TICKERS, RankingSkill
from backtrader_walkforward.panels.significance.panel_returns import PanelReturns
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance
from backtrader_walkforward.significance.result import LEVEL
from backtrader_walkforward.significance.verdict import (
    POWER,
    PRACTICE,
    headline_of,
    label_of,
    luck_text,
    too_little,
    untested,
    worded,
)
from backtrader_walkforward.system.text import pluralize

VISIBLE = float(ndtri(1 - LEVEL) + ndtri(POWER))
"""Mean IC, in standard errors, that a test at 5 % tells from 0 in 8 of 10 cases."""


def with_verdict(tested: Significance, traded: PanelReturns, ranking: RankingSkill, settings: Settings) -> Significance:
    """Return `tested` with its answer in words."""
    undecided = PRACTICE if settings.report.practice else None
    standing = traded.standing(paid=settings.replace(cash_rate=0.0).has_costs)
    bar = name_of_bar(traded.bars_a_year)
    more = (*ranking_text(ranking, bar), *spread_text(ranking, bar))
    return worded(tested, answer(tested, traded), standing, undecided, more)


def answer(tested: Significance, traded: PanelReturns) -> tuple[str, str]:
    """Return the headline and the one reason that decides."""
    skill = tested.skill
    if skill is None:
        idle = not traded.returns.to_numpy().any() and len(traded.returns) > 0
        return untested(idle, len(traded.returns), traded.bars_a_year)
    if skill.shows_skill:
        return headline_of(skill), luck_text(skill)
    label = label_of(skill.account, traded.kind_of(skill.account))
    return headline_of(skill), next(too_little(skill, label, traded.bars_a_year, None), luck_text(skill))


def ranking_text(ranking: RankingSkill, bar: str) -> Iterator[str]:
    """Yield how well the forecasts rank the tickers, and what such a panel could have shown."""
    if ranking.mean_ic is None:
        yield f"No {bar} has forecasts of {FEWEST_TICKERS} tickers with a known return, so that none are ranked."
    elif ranking.standard_error is None:
        yield f"The forecasts do not rank the tickers: the rank IC is {ranking.mean_ic:z.4f} every {bar}."
    else:
        yield (
            "The rank IC, the correlation of the order of the forecasts with the order of the returns, is"
            f" {ranking.mean_ic:z.4f} on average over {pluralize(len(ranking.ic), bar)} (t = {ranking.t_ratio:z.1f},"
            f" standard error {ranking.standard_error:.4f}). A panel like this finds a true IC of"
            f" {VISIBLE * ranking.standard_error:.4f} in 8 of 10 cases; up to .02 is realistic."
        )


def spread_text(ranking: RankingSkill, bar: str) -> Iterator[str]:
    """Yield what the highest fifth by forecast earned beyond the lowest, and how often the sign was right."""
    if ranking.spread is not None and ranking.spread_t_ratio is not None:
        yield (
            f"The highest {ranking.group} by forecast earned {ranking.spread:z.3%} a {bar} more than the lowest, before"
            f" costs (t = {ranking.spread_t_ratio:z.1f})."
        )
    if ranking.hit_rate is not None:
        yield f"The sign of the forecast was right in {ranking.hit_rate:.1%} of all cases."

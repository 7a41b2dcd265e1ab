"""The verdict on a panel: the answer, the one reason that decides, and the figures, in the words of a single run."""

from collections.abc import Iterator

from scipy.special import ndtri

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation.ranking_skill import FEWEST_TICKERS, RankingSkill
from backtrader_walkforward.panels.significance.panel_returns import PanelReturns
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.significance import Significance, SkillTest
from backtrader_walkforward.significance.result import LEVEL
from backtrader_walkforward.significance.verdict.answer import PRACTICE, answer_of, without_test
from backtrader_walkforward.significance.verdict.figures import label_of
from backtrader_walkforward.significance.verdict.longer_test import POWER, too_little
from backtrader_walkforward.significance.verdict.verdict import worded
from backtrader_walkforward.system.text import pluralize

VISIBLE = float(ndtri(1 - LEVEL) + ndtri(POWER))
"""Mean IC, in standard errors, that a test at 5 % tells from 0 in 8 of 10 cases."""


def with_verdict(tested: Significance, traded: PanelReturns, ranking: RankingSkill, settings: Settings) -> Significance:
    """Return `tested` with its answer in words."""
    days, per_year, bar = len(traded.returns), traded.bars_a_year, name_of_bar(traded.bars_a_year)
    idle = days > 0 and not traded.returns.to_numpy().any()

    standing = traded.standing(paid=settings.replace(cash_rate=0.0).has_costs)

    def against(skill: SkillTest) -> Iterator[str]:
        return too_little(skill, label_of(skill.account, traded.kind_of(skill.account)), standing, None)

    answered = answer_of(tested.skill, without_test(idle, days, per_year), against)
    undecided = PRACTICE if settings.report.practice else None
    more = (*ranking_text(ranking, bar), *spread_text(ranking, bar))
    return worded(tested, answered, standing, undecided, more)


def ranking_text(ranking: RankingSkill, bar: str) -> Iterator[str]:
    """Yield how well the forecasts rank the tickers, and what such a panel could have shown."""
    if ranking.mean_ic is None:
        yield (
            f"How well the forecasts rank the tickers is not known: a rank IC needs {FEWEST_TICKERS} tickers with a"
            f" forecast and a known return, and no {bar} has so many."
        )
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

"""How long a test would have to be to find what this one shows."""

from collections.abc import Iterator
from math import ceil, log10

import numpy as np
from scipy.special import ndtr, ndtri

from backtrader_walkforward.data.frequency import DAYS, name_of_bar
from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.significance.verdict.figures import Standing
from backtrader_walkforward.system.text import pluralize

POWER = 0.8
"""Probability with which a longer test is to find the skill that this one shows."""

MOST_LUCK = 0.5
"""p-value from which more days are not worth asking for: luck usually does better."""

LONGEST = 40
"""Years of prices that are worth asking for."""

FALLEN = ": the market fell, and an account that holds less of it loses less without any skill"
"""Why accounts beat a falling market, as rankings show, and have earned nothing by skill."""


def too_little(skill: SkillTest, label: str, standing: Standing, bars: int | None) -> Iterator[str]:
    """Yield that nothing was earned, or how long a test would have to be: reasons that are plainer than luck.

    `label` is the account with the largest ratio, as `label_of` has it.
    """
    if skill.t_ratio <= 0:
        why = FALLEN if standing.benchmark_return < 0 else ""
        yield f"No account earned more than its share of the market did{why}."
    elif skill.p_value < MOST_LUCK:
        yield from longer_test(skill, label, standing.bars_a_year, bars)


def longer_test(skill: SkillTest, label: str, per_year: int, bars: int | None) -> Iterator[str]:
    """Yield how long a test would have to be, if so many prices can be had."""
    factor = days_needed(skill) / skill.days
    period = factor * (bars or skill.days) / per_year * DAYS
    if period <= LONGEST * DAYS:
        bar = name_of_bar(per_year)
        more = f": to know more, use --period {round_up(period)}" if bars else ""
        yield (
            f"{pluralize(skill.days, bar)} are too few to tell. Even if {label} is as good as it looks here, a"
            f" test needs about {round_up(factor * skill.days):,} {bar}s to show it{more}."
        )


def days_needed(skill: SkillTest) -> float:
    """Return the days of a test that finds this skill in 8 of 10 cases, if the account is as good as its t-ratio.

    The t-ratio grows with the root of the days: days x ((c + Z(0.8)) / t)^2, where c is the t-ratio that evidence
    takes. With q = 1 - Phi(t), the p-value is that of the best of m = log(1 - p) / log(1 - q) independent accounts, so
    that c = Z((1 - level)^(1/m)).
    """
    beyond, p_value = ndtr(-skill.t_ratio), min(skill.p_value, 1 - 1e-9)
    independent = max(1.0, np.log1p(-p_value) / np.log1p(-beyond))
    hurdle = ndtri((1 - skill.level) ** (1 / independent))
    return float(skill.days * ((hurdle + ndtri(POWER)) / skill.t_ratio) ** 2)


def round_up(number: float) -> int:
    """Return the next number of two digits and noughts.

    >>> round_up(2713.4), round_up(910)
    (2800, 910)
    """
    unit = 10 ** max(0, int(log10(number)) - 1)
    return ceil(number / unit) * unit

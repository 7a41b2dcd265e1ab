"""How often luck does as well as a result, in words."""

from collections.abc import Iterator

from backtrader_walkforward.significance.result import SkillTest
from backtrader_walkforward.significance.skill_test import LEAST_P_VALUE
from backtrader_walkforward.system.text import pluralize


def luck_text(skill: SkillTest) -> str:
    """Return how often luck does as well, and how often it may where there is evidence."""
    _, evidence, strong = cases_of_100(skill.p_value, skill.level, skill.strict_level)
    most, what = (strong, "strong evidence") if skill.is_strong else (evidence, "evidence")
    counts = f"{most} or fewer count as {what}"
    if skill.level < LEAST_P_VALUE:
        counts = "after so many looks no result is evidence"
    return f"{chance_text(skill)}; {counts}."


def chance_text(skill: SkillTest) -> str:
    """Return how often luck does as well."""
    return f"Luck alone does as well in {cases_of_100(skill.p_value, skill.level, skill.strict_level)[0]} of 100 cases"


def cases_of_100(p_value: float, *levels: float) -> list[str]:
    """Return a p-value and levels as cases of 100, with so many decimals that each level keeps its side.

    >>> cases_of_100(0.274, 0.04), cases_of_100(0.0412, 0.04), cases_of_100(0.04003, 0.04)
    (['27', '4'], ['4.1', '4'], ['4.003', '4'])
    """
    if p_value < 0.001 <= min(levels):
        return ["under 0.1", *(f"{100 * level:.2g}" for level in levels)]
    sides = [p_value <= level for level in levels]
    for digits in range(0 if p_value >= 0.1 else 1, 17):
        cases = f"{100 * p_value:.{digits}f}"
        limits = [f"{round(100 * level, max(digits, 1)):g}" for level in levels]
        if [float(cases) <= float(limit) for limit in limits] == sides:
            break
    return [cases, *limits]


def tried_text(skill: SkillTest) -> Iterator[str]:
    """Yield what earlier trials and looks cost, if there were any."""
    trials = f"counts {pluralize(skill.earlier, 'earlier trial')}" if skill.earlier else ""
    again = f"is look {skill.looks} at these settings, so fewer cases count as evidence" if skill.looks > 1 else ""
    if parts := " and ".join(filter(None, (trials, again))):
        meaning = " A trial is an account that traded differently." if skill.earlier else ""
        yield f"This {parts}: who tries more often is lucky more often.{meaning}"

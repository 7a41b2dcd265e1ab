"""The answer of a test in a few words, and the one reason that decides."""

from collections.abc import Callable, Iterable

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.significance.result import FEWEST_DAYS, SkillTest
from backtrader_walkforward.significance.verdict.luck_sentences import luck_text
from backtrader_walkforward.system.text import pluralize

NOTHING = "Nothing to test"
NO_EVIDENCE, EVIDENCE, STRONG = "No evidence of skill", "Evidence of skill", "Strong evidence of skill"

PRACTICE = (
    "Practice run: no judgement",
    "A run with --practice decides nothing, and later runs do not count it as a trial.",
)
IN_PANEL = (
    "One ticker of a panel: no judgement",
    "The panel is judged as a whole. A ticker that is picked out of it is the luckiest of many.",
)
"""Headline and reason of what decides nothing."""

UNDECIDED = (PRACTICE[0], IN_PANEL[0])
"""Headlines beside which no page shows what would count as evidence."""


def answer_of(
    skill: SkillTest | None, untested: tuple[str, str], against: Callable[[SkillTest], Iterable[str]]
) -> tuple[str, str]:
    """Return the headline and the one reason that decides.

    Parameters
    ----------
    skill : SkillTest or None
    untested : tuple of two str
        Headline and reason where there is no test.
    against : callable
        Function of a test without evidence: the reasons that are plainer than luck, the plainest first.
    """
    if skill is None:
        return untested
    plainer = () if skill.shows_skill else against(skill)
    return headline_of(skill), next(iter(plainer), luck_text(skill))


def headline_of(skill: SkillTest) -> str:
    """Return the answer of a test in a few words."""
    if not skill.shows_skill:
        return NO_EVIDENCE
    return STRONG if skill.is_strong else EVIDENCE


def without_test(idle: bool, days: int, per_year: int) -> tuple[str, str]:
    """Return the headline and the reason of a run without a test; `idle` if no strategy ever held anything."""
    if idle:
        return NOTHING, "No strategy ever took a position of its own, so there is no result to judge."
    if days < FEWEST_DAYS:
        return NOTHING, f"The test has {pluralize(days, name_of_bar(per_year))}, and at least {FEWEST_DAYS} are needed."
    return NO_EVIDENCE, "Every account held the same share of the market all the time, and adds nothing to it."

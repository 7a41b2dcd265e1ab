"""The verdict on a run of one ticker, and what it shares with that on a panel."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance.result import Significance, SkillTest
from backtrader_walkforward.significance.verdict.answer import answer_of, without_test
from backtrader_walkforward.significance.verdict.figures import Standing, figures_of, label_of
from backtrader_walkforward.significance.verdict.longer_test import too_little


def with_verdict(
    tested: Significance,
    comparison: Comparison,
    *,
    bars: int | None = None,
    undecided: tuple[str, str] | None = None,
) -> Significance:
    """Return `tested` with its answer in words; `bars` are those of all prices, of which some are tested.

    What is `undecided` has this headline and this reason, whatever the test says.
    """
    best, standing, idle = (
        comparison.best,
        Standing.of(comparison),
        all(not result.weights.any() for result in comparison.ranked),
    )

    def against(skill: SkillTest) -> Iterator[str]:
        yield from too_simple(skill, comparison)
        yield from too_little(skill, label_of(skill.account), standing, bars)

    answered = answer_of(tested.skill, without_test(idle, len(best.returns), best.bars_a_year), against)
    return worded(tested, answered, standing, undecided)


def worded(
    tested: Significance,
    answered: tuple[str, str],
    standing: Standing,
    undecided: tuple[str, str] | None = None,
    more: Iterable[str] = (),
) -> Significance:
    """Return `tested` with headline and reason, and the figures; `more` are sentences on what else was measured."""
    headline, reason = undecided or answered
    found = replace(tested, shows_skill=bool(tested.skill and tested.skill.shows_skill and not undecided))
    figures = " ".join([*figures_of(found, standing, headline, reason), *more])
    verdict = "\n".join(filter(None, (f"{headline}.", reason, figures)))
    return replace(found, headline=headline, reason=reason, verdict=verdict)


def too_simple(skill: SkillTest, comparison: Comparison) -> Iterator[str]:
    """Yield that the account with the largest ratio was always on one side, or that it made a single trade."""
    [weights] = [one.weights for one in comparison.ranked if one.name == skill.account]
    name, sides = name_text(skill.account), np.sign(weights.to_numpy())
    for side, sign in (("long", 1), ("short", -1)):
        if (sides == sign).all():
            yield f"{name} was {side} every day, and adds nothing to the market that luck could not."
    changes = sides[np.diff(sides, prepend=0) != 0]
    if np.count_nonzero(changes) == 1:
        yield f"{name} made a single trade. One trade is a coin toss, however many days the test has."

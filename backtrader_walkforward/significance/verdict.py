"""The verdict: the answer, the one reason that decides, and the figures, for a reader who is no statistician."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import ceil, log10
from typing import NamedTuple, Self

import numpy as np
from scipy.special import ndtr, ndtri

from backtrader_walkforward.data.frequency import DAYS, name_of_bar
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance.result import FEWEST_DAYS, Significance, SkillTest
from backtrader_walkforward.significance.skill_test import LEAST_P_VALUE
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

POWER = 0.8
"""Probability with which a longer test is to find the skill that this one shows."""

MOST_LUCK = 0.5
"""p-value from which more days are not worth asking for: luck usually does better."""

LONGEST = 40
"""Years of prices that are worth asking for."""


class Standing(NamedTuple):
    """What a verdict says of the variant that ranks first.

    `variants` is their number, `returns` that of the days of the test, `paid` whether anything was paid for trading,
    `kind` what the variant is, where a run has more than one kind.
    """

    name: str
    total_return: float
    sharpe: float | None
    benchmark: str
    benchmark_return: float
    benchmark_sharpe: float | None
    variants: int
    returns: int
    bars_a_year: int
    paid: bool
    kind: str = ""

    @property
    def label(self) -> str:
        """The name as people read it, with the kind before it: `the book Top`."""
        return label_of(self.name, self.kind)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Return what there is to say of the best variant of one ticker."""
        best, ours, hold = comparison.best, comparison.best.metrics, comparison.benchmark.metrics
        return cls(
            name=best.name,
            total_return=ours.total_return,
            sharpe=ours.sharpe,
            benchmark="buy & hold",
            benchmark_return=hold.total_return,
            benchmark_sharpe=hold.sharpe,
            variants=len(comparison.ranked),
            returns=len(best.returns),
            bars_a_year=best.bars_a_year,
            paid=bool(best.costs.paid),
        )


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
    return worded(tested, answer(tested, comparison, bars), Standing.of(comparison), undecided)


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


def answer(tested: Significance, comparison: Comparison, bars: int | None) -> tuple[str, str]:
    """Return the headline and the one reason that decides."""
    skill = tested.skill
    if skill is None:
        idle = all(not result.weights.any() for result in comparison.ranked)
        return untested(idle, len(comparison.best.returns), comparison.best.bars_a_year)
    if skill.shows_skill:
        return headline_of(skill), luck_text(skill)
    too_short = too_little(skill, label_of(skill.account), comparison.best.bars_a_year, bars)
    against = (*on_one_side(skill, comparison), *too_short)
    return headline_of(skill), next(iter(against), luck_text(skill))


def headline_of(skill: SkillTest) -> str:
    """Return the answer of a test in a few words."""
    if not skill.shows_skill:
        return NO_EVIDENCE
    return STRONG if skill.is_strong else EVIDENCE


def untested(idle: bool, days: int, per_year: int) -> tuple[str, str]:
    """Return the headline and the reason of a run without a test; `idle` if no strategy ever held anything."""
    if idle:
        return NOTHING, "No strategy ever took a position of its own, so there is no result to judge."
    if days < FEWEST_DAYS:
        return NOTHING, f"The test has {pluralize(days, name_of_bar(per_year))}, and at least {FEWEST_DAYS} are needed."
    return NO_EVIDENCE, "Every account held the same share of the market all the time, and adds nothing to it."


def on_one_side(skill: SkillTest, comparison: Comparison) -> Iterator[str]:
    """Yield that the account with the largest ratio was always long, or always short."""
    weights = next((one.weights for one in comparison.ranked if one.name == skill.account), comparison.best.weights)
    name = name_text(skill.account)
    for side, held in (("long", weights > 0), ("short", weights < 0)):
        if held.all():
            yield f"{name} was {side} every day, and adds nothing to the market that luck could not."


def label_of(name: str, kind: str = "") -> str:
    """Return a variant's name as people read it, with its kind before it where a run has more than one.

    >>> label_of("kelly_hybrid_70_30"), label_of("top", "book")
    ('Kelly hybrid 70/30', 'the book Top')
    """
    return f"the {kind} {name_text(name)}" if kind else name_text(name)


def too_little(skill: SkillTest, label: str, per_year: int, bars: int | None) -> Iterator[str]:
    """Yield that nothing was earned, or how long a test would have to be: reasons that are plainer than luck.

    `label` is the account with the largest ratio, as `label_of` has it.
    """
    if skill.t_ratio <= 0:
        yield "No account earned more than its share of the market did."
    elif skill.p_value < MOST_LUCK:
        yield from longer_test(skill, label, per_year, bars)


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


def figures_of(tested: Significance, standing: Standing, headline: str, reason: str) -> Iterator[str]:
    """Yield the figures behind the answer, a sentence each; how often luck does as well unless `reason` says it."""
    if tested.skill and headline in UNDECIDED:
        yield f"{chance_text(tested.skill)}."
        yield from best_text(tested, standing)
    elif tested.skill:
        if (sentence := luck_text(tested.skill)) != reason:
            yield sentence
        if tested.shows_skill:
            yield "It is skill, or a leak: the command audit looks for leaks."
        yield from tried_text(tested.skill)
        yield from best_text(tested, standing)


def best_text(tested: Significance, best: Standing) -> Iterator[str]:
    """Yield the return and the Sharpe ratio of the best variant, what they would be by luck, and how sure they are."""
    if best.sharpe is None:
        return
    length = pluralize(best.returns, name_of_bar(best.bars_a_year))
    costs = "after" if best.paid else "without"
    theirs = "none" if best.benchmark_sharpe is None else f"{best.benchmark_sharpe:z.2f}"
    yield (
        f"The best of {pluralize(best.variants, 'variant')}, {best.label}, returned {best.total_return:z.2%} {costs}"
        f" costs ({best.benchmark} {best.benchmark_return:z.2%}). Its Sharpe ratio, the yearly return per unit of risk,"
        f" is {best.sharpe:z.2f} ({best.benchmark} {theirs})."
    )
    if ends := tested.variant(best.name).sharpe_interval:
        yield f"After {length} it may as well be anything from {ends[0]:z.1f} to {ends[1]:z.1f}."
    by_luck = tested.expected_best_sharpe
    if by_luck is not None and best.variants > 1:
        yield f"If no variant earned anything on average, the best ratio would still be about {by_luck:.2f}."


def tried_text(skill: SkillTest) -> Iterator[str]:
    """Yield what earlier trials and looks cost, if there were any."""
    trials = f"counts {pluralize(skill.earlier, 'earlier trial')}" if skill.earlier else ""
    again = f"is look {skill.looks} at these settings, so fewer cases count as evidence" if skill.looks > 1 else ""
    if parts := " and ".join(filter(None, (trials, again))):
        yield f"This {parts}: who tries more often is lucky more often."

"""The figures behind an answer, a sentence each."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.settings.variant_names import name_text
from backtrader_walkforward.significance.result import Significance
from backtrader_walkforward.significance.verdict.answer import UNDECIDED
from backtrader_walkforward.significance.verdict.luck_sentences import chance_text, luck_text, tried_text
from backtrader_walkforward.system.text import pluralize


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


def label_of(name: str, kind: str = "") -> str:
    """Return a variant's name as people read it, with its kind before it where a run has more than one.

    >>> label_of("kelly_hybrid_70_30"), label_of("top", "book")
    ('Kelly hybrid 70/30', 'the book Top')
    """
    return f"the {kind} {name_text(name)}" if kind else name_text(name)


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

"""Variants that never traded, and why."""

from collections.abc import Iterable

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section
from backtrader_walkforward.settings.variant_names import name_text, strategy_of

PLACE = 5


def section(summary: RunSummary) -> Section:
    """Return the section; empty where every variant traded."""
    ranked = summary.comparison.ranked
    reasons: dict[str, list[str]] = {}
    for result in ranked:
        if result.never_traded:
            reasons.setdefault(result.never_traded, []).append(result.name)
    sentences = [f"{families(names, ranked)} never traded: {reason}." for reason, names in reasons.items()]
    entries = {name: {"never_traded": reason} for reason, names in reasons.items() for name in names}
    return Section(title="Never traded", sentences=sentences, variants=entries)


def families(names: Iterable[str], ranked: Iterable[BacktestResult]) -> str:
    """Return names of variants in words; `Kelly and its hybrids` where those of a strategy are all among them."""
    chosen, everything = set(names), [result.name for result in ranked]
    words: list[str] = []
    for strategy in sorted(set(map(strategy_of, chosen))):
        family = {name for name in everything if strategy_of(name) == strategy}
        whole = len(family) > 1 and family <= chosen
        words += [f"{name_text(strategy)} and its hybrids"] if whole else map(name_text, sorted(family & chosen))
    return ", ".join(words)

"""Notes on variants of one strategy that traded the same, so that their parameters had no effect."""

from collections.abc import Iterable, Iterator

from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.settings.variant_names import name_text, strategy_of

DIGITS = 6
"""Decimals of an equity that count; the rest is rounding."""


def notes_on_same_trading(results: Iterable[BacktestResult]) -> Iterator[str]:
    """Yield a line on the variants of a strategy whose accounts are equal day by day; their hybrids are, too."""
    groups: dict[tuple[str, str, bytes], list[str]] = {}
    for result in results:
        variant = strategy_of(result.name)
        strategy, swept, _ = variant.partition("(")
        if swept and not result.never_traded:
            equity = result.equity.round(DIGITS).to_numpy().tobytes()
            groups.setdefault((strategy, result.kind, equity), []).append(variant)
    for names in dict.fromkeys(tuple(sorted(group)) for group in groups.values() if len(group) > 1):
        *others, last = map(name_text, names)
        yield f"{', '.join(others)} and {last} traded the same: what their parameters change never came to bear"

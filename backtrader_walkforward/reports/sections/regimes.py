"""Results by market regime: in words, and as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.sections.nulls_and_seeds import Row, paragraph, table
from backtrader_walkforward.settings.choices import UNKNOWN_REGIME
from backtrader_walkforward.system.text import pluralize

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.by_regime import RegimeResults
    from backtrader_walkforward.evaluation.comparison import Comparison

Parts = Sequence["RegimeResults"]
"""The regimes of one kind, or of several."""

KINDS = {"trend": "trend", "volatility": "volatility", "markov": "Markov state"}
"""What each of `choices.REGIMES` is called."""


def regimes_by_kind(regimes: Parts) -> Iterator[tuple[str, Parts]]:
    """Yield each kind of regime with those of it that occurred."""
    yield from ((kind, list(parts)) for kind, parts in groupby(regimes, key=lambda part: part.kind))


def regimes_text(comparison: Comparison, kind: str, parts: Parts) -> str:
    """Return what the winner and buy & hold made of each regime of a kind."""
    best, hold = comparison.best.name, comparison.benchmark.name
    told = [
        f"{regime_name(part)} ({pluralize(part.days, 'day')}) {percent(part.total_return[best])} and"
        f" {percent(part.total_return[hold])}"
        for part in parts
    ]
    return f"By {KINDS[kind]}, {display_name(best)} and buy & hold returned: {'; '.join(told)}."


def regime_name(part: RegimeResults) -> str:
    """Return the name of a regime in words: `high volatility`; of the days in none `trend unknown`."""
    return f"{KINDS[part.kind]} unknown" if part.regime == UNKNOWN_REGIME else part.regime.replace("_", " ")


def regime_headings(parts: Parts) -> Row:
    """Return the headings of a table with a column a regime, as HTML."""
    return (
        "Method",
        *(f"{regime_name(part)}, {pluralize(part.days, 'day')}<br>return / Sharpe" for part in parts),
    )


def regime_rows(comparison: Comparison, parts: Parts) -> Iterator[Row]:
    """Yield each variant's return and Sharpe ratio in each regime, in the order of the ranking, buy & hold last."""
    for name in (*(result.name for result in comparison.ranked), comparison.benchmark.name):
        yield (name, *(f"{percent(part.total_return[name])} / {number(part.sharpe[name])}" for part in parts))


def regimes_section(comparison: Comparison, regimes: Parts | None) -> str:
    """Return the block of the index page, nothing where no regime was asked for."""
    if not regimes:
        return ""
    words = [paragraph(regimes_text(comparison, kind, parts)) for kind, parts in regimes_by_kind(regimes)]
    whole = table(regime_headings(regimes), regime_rows(comparison, regimes))
    return "\n".join(["<h2>By market regime</h2>", *words, whole])

"""What stops did: in words, and as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from backtrader_walkforward.reports.formatting import display_name, percent
from backtrader_walkforward.reports.sections.nulls_and_seeds import Row, paragraph, table

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.evaluation.result import BacktestResult
    from backtrader_walkforward.evaluation.stops_effect import StopsEffect

NAMES = {"stop_loss": "stop-loss", "trailing_stop": "trailing stop", "take_profit": "take-profit"}

HEADINGS = (
    "Method",
    "Positions closed",
    "Return<br>with / without",
    "Saved",
    "Max drawdown<br>with / without",
)


def stops_text(comparison: Comparison, stops: Mapping[str, StopsEffect]) -> str:
    """Return how many positions were closed, whose return gained by it, and what became of the best variant's."""
    closed = sum(sum(effect.fired.values()) for effect in stops.values())
    gained = sum(effect.saved > 0 for effect in stops.values())
    words = f"Stops closed {closed} positions and raised the return of {gained} of {len(stops)} variants."
    best = comparison.best
    if best.name in stops:
        effect = stops[best.name]
        words += (
            f" {display_name(best.name)} returned {percent(best.metrics.total_return)}, without them"
            f" {percent(effect.total_return_without)}: {fired_text(effect)}."
        )
    return words


def fired_text(effect: StopsEffect) -> str:
    """Return how many positions each kind of stop closed: `3 by stop-loss, 0 by take-profit`."""
    return ", ".join(f"{count} by {NAMES[kind]}" for kind, count in effect.fired.items())


def stops_section(comparison: Comparison, stops: Mapping[str, StopsEffect] | None) -> str:
    """Return the same as HTML, with a table of all variants in the order of the ranking; nothing without stops."""
    if not stops:
        return ""
    rows = [stops_row(result, stops[result.name]) for result in comparison.ranked if result.name in stops]
    return "\n".join(["<h2>Stops</h2>", paragraph(stops_text(comparison, stops)), table(HEADINGS, rows)])


def stops_row(result: BacktestResult, effect: StopsEffect) -> Row:
    """Return what stops did to one variant."""
    metrics = result.metrics
    return (
        result.name,
        fired_text(effect),
        f"{percent(metrics.total_return)} / {percent(effect.total_return_without)}",
        percent(effect.saved),
        f"{percent(metrics.max_drawdown)} / {percent(effect.max_drawdown_without)}",
    )

"""Stops: the positions they closed, and every variant with and without them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from backtrader_walkforward.evaluation import BacktestResult, StopsEffect
from backtrader_walkforward.reports.formatting import display_name, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table
from backtrader_walkforward.system.text import pluralize

PLACE = 60

NAMES = {"stop_loss": "stop-loss", "trailing_stop": "trailing stop", "take_profit": "take-profit"}


def section(summary: RunSummary) -> Section:
    """Return the section; empty where no stop was on."""
    ranked, stops = summary.comparison.ranked, summary.stops or {}
    variants = {r.name: {"stops": _entry(stops[r.name]) if r.name in stops else None} for r in ranked}
    if not stops:
        return Section(variants=variants)
    pairs = [(result.metrics, stops[result.name]) for result in ranked if result.name in stops]
    columns = {
        "Positions closed": [stopped_text(effect) for _, effect in pairs],
        "Return\nwith / without": [
            f"{percent(metrics.total_return)} / {percent(effect.total_return_without)}" for metrics, effect in pairs
        ],
        "Saved": [percent(effect.saved) for _, effect in pairs],
        "Max drawdown\nwith / without": [
            f"{percent(metrics.max_drawdown)} / {percent(effect.max_drawdown_without)}" for metrics, effect in pairs
        ],
    }
    return Section(
        title="Stops",
        sentences=[stops_text(summary.comparison.best, stops)],
        tables=[Table.of_variants([r.name for r in ranked if r.name in stops], columns, on_terminal=False)],
        variants=variants,
    )


def _entry(effect: StopsEffect) -> dict[str, Any]:
    """Return the effect for programs, which read the positions closed as `fired`."""
    return {"fired" if name == "stopped" else name: value for name, value in asdict(effect).items()}


def stops_text(best: BacktestResult, stops: Mapping[str, StopsEffect]) -> str:
    """Return how many positions were closed, how many returns rose, and the best variant with and without stops."""
    closed = sum(sum(effect.stopped.values()) for effect in stops.values())
    gained = sum(effect.saved > 0 for effect in stops.values())
    words = f"Stops closed {pluralize(closed, 'position')} and raised the return of {gained} of {len(stops)} variants."
    if best.name not in stops:
        return words
    effect = stops[best.name]
    return (
        f"{words} {display_name(best.name)} returned {percent(best.metrics.total_return)} with stops and"
        f" {percent(effect.total_return_without)} without them: {stopped_text(effect)}."
    )


def stopped_text(effect: StopsEffect) -> str:
    """Return how many positions each kind of stop closed: `3 by stop-loss, 0 by take-profit`."""
    return ", ".join(f"{count} by {NAMES[kind]}" for kind, count in effect.stopped.items())

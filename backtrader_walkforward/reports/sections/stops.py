"""Stops: the positions they closed, and every variant with and without them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from backtrader_walkforward.evaluation import BacktestResult, StopsEffect
from backtrader_walkforward.reports.formatting import display_name, json_tree, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table
from backtrader_walkforward.system.text import pluralize

PLACE = 60

NAMES = {"stop_loss": "stop-loss", "trailing_stop": "trailing stop", "take_profit": "take-profit"}

HEADINGS = ("Strategy", "Positions closed", "Return\nwith / without", "Saved", "Max drawdown\nwith / without")


def section(summary: RunSummary) -> Section:
    """Return the section; empty where no stop was on."""
    ranked, stops = summary.comparison.ranked, summary.stops or {}
    variants = {r.name: {"stops": stops_entry(stops[r.name]) if r.name in stops else None} for r in ranked}
    if not stops:
        return Section(variants=variants)
    return Section(
        title="Stops",
        sentences=[stops_text(summary.comparison.best, stops)],
        tables=[
            Table(
                headings=HEADINGS,
                rows=[stops_row(result, stops[result.name]) for result in ranked if result.name in stops],
                on_terminal=False,
            )
        ],
        variants=variants,
    )


def stops_entry(effect: StopsEffect) -> Any:
    """Return the effect as plain JSON values. Programs read the positions closed as `fired`."""
    return json_tree({"fired" if name == "stopped" else name: value for name, value in asdict(effect).items()})


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


def stops_row(result: BacktestResult, effect: StopsEffect) -> tuple[str, ...]:
    """Return the cells of a variant under `HEADINGS`."""
    metrics = result.metrics
    return (
        result.name,
        stopped_text(effect),
        f"{percent(metrics.total_return)} / {percent(effect.total_return_without)}",
        percent(effect.saved),
        f"{percent(metrics.max_drawdown)} / {percent(effect.max_drawdown_without)}",
    )

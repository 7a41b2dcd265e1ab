"""Stops: the positions they closed, and every variant with and without them."""

from collections.abc import Mapping
from typing import Any

from backtrader_walkforward.evaluation import BacktestResult, Comparison
from backtrader_walkforward.reports.formatting import display_name, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table, first_sentence
from backtrader_walkforward.system.text import pluralize

PLACE = 60

NAMES = {"stop_loss": "stop-loss", "trailing_stop": "trailing stop", "take_profit": "take-profit"}


def section(summary: RunSummary) -> Section:
    """Return the section; empty where no stop was on."""
    ranked, without = summary.comparison.ranked, summary.diagnostics.stops or {}
    variants: dict[str, dict[str, Any]] = {result.name: {"stops": None} for result in ranked}
    if not without:
        return Section(variants=variants)
    pairs = [(result, without[result.name]) for result in ranked if result.name in without]

    def both(figure: str) -> list[str]:
        return [f"{percent(one.metrics[figure])} / {percent(other.metrics[figure])}" for one, other in pairs]

    columns = {
        "Positions closed": [stopped_text(result) for result, _ in pairs],
        "Return\nwith / without": both("total_return"),
        "Saved": [percent(saved(*pair)) for pair in pairs],
        "Max drawdown\nwith / without": both("max_drawdown"),
    }
    entries = {
        result.name: {
            "stops": {
                "fired": result.stopped,
                "total_return_without": other.metrics.total_return,
                "max_drawdown_without": other.metrics.max_drawdown,
                "saved": saved(result, other),
            }
        }
        for result, other in pairs
    }
    return Section(
        title="Stops",
        sentences=[stops_text(summary.comparison, without)],
        brief=[first_sentence(stops_text(summary.comparison, without))],
        tables=[Table.of_variants(entries, columns, on_terminal=False)],
        variants=variants | entries,
    )


def saved(result: BacktestResult, without: BacktestResult) -> float:
    """Return the total return with stops less that without: above 0 they saved money, below 0 they cost some."""
    return float(result.metrics.total_return - without.metrics.total_return)


def stops_text(comparison: Comparison, without: Mapping[str, BacktestResult]) -> str:
    """Return how many positions were closed, how many returns rose, and the best variant with and without stops."""
    stopped = [result for result in comparison.ranked if result.name in without]
    closed = sum(sum(result.stopped.values()) for result in stopped)
    gained = sum(saved(result, without[result.name]) > 0 for result in stopped)
    words = (
        f"Stops closed {pluralize(closed, 'position')} and raised the return of {gained} of {len(stopped)} variants."
    )
    best = comparison.best
    if best.name not in without:
        return words
    return (
        f"{words} {display_name(best.name)} returned {percent(best.metrics.total_return)} with stops and"
        f" {percent(without[best.name].metrics.total_return)} without them: {stopped_text(best)}."
    )


def stopped_text(result: BacktestResult) -> str:
    """Return how many positions each kind of stop closed: `3 by stop-loss, 0 by take-profit`."""
    return ", ".join(f"{count} by {NAMES[kind]}" for kind, count in result.stopped.items())

"""Costs: what each variant paid, and what a trade may cost before it earns nothing."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from backtrader_walkforward.evaluation import BacktestResult, Comparison, WithoutCosts
from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.run_summary import RunSummary, stacked
from backtrader_walkforward.reports.section import Section, Table, first_sentence

PLACE = 30

FLOW_COLUMNS = ["date", "strategy", "account", "kind", "amount"]


def section(summary: RunSummary) -> Section:
    """Return the section; empty where nothing costs anything."""
    costs, results = summary.diagnostics.costs, summary.comparison.results
    if costs is None:
        return Section(variants={result.name: {"costs": None} for result in results})
    has_interest = bool(summary.settings.trading.cash_rate)
    free = [costs[result.name] for result in results]
    columns = {
        "Return\nbefore": [percent(one.metrics.total_return) for one in free],
        "Return\nafter": [percent(result.metrics.total_return) for result in results],
        "Turnover\na year": [number(result.metrics.turnover, 1) for result in results],
        "Commission": [percent(result.costs.commission / capital_of(result)) for result in results],
        "Slippage": [percent(result.costs.slippage / capital_of(result)) for result in results],
        "Borrowing": [percent(result.costs.borrowing / capital_of(result)) for result in results],
        "Interest\non cash": [percent(result.costs.cash_interest / capital_of(result)) for result in results],
        "Break-even\nto 0, bps": [number(one.break_even_bps, 1) for one in free],
        "Break-even\nto B&H": [number(one.break_even_against_benchmark_bps, 1) for one in free],
    }
    flows = stacked(results, "cash_flows", FLOW_COLUMNS)
    return Section(
        title="Costs",
        sentences=[costs_text(summary.comparison, costs)],
        brief=[first_sentence(costs_text(summary.comparison, costs))],
        tables=[
            Table.of_variants([result.name for result in results], columns, folded=False, title="Costs of all variants")
        ],
        variants={result.name: {"costs": _entry(result, costs[result.name], has_interest)} for result in results},
        files={} if flows.empty else {"costs.csv": flows.sort_values("date", kind="stable")},
    )


def capital_of(result: BacktestResult) -> float:
    """Return the capital at the start."""
    return float(result.equity.iloc[0])


def costs_text(comparison: Comparison, costs: Mapping[str, WithoutCosts]) -> str:
    """Return what the costs of the best variant took, and the cost of a trade that it could bear."""
    best, free, hold = comparison.best, costs[comparison.best.name], costs[comparison.benchmark.name]
    before, capital = free.metrics.total_return, capital_of(best)
    nothing = break_even_text(free.break_even_bps, before)
    level = break_even_text(free.break_even_against_benchmark_bps, before - hold.metrics.total_return)
    return (
        f"Costs: {display_name(best.name)} returned {percent(before)} before costs and"
        f" {percent(best.metrics.total_return)} after them. Commission, slippage and borrowing took"
        f" {percent(best.costs.paid / capital)} of the capital; interest on cash added"
        f" {percent(best.costs.cash_interest / capital)}. Break-even cost of a trade: {nothing} to earn nothing,"
        f" {level} to end where buy & hold does."
    )


def break_even_text(bps: float | None, gained: float) -> str:
    """Return a break-even cost as text; `gained` is the gain without costs.

    >>> break_even_text(12.34, 0.1), break_even_text(None, -0.1)
    ('12.3 basis points', 'none (behind without costs)')
    """
    if bps is not None:
        return f"{number(bps, 1)} basis points"
    return "none (ahead at any cost)" if gained > 0 else "none (behind without costs)"


def _entry(result: BacktestResult, free: WithoutCosts, has_interest: bool) -> dict[str, Any]:
    """Return the costs of a variant for `results.json`.

    Where cash bears interest there is no Sharpe ratio before costs: without interest it is one of another return.
    """
    before, totals = free.metrics, asdict(result.costs)
    return {
        "paid_and_received": totals,
        "share_of_capital": {kind: amount / capital_of(result) for kind, amount in totals.items()},
        "before": {
            "total_return": before.total_return,
            "sharpe": None if has_interest else before.sharpe,
            "final_value": before.final_value,
        },
        "break_even_bps": free.break_even_bps,
        "break_even_against_buy_and_hold_bps": free.break_even_against_benchmark_bps,
    }

"""Costs: what each variant paid, and what a trade may cost before it earns nothing."""

from dataclasses import asdict
from typing import Any

from backtrader_walkforward.evaluation import Comparison, CostReport, VariantCosts
from backtrader_walkforward.reports.data_files import stacked
from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table

PLACE = 30

FLOW_COLUMNS = ["date", "strategy", "account", "kind", "amount"]


def section(summary: RunSummary) -> Section:
    """Return the section; empty where nothing costs anything."""
    comparison, costs, results = summary.comparison, summary.costs, summary.comparison.results
    if costs is None:
        return Section(variants={result.name: {"costs": None} for result in results})
    has_interest = bool(summary.settings.get("cash_rate"))
    its = [costs.variants[result.name] for result in results]
    columns = {
        "Return\nbefore": [percent(one.before.total_return) for one in its],
        "Return\nafter": [percent(result.metrics.total_return) for result in results],
        "Turnover\na year": [number(result.metrics.turnover, 1) for result in results],
        "Commission": [percent(one.totals.commission / one.capital) for one in its],
        "Slippage": [percent(one.totals.slippage / one.capital) for one in its],
        "Borrowing": [percent(one.totals.borrowing / one.capital) for one in its],
        "Interest\non cash": [percent(one.totals.cash_interest / one.capital) for one in its],
        "Break-even\nto 0, bps": [number(one.break_even_bps, 1) for one in its],
        "Break-even\nto B&H": [number(one.break_even_against_benchmark_bps, 1) for one in its],
    }
    flows = stacked(results, "cash_flows", FLOW_COLUMNS)
    return Section(
        title="Costs",
        sentences=[costs_text(comparison, costs)],
        tables=[Table.of_variants([result.name for result in results], columns, folded=False)],
        variants={name: {"costs": _entry(one, has_interest)} for name, one in costs.variants.items()},
        files={} if flows.empty else {"costs.csv": flows.sort_values("date", kind="stable")},
    )


def costs_text(comparison: Comparison, costs: CostReport) -> str:
    """Return what the costs of the best variant took, and the cost of a trade that it could bear."""
    best, its, hold = comparison.best, costs.variants[comparison.best.name], costs.variants[comparison.benchmark.name]
    gained = its.before.total_return, its.before.total_return - hold.before.total_return
    nothing, level = map(break_even_text, (its.break_even_bps, its.break_even_against_benchmark_bps), gained)
    return (
        f"Costs: {display_name(best.name)} returned {percent(its.before.total_return)} before costs and"
        f" {percent(best.metrics.total_return)} after them. Commission, slippage and borrowing took"
        f" {percent(its.totals.paid / its.capital)} of the capital; interest on cash added"
        f" {percent(its.totals.cash_interest / its.capital)}. Break-even cost of a trade: {nothing} to earn nothing,"
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


def _entry(its: VariantCosts, has_interest: bool) -> dict[str, Any]:
    """Return the costs of a variant for `results.json`.

    Where cash bears interest there is no Sharpe ratio before costs: without interest it is one of another return.
    """
    before, totals = its.before, asdict(its.totals)
    return {
        "paid_and_received": totals,
        "share_of_capital": {kind: amount / its.capital for kind, amount in totals.items()},
        "before": {
            "total_return": before.total_return,
            "sharpe": None if has_interest else before.sharpe,
            "final_value": before.final_value,
        },
        "break_even_bps": its.break_even_bps,
        "break_even_against_buy_and_hold_bps": its.break_even_against_benchmark_bps,
    }

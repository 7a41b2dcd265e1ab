"""Costs: what each variant paid, and what a trade may cost before it earns nothing."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pandas as pd

from backtrader_walkforward.evaluation import BacktestResult, Comparison, CostReport, VariantCosts
from backtrader_walkforward.reports.formatting import display_name, json_value, number, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table

PLACE = 30

HEADINGS = (
    "Strategy",
    "Return\nbefore",
    "Return\nafter",
    "Turnover\na year",
    "Commission",
    "Slippage",
    "Borrowing",
    "Interest\non cash",
    "Break-even\nto 0, bps",
    "Break-even\nto B&H",
)

FLOW_COLUMNS = ["date", "strategy", "account", "kind", "amount"]


def section(summary: RunSummary) -> Section:
    """Return the section; empty where nothing costs anything."""
    comparison, costs, results = summary.comparison, summary.costs, summary.comparison.results
    if costs is None:
        return Section(variants={result.name: {"costs": None} for result in results})
    has_interest = bool(summary.settings.get("cash_rate"))
    return Section(
        title="Costs",
        sentences=[costs_text(comparison, costs)],
        tables=[
            Table(
                headings=HEADINGS,
                rows=[list(costs_row(result, costs.variants[result.name])) for result in results],
                folded=False,
            )
        ],
        variants={name: {"costs": costs_entry(its, has_interest)} for name, its in costs.variants.items()},
        files=interest_file(comparison),
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


def costs_entry(its: VariantCosts, has_interest: bool) -> dict[str, Any]:
    """Return the costs of a variant as plain JSON values.

    Where cash bears interest there is no Sharpe ratio before costs: without interest it is one of another return.
    """
    before = {key: json_value(getattr(its.before, key)) for key in ("total_return", "sharpe", "final_value")}
    totals = asdict(its.totals)
    return {
        "paid_and_received": totals,
        "share_of_capital": {kind: amount / its.capital for kind, amount in totals.items()},
        "before": before | ({"sharpe": None} if has_interest else {}),
        "break_even_bps": json_value(its.break_even_bps),
        "break_even_against_buy_and_hold_bps": json_value(its.break_even_against_benchmark_bps),
    }


def costs_row(result: BacktestResult, its: VariantCosts) -> Iterator[str]:
    """Yield the cells of a variant under `HEADINGS`; what was paid is a share of the capital."""
    yield result.name
    yield percent(its.before.total_return)
    yield percent(result.metrics.total_return)
    yield number(result.metrics.turnover, 1)
    for amount in asdict(its.totals).values():
        yield percent(amount / its.capital)
    yield number(its.break_even_bps, 1)
    yield number(its.break_even_against_benchmark_bps, 1)


def interest_file(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Return `costs.csv`, every interest payment of every variant by date; nothing where there are none."""
    flows = [result.cash_flows.assign(strategy=result.name) for result in comparison.results if len(result.cash_flows)]
    if not flows:
        return {}
    return {"costs.csv": pd.concat(flows, ignore_index=True)[FLOW_COLUMNS].sort_values("date", kind="stable")}

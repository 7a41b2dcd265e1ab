"""What the costs did to each variant, in words, as HTML and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backtrader_walkforward.reports.formatting import display_name, json_value, number, percent
from backtrader_walkforward.reports.pages import plain_text
from backtrader_walkforward.reports.sections.nulls_and_seeds import cells, paragraph

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation import BacktestResult, CostReport, VariantCosts
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.reports.run_summary import RunSummary

HEADINGS = (
    "Method",
    "Return<br>before",
    "Return<br>after",
    "Turnover<br>a year",
    "Commission",
    "Slippage",
    "Borrowing",
    "Interest<br>on cash",
    "Break-even<br>to 0, bps",
    "Break-even<br>to B&amp;H",
)


def costs_text(comparison: Comparison, costs: CostReport) -> str:
    """Return what the winner's costs took, and the cost of a trade that it could bear."""
    best, its, hold = comparison.best, costs.variants[comparison.best.name], costs.variants[comparison.benchmark.name]
    gained = its.before.total_return, its.before.total_return - hold.before.total_return
    nothing, level = map(break_even_text, (its.break_even_bps, its.break_even_against_benchmark_bps), gained)
    return (
        f"Costs: {display_name(best.name)} returned {percent(its.before.total_return)} before and"
        f" {percent(best.metrics.total_return)} after them. Commission, slippage and borrowing took"
        f" {percent(its.totals.paid / its.capital)} of the capital, interest on cash gave"
        f" {percent(its.totals.cash_interest / its.capital)}. Break-even cost of a trade: {nothing} to earn nothing,"
        f" {level} to end where buy & hold does."
    )


def break_even_text(bps: float | None, gained: float) -> str:
    """Return a break-even as text; `gained` is what was gained for free.

    >>> break_even_text(12.34, 0.1), break_even_text(None, -0.1)
    ('12.3 basis points', 'none (behind for free)')
    """
    if bps is not None:
        return f"{number(bps, 1)} basis points"
    return "none (ahead at any cost)" if gained > 0 else "none (behind for free)"


def costs_entry(name: str, summary: RunSummary) -> dict[str, Any] | None:
    """Return the costs of the variant of that name as plain JSON values; None where nothing costs anything.

    Where cash bears interest there is no Sharpe ratio before the costs: without interest it is one of another return.
    """
    if summary.costs is None:
        return None
    its = summary.costs.variants[name]
    before = {key: json_value(getattr(its.before, key)) for key in ("total_return", "sharpe", "final_value")}
    totals = asdict(its.totals)
    return {
        "paid_and_received": totals,
        "share_of_capital": {kind: amount / its.capital for kind, amount in totals.items()},
        "before": before | ({"sharpe": None} if summary.settings.get("cash_rate") else {}),
        "break_even_bps": json_value(its.break_even_bps),
        "break_even_against_buy_and_hold_bps": json_value(its.break_even_against_benchmark_bps),
    }


def costs_row(result: BacktestResult, its: VariantCosts) -> Iterator[str]:
    """Yield the cells of a variant as text, under `HEADINGS`; what was paid as a share of the capital."""
    yield result.name
    yield percent(its.before.total_return)
    yield percent(result.metrics.total_return)
    yield number(result.metrics.turnover, 1)
    for amount in asdict(its.totals).values():
        yield percent(amount / its.capital)
    yield number(its.break_even_bps, 1)
    yield number(its.break_even_against_benchmark_bps, 1)


def costs_section(comparison: Comparison, summary: RunSummary) -> str:
    """Return the block of the index page, nothing where nothing costs anything."""
    if summary.costs is None:
        return ""
    results = (*comparison.ranked, comparison.benchmark)
    rows = [costs_row(result, summary.costs.variants[result.name]) for result in results]
    body = "\n".join(f"<tr>{''.join(cells('td', map(plain_text, row)))}</tr>" for row in rows)
    head = f"<thead><tr>{''.join(cells('th', HEADINGS))}</tr></thead>"
    table = f'<div class="scroll"><table class="ranking">{head}\n<tbody>\n{body}\n</tbody></table></div>'
    flows = any(len(result.cash_flows) for result in results)
    link = '<p class="says">Interest, payment by payment: <a href="costs.csv">costs.csv</a>.</p>' if flows else ""
    return "\n".join(["<h2>Costs</h2>", paragraph(costs_text(comparison, summary.costs)), table, link])

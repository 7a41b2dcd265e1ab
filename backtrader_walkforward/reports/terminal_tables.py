"""The tables that the terminal shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from backtrader_walkforward.reports.formatting import (
    measures_of,
    number,
    percent,
    ranking,
    readable_date,
    traded_period,
)
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.sections.costs import HEADINGS, costs_row
from backtrader_walkforward.reports.sections.nulls_and_seeds import range_text
from backtrader_walkforward.reports.sections.regimes import Parts, regime_headings, regime_rows

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation import CostReport
    from backtrader_walkforward.evaluation.by_seed import SeedDispersion
    from backtrader_walkforward.evaluation.comparison import Comparison

WIDE = 100
"""Columns from which the table has room between its own."""

RULES = box.Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)
"""A table with rules below its heading and between its sections, in ASCII."""


def ranking_table(summary: RunSummary, width: int) -> Table:
    """Return the ranking by Sharpe ratio with buy & hold below a rule.

    Figures are never cut: in 80 columns they fit, and the longest names take two lines.
    """
    comparison = summary.comparison
    first, last = map(readable_date, traded_period(comparison))
    title = Text(f"{summary.ticker}, {first} to {last}, ranked by Sharpe ratio\n{summary.source}", style="bold")
    gap = 2 if width >= WIDE else 0
    table = Table(title=title, title_justify="left", box=RULES, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0))
    table.add_column("Method", overflow="fold")
    table.add_column("Type", no_wrap=True)
    for heading in ("Return", "Sharpe", "Max DD", "Win rate"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Beats B&H", no_wrap=True)
    for measures in ranking(comparison):
        best = measures["name"] == comparison.best.name
        marks = [" *BEST*"] if best else []
        marks += [f" bankrupt {measures['bankrupt']}"] if measures["bankrupt"] else []
        beats = ("yes" if measures["beats_benchmark"] else "no ") + "".join(marks)
        table.add_row(*row(measures["name"], measures), beats, style="bold" if best else None)
    table.add_section()
    table.add_row(*row("Buy & Hold (Benchmark)", measures_of(comparison.benchmark)), "")
    return table


def row(name: str, measures: dict[str, Any]) -> list[Text]:
    """Return the cells of one row up to the win rate."""
    cells = (
        name,
        measures["type"],
        percent(measures["total_return"]),
        number(measures["sharpe"]),
        percent(measures["max_drawdown"]),
        percent(measures["win_rate"], 1),
    )
    return [Text(cell) for cell in cells]


def costs_table(comparison: Comparison, costs: CostReport) -> Table:
    """Return what each cost took of each variant's capital, in the order of the ranking, buy & hold last."""
    rows = (costs_row(result, costs.variants[result.name]) for result in (*comparison.ranked, comparison.benchmark))
    return figures_table(map(as_text, HEADINGS), rows)


def regimes_table(comparison: Comparison, parts: Parts) -> Table:
    """Return what each variant made of each regime of a kind, in the order of the ranking, buy & hold last."""
    return figures_table(map(as_text, regime_headings(parts)), regime_rows(comparison, parts))


def figures_table(headings: Iterable[str], rows: Iterable[Iterable[str]], words: int = 1, gap: int = 1) -> Table:
    """Return a table of text, never cut: its first columns, of `words`, at the left, figures at the right."""
    table = Table(box=RULES, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0))
    for place, heading in enumerate(headings):
        table.add_column(Text(heading), justify="left" if place < words else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def as_text(heading: str) -> str:
    """Return a page's heading as a terminal shows it.

    >>> as_text("Buy &amp;<br>hold")
    'Buy &\\nhold'
    """
    return heading.replace("<br>", "\n").replace("&amp;", "&")


def seeds_table(comparison: Comparison, seeds: SeedDispersion) -> Table:
    """Return each variant's return and Sharpe ratio over the seeds, in the order of the ranking."""
    table = Table(box=RULES, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(f"Method, {len(seeds.seeds)} seeds", overflow="fold")
    for heading in ("Return: lowest / median / highest", "Sharpe: lowest / median / highest"):
        table.add_column(heading, justify="right")
    for result in comparison.ranked:
        ranges = (seeds.total_return[result.name], "percent"), (seeds.sharpe[result.name], "number")
        table.add_row(Text(result.name), *(range_text(*values) for values in ranges))
    return table

"""Seeds: the same run with other random numbers."""

from collections.abc import Callable

from backtrader_walkforward.evaluation import Range, SeedDispersion
from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table

PLACE = 50

HEADINGS = ("Strategy", "Return\nlowest / median / highest", "Sharpe ratio\nlowest / median / highest")


def section(summary: RunSummary) -> Section:
    """Return the section; empty where one seed was asked for."""
    seeds = summary.seeds
    if seeds is None:
        return Section(entry={"seeds": None})
    ranges = {r.name: (seeds.total_return[r.name], seeds.sharpe[r.name]) for r in summary.comparison.ranked}
    best_by_seed = dict(zip(map(str, seeds.seeds), seeds.best, strict=True))
    return Section(
        title="Other seeds",
        sentences=[seeds_text(seeds)],
        tables=[
            Table(
                headings=HEADINGS,
                rows=[(name, range_text(a, percent), range_text(b, number)) for name, (a, b) in ranges.items()],
            )
        ],
        entry={"seeds": {"best_by_seed": best_by_seed, "best_changes": seeds.best_changes}},
        variants={
            name: {"total_return_by_seed": total._asdict(), "sharpe_by_seed": sharpe._asdict() if sharpe else None}
            for name, (total, sharpe) in ranges.items()
        },
    )


def seeds_text(seeds: SeedDispersion) -> str:
    """Return whether another seed makes another variant the best."""
    with_seeds = f"With seeds {seeds.seeds[0]} to {seeds.seeds[-1]}"
    if not seeds.best_changes:
        return f"{with_seeds} the best is always {display_name(seeds.best[0])}."
    named = ", ".join(f"{display_name(best)} ({seed})" for seed, best in zip(seeds.seeds, seeds.best, strict=True))
    return f"{with_seeds} the best changes: {named}."


def range_text(values: Range | None, form: Callable[[float], str]) -> str:
    """Return lowest, median and highest."""
    return "n/a" if values is None else " / ".join(map(form, values))

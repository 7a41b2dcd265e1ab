"""Seeds: the same run with other random numbers."""

from collections.abc import Callable, Mapping

from backtrader_walkforward.evaluation import Range, SeedDispersion
from backtrader_walkforward.reports.formatting import UNDEFINED, display_name, number, percent
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section, Table

PLACE = 50


def section(summary: RunSummary) -> Section:
    """Return the section; empty where one seed was asked for."""
    seeds = summary.diagnostics.seeds
    if seeds is None:
        return Section(entry={"seeds": None})
    names = [result.name for result in summary.comparison.ranked]
    figures: dict[str, Mapping[str, Range | None]] = {"total_return": seeds.total_return, "sharpe": seeds.sharpe}
    columns = {
        "Return\nlowest / median / highest": [_range_text(seeds.total_return[name], percent) for name in names],
        "Sharpe ratio\nlowest / median / highest": [_range_text(seeds.sharpe[name], number) for name in names],
    }
    best_by_seed = dict(zip(seeds.seeds, seeds.best, strict=True))
    return Section(
        title="Other seeds",
        sentences=[seeds_text(seeds)],
        tables=[Table.of_variants(names, columns)],
        entry={"seeds": {"best_by_seed": best_by_seed, "best_changes": seeds.best_changes}},
        variants={
            name: {f"{figure}_by_seed": _range(ranges[name]) for figure, ranges in figures.items()} for name in names
        },
    )


def seeds_text(seeds: SeedDispersion) -> str:
    """Return whether another seed makes another variant the best."""
    with_seeds = f"With seeds {seeds.seeds[0]} to {seeds.seeds[-1]}"
    if not seeds.best_changes:
        return f"{with_seeds} the best is always {display_name(seeds.best[0])}."
    named = ", ".join(f"{display_name(best)} ({seed})" for seed, best in zip(seeds.seeds, seeds.best, strict=True))
    return f"{with_seeds} the best changes: {named}."


def _range_text(values: Range | None, form: Callable[[float], str]) -> str:
    return UNDEFINED if values is None else " / ".join(map(form, values))


def _range(values: Range | None) -> dict[str, float] | None:
    return values and values._asdict()

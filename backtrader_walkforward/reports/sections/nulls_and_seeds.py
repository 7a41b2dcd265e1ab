"""What the run is held against beside luck: accounts that knew nothing, and other seeds; in words and as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.pages import plain_text

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.by_seed import Range, SeedDispersion
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.evaluation.null_percentiles import ConstantPosition, NullModels
    from backtrader_walkforward.reports.run_summary import RunSummary

Row = tuple[str, ...]
"""A variant's name and its figures."""


def null_models_text(comparison: Comparison, null_models: NullModels) -> str:
    """Return where the winner stands among accounts that traded through the same broker and knew nothing."""
    best, place = comparison.best.name, null_models.percentiles[comparison.best.name]
    return (
        f"Diagnostics accounts that knew nothing: {display_name(best)} has a higher Sharpe ratio than"
        f" {percent(place.shuffled, 0)} of {null_models.draws} that traded its forecasts in random order, and than"
        f" {percent(place.shifted_positions, 0)} of {null_models.draws} that held its positions on other days."
        f" Always long gave {constant(null_models.always_long)}, always short {constant(null_models.always_short)}."
    )


def constant(null: ConstantPosition) -> str:
    """Return what always holding one weight gave."""
    return f"{percent(null.total_return)} (Sharpe ratio {number(null.sharpe)})"


def seeds_text(seeds: SeedDispersion) -> str:
    """Return whether another seed makes another variant the best."""
    tried = f"With seeds {seeds.seeds[0]} to {seeds.seeds[-1]}"
    if not seeds.best_changes:
        return f"{tried} the best is always {display_name(seeds.best[0])}."
    named = ", ".join(f"{display_name(best)} ({seed})" for seed, best in zip(seeds.seeds, seeds.best, strict=True))
    return f"{tried} the best changes: {named}."


def range_text(values: Range | None, form: str) -> str:
    """Return lowest, median and highest; `form` is percent or number."""
    if values is None:
        return "n/a"
    shown = {"percent": percent, "number": number}[form]
    return " / ".join(shown(value) for value in values)


def null_and_seed_sections(comparison: Comparison, summary: RunSummary) -> str:
    """Return both as HTML, nothing for what was not asked for."""
    parts = []
    if summary.null_models:
        parts += [
            "<h2>Diagnostics what knows nothing</h2>",
            paragraph(null_models_text(comparison, summary.null_models)),
        ]
        parts.append(null_models_table(comparison, summary.null_models))
    if summary.seeds:
        parts += ["<h2>Other seeds</h2>", paragraph(seeds_text(summary.seeds)), seeds_table(comparison, summary.seeds)]
    return "\n".join(parts)


def null_models_table(comparison: Comparison, null_models: NullModels) -> str:
    """Return each variant's places among its nulls, in the order of the ranking."""
    places = [(result.name, null_models.percentiles[result.name]) for result in comparison.ranked]
    rows = [(name, percent(place.shuffled, 0), percent(place.shifted_positions, 0)) for name, place in places]
    return table(("Method", "Above its forecasts<br>in random order", "Above its positions<br>on other days"), rows)


def seeds_table(comparison: Comparison, seeds: SeedDispersion) -> str:
    """Return each variant's ranges over the seeds, in the order of the ranking."""
    names = [result.name for result in comparison.ranked]
    rows = [
        (name, range_text(seeds.total_return[name], "percent"), range_text(seeds.sharpe[name], "number"))
        for name in names
    ]
    return table(("Method", "Return<br>lowest / median / highest", "Sharpe ratio<br>lowest / median / highest"), rows)


def paragraph(text: str) -> str:
    """Return text as a paragraph."""
    return f'<p class="says">{plain_text(text)}</p>'


def table(headings: Row, rows: Iterable[Row]) -> str:
    """Return a table that opens on demand; headings are HTML, cells text."""
    head = "".join(cells("th", headings))
    body = "\n".join(f"<tr>{''.join(cells('td', map(plain_text, row)))}</tr>" for row in rows)
    content = f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"
    whole = f'<div class="scroll"><table class="ranking">{content}</table></div>'
    return f"<details><summary>All variants</summary>{whole}</details>"


def cells(tag: str, row: Iterable[str]) -> Iterator[str]:
    """Yield the cells of a row; the first is text, the rest figures."""
    for column, cell in enumerate(row):
        yield f"<{tag}>{cell}</{tag}>" if column else f'<{tag} class="text">{cell}</{tag}>'

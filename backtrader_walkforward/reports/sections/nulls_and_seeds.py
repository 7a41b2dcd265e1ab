"""What the run is held against beside luck: accounts that knew nothing, and other seeds; in words and as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from backtrader_walkforward.reports.formatting import display_name, number, percent
from backtrader_walkforward.reports.pages import plain_text

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.by_seed import Range, SeedSpread
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.evaluation.null_percentiles import ConstantNull, Nulls
    from backtrader_walkforward.reports.run_summary import RunFacts

Row = tuple[str, ...]
"""A variant's name and its figures."""


def nulls_in_words(comparison: Comparison, nulls: Nulls) -> str:
    """Return where the winner stands among accounts that traded through the same broker and knew nothing."""
    best, place = comparison.best.name, nulls.percentiles[comparison.best.name]
    return (
        f"Beside accounts that knew nothing: {display_name(best)} has a higher Sharpe ratio than"
        f" {percent(place.shuffled, 0)} of {nulls.draws} that traded its forecasts in random order, and than"
        f" {percent(place.same_turnover, 0)} of {nulls.draws} that held its positions on other days."
        f" Always long gave {constant(nulls.always_long)}, always short {constant(nulls.always_short)}."
    )


def constant(null: ConstantNull) -> str:
    """Return what always holding one weight gave."""
    return f"{percent(null.total_return)} (Sharpe ratio {number(null.sharpe)})"


def seeds_in_words(seeds: SeedSpread) -> str:
    """Return whether another seed makes another variant the best."""
    tried = f"With seeds {seeds.seeds[0]} to {seeds.seeds[-1]}"
    if not seeds.best_changes:
        return f"{tried} the best is always {display_name(seeds.best[0])}."
    named = ", ".join(f"{display_name(best)} ({seed})" for seed, best in zip(seeds.seeds, seeds.best, strict=True))
    return f"{tried} the best changes: {named}."


def range_in_words(values: Range | None, form: str) -> str:
    """Return lowest, median and highest; `form` is percent or number."""
    if values is None:
        return "n/a"
    shown = {"percent": percent, "number": number}[form]
    return " / ".join(shown(value) for value in values)


def yardsticks(comparison: Comparison, facts: RunFacts) -> str:
    """Return both as HTML, nothing for what was not asked for."""
    parts = []
    if facts.nulls:
        parts += ["<h2>Beside what knows nothing</h2>", paragraph(nulls_in_words(comparison, facts.nulls))]
        parts.append(nulls_table(comparison, facts.nulls))
    if facts.seeds:
        parts += ["<h2>Other seeds</h2>", paragraph(seeds_in_words(facts.seeds)), seeds_table(comparison, facts.seeds)]
    return "\n".join(parts)


def nulls_table(comparison: Comparison, nulls: Nulls) -> str:
    """Return each variant's places among its nulls, in the order of the ranking."""
    places = [(result.name, nulls.percentiles[result.name]) for result in comparison.ranked]
    rows = [(name, percent(place.shuffled, 0), percent(place.same_turnover, 0)) for name, place in places]
    return table(("Method", "Above its forecasts<br>in random order", "Above its positions<br>on other days"), rows)


def seeds_table(comparison: Comparison, seeds: SeedSpread) -> str:
    """Return each variant's ranges over the seeds, in the order of the ranking."""
    names = [result.name for result in comparison.ranked]
    rows = [
        (name, range_in_words(seeds.total_return[name], "percent"), range_in_words(seeds.sharpe[name], "number"))
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

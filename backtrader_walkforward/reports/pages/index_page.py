"""`index.html`: the verdict, the ranking, the chart and a link to every tear sheet."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.columns import (
    BENCHMARK,
    heading_of,
    measures_of,
    ranking,
    ranking_metrics,
    traded_period,
)
from backtrader_walkforward.reports.formatting import display_name, number, percent, readable_date
from backtrader_walkforward.reports.pages.page import (
    definition_list,
    escape_values,
    escaped,
    figure_cell,
    heading_html,
    link,
    linked,
    notes_html,
    page,
    section_html,
    with_reference,
    yes_or_no,
)
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section

SPARKLINE_WIDTH, SPARKLINE_HEIGHT = 96, 24


def index_page(
    summary: RunSummary, sections: Sequence[Section], chart: bytes, sheets: Mapping[str, str], files: Iterable[str]
) -> str:
    """Return the page.

    Parameters
    ----------
    chart
        PNG of the best variant.
    sheets
        Addresses of the tear sheets by the variant's name.
    files
        Names of the files beside the page.
    """
    comparison, significance = summary.comparison, summary.significance
    first, last = map(readable_date, traded_period(comparison))
    shown = [section for section in sections if section.is_shown]
    return page(
        "index.html",
        title=f"{escaped(summary.ticker)}: {len(comparison.ranked)} variants, ranked",
        dates=f"{first} to {last}",
        days=str(len(comparison.benchmark.equity)),
        source=escaped(summary.source),
        verdict=escaped(significance.verdict),
        warnings=warnings_list(significance.warnings),
        notes=notes_html(summary.notes),
        headline=definition_list(headline(comparison, sections)),
        above="\n".join(section_html(section) for section in shown if section.above_ranking),
        chart=b64encode(chart).decode(),
        head="".join(f"<th>{heading_html(heading)}</th>" for heading in headings(comparison, sections)),
        rows="\n".join(rows(comparison, sections, sheets)),
        sections="\n".join(section_html(section) for section in shown if not section.above_ranking),
        trials=str(significance.trials),
        expected_best=number(significance.expected_best_sharpe),
        files=", ".join(link(name, name) for name in files),
        settings=definition_list(escape_values(dict(sorted(summary.settings.items())))),
    )


def warnings_list(warnings: Iterable[str]) -> str:
    """Return the warnings as HTML, nothing if there are none."""
    entries = "\n".join(f"<li>{escaped(warning)}</li>" for warning in warnings)
    return f'<ul class="warnings">\n{entries}\n</ul>' if entries else ""


def headline(comparison: Comparison, sections: Iterable[Section]) -> dict[str, str]:
    """Return the figures to see first, each with what to compare it with."""
    best, hold = comparison.best.metrics, comparison.benchmark.metrics
    figures = {
        f"Return of {display_name(comparison.best.name)}": (percent(best.total_return), percent(hold.total_return)),
        "Its Sharpe ratio": (number(best.sharpe), number(hold.sharpe)),
    }
    ours = {term: (figure, f"buy & hold {of_hold}") for term, (figure, of_hold) in figures.items()}
    theirs = {term: pair for section in sections for term, pair in section.headline.items()}
    return {term: with_reference(*map(escaped, pair)) for term, pair in (ours | theirs).items()}


def headings(comparison: Comparison, sections: Iterable[Section]) -> list[str]:
    """Return the headings of the figures in the ranking."""
    metrics = ranking_metrics(comparison.best).values()
    of_sections = (heading for section in sections for heading in section.columns)
    return [*map(heading_of, metrics), "Beats\nbuy & hold", *of_sections, "Equity"]


def rows(comparison: Comparison, sections: Iterable[Section], sheets: Mapping[str, str]) -> Iterator[str]:
    """Yield the rows of the ranking, buy & hold last."""
    further = [cells for section in sections for cells in section.columns.values()]
    metrics = ranking_metrics(comparison.best)
    everything = [*ranking(comparison), measures_of(comparison.benchmark)]
    for place, (result, measures) in enumerate(zip(comparison.results, everything, strict=True), start=1):
        figures = [
            f'<td class="{escaped(key)}">{figure_cell(metric, measures[key])}</td>' for key, metric in metrics.items()
        ]
        yield ranking_row(
            place if place <= len(comparison.ranked) else None,
            measures,
            figures,
            [cells.get(result.name, "") for cells in further],
            result.equity,
            sheets,
        )


def ranking_row(
    place: int | None,
    measures: Mapping[str, Any],
    figures: Iterable[str],
    further: Iterable[str],
    equity: pd.Series,
    sheets: Mapping[str, str],
) -> str:
    """Return one row, with the cells of the sections before its curve; a row without a place is the benchmark's."""
    kind = {None: "benchmark", 1: "best"}.get(place, "variant")
    name = linked(measures["name"], sheets) if place else escaped(BENCHMARK)
    badges = ["*BEST*"] if place == 1 else []
    badges += [f"bankrupt {measures['bankrupt']}"] if measures["bankrupt"] else []
    name += "".join(f' <span class="badge">{escaped(badge)}</span>' for badge in badges)
    cells = "".join(
        f"<td>{cell}</td>" for cell in (yes_or_no(measures.get("beats_benchmark")), *further, sparkline(equity))
    )
    return (
        f'<tr class="{kind}"><td>{place or ""}</td><td class="text">{name}</td>'
        f'<td class="text">{escaped(measures["type"])}</td>{"".join(figures)}{cells}</tr>'
    )


def sparkline(equity: pd.Series) -> str:
    """Return the curve as a picture of a line of text's height, from its own lowest to its own highest value."""
    values = equity.to_numpy(float)[:: max(1, len(equity) // SPARKLINE_WIDTH)]
    low, high = values.min(), values.max()
    scale = (SPARKLINE_HEIGHT - 2) / (high - low) if high > low else 0.0
    step = SPARKLINE_WIDTH / max(1, len(values) - 1)
    points = " ".join(f"{i * step:.1f},{1 + (high - value) * scale:.1f}" for i, value in enumerate(values))
    box = f"0 0 {SPARKLINE_WIDTH} {SPARKLINE_HEIGHT}"
    return f'<svg viewBox="{box}" aria-hidden="true"><polyline points="{points}"/></svg>'

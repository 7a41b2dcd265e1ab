"""`index.html`: the verdict, the ranking, the chart and a link to every tear sheet."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from backtrader_walkforward.reports.formatting import (
    display_name,
    number,
    percent,
    price,
    ranking,
    readable_date,
    traded_period,
)
from backtrader_walkforward.reports.formatting import measures_of as measures_of_result
from backtrader_walkforward.reports.pages import definition_list, figure_cell, page, plain_text, yes_or_no
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.sections.costs import costs_section
from backtrader_walkforward.reports.sections.forecast import forecast_summary
from backtrader_walkforward.reports.sections.nulls_and_seeds import null_and_seed_sections
from backtrader_walkforward.reports.sections.regimes import regimes_section
from backtrader_walkforward.reports.sections.significance import (
    figures_of_the_best,
    figures_of_the_ranking,
    significance_cells,
    title_of_the_best,
    warnings_list,
)
from backtrader_walkforward.reports.sections.stops import stops_section

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.significance import Significance

COLUMNS = {
    "total_return": "percent",
    "sharpe": "number",
    "max_drawdown": "percent",
    "win_rate": "percent",
    "trades": "count",
    "exposure": "percent",
}
"""The measures in the ranking, in the order of its columns, and how each is read."""

SPARKLINE_WIDTH, SPARKLINE_HEIGHT = 96, 24


def index_page(summary: RunSummary, chart: bytes, sheets: Mapping[str, str]) -> str:
    """Return the page; `sheets` maps the names of variants to the addresses of their tear sheets."""
    comparison = summary.comparison
    first, last = traded_period(comparison)
    return page(
        "index.html",
        title=f"{plain_text(summary.ticker)}: {len(comparison.ranked)} variants, ranked",
        dates=f"{readable_date(first)} to {readable_date(last)}",
        days=str(len(comparison.benchmark.equity)),
        source=plain_text(summary.source),
        verdict=plain_text(summary.significance.verdict),
        warnings=warnings_list(summary.significance),
        notes="\n".join(f'<p class="note">{plain_text(note)}</p>' for note in summary.notes),
        headline=definition_list(headline(summary)),
        chart=b64encode(chart).decode(),
        best_title=title_of_the_best(comparison),
        luck_of_the_best=definition_list(figures_of_the_best(comparison, summary.significance)),
        luck_of_the_ranking=definition_list(figures_of_the_ranking(comparison, summary.significance)),
        rows="\n".join(rows(comparison, summary.significance, sheets)),
        null_and_seed_sections=null_and_seed_sections(comparison, summary),
        stops=stops_section(comparison, summary.stops),
        regimes=regimes_section(comparison, summary.regimes),
        costs=costs_section(comparison, summary),
        trials=str(summary.significance.trials),
        expected_best=number(summary.significance.expected_best_sharpe),
        forecast_verdict=plain_text(summary.forecast.skill.verdict),
        forecast=definition_list(forecast_summary(summary.forecast)),
        data=definition_list(data_facts(summary)),
        settings=definition_list({str(key): plain_text(summary.settings[key]) for key in sorted(summary.settings)}),
    )


def headline(summary: RunSummary) -> dict[str, str]:
    """Return the five figures to see first, each with the one that puts it into proportion."""
    comparison = summary.comparison
    best, benchmark = measures_of_result(comparison.best), measures_of_result(comparison.benchmark)
    significance, forecast = summary.significance, summary.forecast
    return {
        f"Return of {display_name(comparison.best.name)}": with_reference(
            percent(best["total_return"]), f"buy & hold {percent(benchmark['total_return'])}"
        ),
        "Its Sharpe ratio": with_reference(number(best["sharpe"]), f"buy & hold {number(benchmark['sharpe'])}"),
        "Sharpe ratio luck would show": with_reference(
            number(significance.expected_best_sharpe), f"best of {significance.trials} without skill"
        ),
        "Deflated Sharpe ratio": with_reference(
            number(significance.deflated_sharpe_ratio), "above 0.95 is hardly luck"
        ),
        "Forecast error (RMSE)": with_reference(
            price(forecast.skill.rmse), f"naive {price(forecast.skill.naive_rmse)}"
        ),
    }


def with_reference(figure: str, proportion: str) -> str:
    """Return a figure and, small, what to compare it with."""
    return f"<b>{plain_text(figure)}</b><small>{plain_text(proportion)}</small>"


def rows(comparison: Comparison, significance: Significance, sheets: Mapping[str, str]) -> list[str]:
    """Return the rows of the ranking, buy & hold last."""
    ranked = [
        ranking_row(
            str(place),
            measures,
            significance_cells(comparison, significance, measures),
            result.equity,
            sheets,
            best=result.name == comparison.best.name,
        )
        for place, (result, measures) in enumerate(zip(comparison.ranked, ranking(comparison), strict=True), start=1)
    ]
    benchmark, curve = measures_of_result(comparison.benchmark), comparison.benchmark.equity
    return [*ranked, ranking_row("", benchmark, "<td></td><td></td>", curve, sheets, best=False)]


def ranking_row(
    place: str,
    measures: Mapping[str, Any],
    significance: str,
    equity: pd.Series,
    sheets: Mapping[str, str],
    *,
    best: bool,
) -> str:
    """Return one row with the cells `significance` in it; a row without `beats_benchmark` is the benchmark's."""
    beats = measures.get("beats_benchmark")
    name = plain_text(measures["name"]) if beats is not None else "Buy &amp; hold (benchmark)"
    if measures["name"] in sheets:
        name = f'<a href="{plain_text(sheets[measures["name"]])}">{name}</a>'
    badge = ' <span class="badge">*BEST*</span>' if best else ""
    badge += f' <span class="badge">bankrupt {plain_text(measures["bankrupt"])}</span>' if measures["bankrupt"] else ""
    kind = "best" if best else "benchmark" if beats is None else "variant"
    figures = "".join(f'<td class="{key}">{figure_cell(measures[key], form)}</td>' for key, form in COLUMNS.items())
    return (
        f'<tr class="{kind}"><td>{place}</td><td class="text">{name}{badge}</td>'
        f'<td class="text">{plain_text(measures["type"])}</td>{figures}<td>{yes_or_no(beats)}</td>{significance}'
        f"<td>{sparkline(equity)}</td></tr>"
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


def data_facts(summary: RunSummary) -> dict[str, str]:
    """Return where the prices come from and how to know them again."""
    return {
        "Source": plain_text(summary.source),
        "Prices": f"{readable_date(summary.first_date)} to {readable_date(summary.last_date)}",
        "Rows": number(summary.rows, 0),
        "Seed": plain_text(summary.seed),
        "SHA-256 of the prices begins": plain_text(summary.data_sha256[:16]),
    }

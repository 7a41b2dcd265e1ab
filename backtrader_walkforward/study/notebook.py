"""A result as a notebook shows it: verdict, ranking, chart."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from backtrader_walkforward.reports.chart import draw_chart
from backtrader_walkforward.reports.columns import measures_of, traded_period
from backtrader_walkforward.reports.formatting import number, percent, readable_date
from backtrader_walkforward.reports.pages.page import escaped
from backtrader_walkforward.reports.run_summary import RunSummary

HEADINGS = ("Method", "Type", "Return", "Sharpe", "Max drawdown", "Win rate")

CHART = "Equity of the best variant and of buy and hold; below, the position size"


def html_of(summary: RunSummary) -> str:
    """Return a fragment of HTML that needs no script and no network."""
    comparison, significance, ticker = summary.comparison, summary.significance, summary.ticker
    first, last = map(readable_date, traded_period(comparison))
    head = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
    rows = "\n".join(row_of(measures_of(result)) for result in (*comparison.ranked, comparison.benchmark))
    chart = b64encode(draw_chart(summary)).decode()
    warnings = "".join(f"<li>{escaped(warning)}</li>" for warning in significance.warnings)
    return f"""<div>
<h3>{escaped(ticker)}, {first} to {last}</h3>
<p>{escaped(significance.verdict)}</p>
<ul>{warnings}</ul>
<img alt="{CHART}" style="max-width: 100%" src="data:image/png;base64,{chart}">
<table><thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody></table>
<p>Data: {escaped(summary.source)}</p>
</div>"""


def row_of(measures: Mapping[str, Any]) -> str:
    """Return a row of the ranking."""
    cells = (
        measures["name"],
        measures["type"],
        percent(measures["total_return"]),
        number(measures["sharpe"]),
        percent(measures["max_drawdown"]),
        percent(measures["win_rate"], 1),
    )
    return f"<tr>{''.join(f'<td>{escaped(cell)}</td>' for cell in cells)}</tr>"

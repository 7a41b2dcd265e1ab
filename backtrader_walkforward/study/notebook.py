"""A result as a notebook shows it: verdict, ranking, chart."""

from base64 import b64encode

from backtrader_walkforward.reports.columns import ranking_table
from backtrader_walkforward.reports.drawing.chart import draw_chart
from backtrader_walkforward.reports.formatting import period_text
from backtrader_walkforward.reports.pages.html import escaped, table_html
from backtrader_walkforward.reports.run_summary import RunSummary

CHART = "Equity of the best variant and of buy and hold; below, the position size"


def html_of(summary: RunSummary) -> str:
    """Return a fragment of HTML that needs no script and no network."""
    comparison, significance, ticker = summary.comparison, summary.significance, summary.prices.ticker
    chart = b64encode(draw_chart(summary)).decode()
    warnings = "".join(f"<li>{escaped(warning)}</li>" for warning in significance.warnings)
    return f"""<div>
<h3>{escaped(ticker)}, {period_text(comparison.benchmark.equity)}</h3>
<p>{escaped(significance.verdict)}</p>
<ul>{warnings}</ul>
<img alt="{CHART}" style="max-width: 100%" src="data:image/png;base64,{chart}">
{table_html(ranking_table(comparison))}
<p>Data: {escaped(summary.prices.source)}</p>
</div>"""

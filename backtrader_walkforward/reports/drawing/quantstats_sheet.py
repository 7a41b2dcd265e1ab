"""QuantStats' charts and tables of one curve, side by side. With the two modules it calls, it alone needs QuantStats.

QuantStats is given numbers and the name of the benchmark, and calls the variant `STRATEGY`; its name is put in, and
escaped, here. Its figures are daily and without a risk-free rate. They equal ours where cash bears no interest.
"""

from dataclasses import replace

import pandas as pd
import quantstats

from backtrader_walkforward.data.frequency import name_of_bar
from backtrader_walkforward.reports.drawing.quantstats_charts import STRATEGY, charts
from backtrader_walkforward.reports.drawing.quantstats_tables import (
    WORST,
    drawdowns_table,
    metrics_table,
    yearly_table,
)
from backtrader_walkforward.reports.pages import html
from backtrader_walkforward.reports.section import Table


def quantstats_sheet(
    returns: pd.Series, benchmark: pd.Series, per_year: int, benchmark_name: str, name: str
) -> html.Html:
    """Return the charts and tables as part of a page.

    Note
    ----
    `match_dates=True` would drop the leading days without a position, and change every ratio.
    """
    strategy, other = returns.rename(STRATEGY), benchmark.rename(benchmark_name.capitalize())
    left = html.lines(charts(strategy, other, per_year, name))
    tables = {
        "Key performance metrics": metrics_table(strategy, other, per_year),
        "Returns by year": yearly_table(strategy, other),
        f"Worst {WORST} drawdowns": drawdowns_table(strategy),
    }
    right = html.lines(
        f"{html.element('h2', title)}\n{html.table_html(named(table, name))}" for title, table in tables.items()
    )
    version = html.escaped(quantstats.__version__)
    return html.Html(
        f'<p class="credit">Charts and tables by QuantStats {version}: {per_year} {name_of_bar(per_year)}s a year, no'
        ' risk-free rate, returns compounded. "Win Days" counts days; the win rate above counts trades. "Prob. Sharpe'
        ' Ratio" is the confidence level of a test against 0 of this variant alone, not a probability of skill. Rows'
        " that need a longer record are left out.</p>\n"
        f'<div id="sheet">\n<div id="left">\n{left}\n</div>\n<div id="right">\n{right}\n</div>\n</div>\n'
    )


def named(table: Table, name: str) -> Table:
    """Return a table whose column of the variant has its name."""
    return replace(table, headings=[name if heading == STRATEGY else heading for heading in table.headings])

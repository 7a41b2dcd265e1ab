"""The CSV files of a run.

Numbers are written so that they read back to the bit. Text that a spreadsheet would take for a formula gets a leading
apostrophe.
"""

from collections.abc import Iterable

import pandas as pd

from backtrader_walkforward.evaluation import Comparison
from backtrader_walkforward.reports.columns import ranking
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms of the first, which spreadsheets take for them (OWASP, CSV injection)."""

FORECAST_COLUMNS = ["close", "predicted_close", "predicted_return", "fold", "forecast_spread"]
"""The last is there for an ensemble alone."""
FILL_COLUMNS = ["date", "strategy", "account", "size", "price", "commission"]
TRADE_COLUMNS = ["strategy", "opened", "closed", "size", "profit", "commission"]
"""The account is there where it is known."""


def csv_tables(summary: RunSummary, sections: Iterable[Section]) -> dict[str, pd.DataFrame]:
    """Return the table of every CSV file of a run by the file's name, those of the sections last."""
    comparison, forecasts = summary.comparison, summary.forecasts
    tables = {
        "summary.csv": pd.DataFrame(ranking(comparison)),
        "equity.csv": equity_table(comparison).reset_index(),
        "weights.csv": weights_table(comparison).reset_index(),
        "forecasts.csv": forecasts.filter(items=FORECAST_COLUMNS).rename_axis("date").reset_index(),
        "fills.csv": fills_table(comparison),
        "trades.csv": trades_table(comparison),
    }
    return tables | {name: table for section in sections for name, table in section.files.items()}


def equity_table(comparison: Comparison) -> pd.DataFrame:
    """Return equity at each close: the variants as ranked, buy & hold, then `NAME/active` and `NAME/passive`."""
    columns = {result.name: result.equity for result in comparison.results}
    for result in comparison.ranked:
        columns |= {f"{result.name}/{account}": values for account, values in result.accounts.items()}
    return pd.DataFrame(columns).rename_axis("date")


def weights_table(comparison: Comparison) -> pd.DataFrame:
    """Return the target weight of each variant's active account, decided at each close."""
    return pd.DataFrame({result.name: result.weights for result in comparison.ranked}).rename_axis("date")


def fills_table(comparison: Comparison) -> pd.DataFrame:
    """Return every fill of every variant and of buy & hold by date, within a day as ranked."""
    fills = [result.fills for result in comparison.results if len(result.fills)]
    if not fills:
        return pd.DataFrame(columns=FILL_COLUMNS)
    return pd.concat(fills, ignore_index=True)[FILL_COLUMNS].sort_values("date", kind="stable")


def trades_table(comparison: Comparison) -> pd.DataFrame:
    """Return every closed trade of every variant and of buy & hold, variant after variant as ranked."""
    trades = [result.trades.assign(strategy=result.name) for result in comparison.results if len(result.trades)]
    if not trades:
        return pd.DataFrame(columns=TRADE_COLUMNS)
    return pd.concat(trades, ignore_index=True)[TRADE_COLUMNS]


def to_csv(table: pd.DataFrame) -> str:
    """Return `table` as CSV text, a line feed a row on every system."""
    text_columns = table.select_dtypes(exclude=["number", "bool", "datetime"]).columns
    safe = table.assign(**{name: table[name].map(escape_formula) for name in text_columns})
    safe.columns = pd.Index([escape_formula(name) for name in table.columns])
    return safe.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n")


def escape_formula(cell: object) -> object:
    """Return text that a spreadsheet shows and does not calculate; other values as they are.

    >>> escape_formula("=1+1"), escape_formula("kelly"), escape_formula(-1.5)
    ("'=1+1", 'kelly', -1.5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell

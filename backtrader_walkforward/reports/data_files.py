"""The files of a run for programs: `results.json` and the CSV files.

Numbers are written so that they read back to the bit. Text that a spreadsheet would take for a formula gets a leading
apostrophe in CSV files.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from backtrader_walkforward import __version__
from backtrader_walkforward.reports.columns import measures_of, ranking
from backtrader_walkforward.reports.formatting import json_tree
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section

SCHEMA_VERSION = 2
"""Version of the keys of `results.json`; it grows where a key goes or changes its meaning."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms of the first, which spreadsheets take for them (OWASP, CSV injection)."""

FORECAST_COLUMNS = ["close", "predicted_close", "predicted_return", "fold", "training_mean", "forecast_spread"]
"""The last is there for an ensemble alone."""


def results_json(summary: RunSummary, sections: Iterable[Section]) -> str:
    """Return the run as JSON text, with the entries of its sections; the same run gives the same text.

    Returns are fractions, drawdowns negative fractions, Sharpe ratios annual, dates ISO; what is undefined is null.
    `first_date`, `last_date` and `rows` are those of the prices, `test` the days traded. `best` is null if nothing
    traded.
    """
    comparison, prices = summary.comparison, summary.prices
    traded = comparison.benchmark.equity.index
    entry: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "package_version": __version__,
        "ticker": prices.ticker,
        "source": prices.source,
        "first_date": prices.frame.index[0],
        "last_date": prices.frame.index[-1],
        "rows": len(prices.frame),
        "test": {"first_date": traded[0], "last_date": traded[-1], "days": len(traded)},
        "seed": summary.settings.forecast.seed,
        "data_sha256": prices.sha256,
        "settings": dict(sorted(summary.settings.result_settings().items())),
        "best": comparison.best.name if comparison.traded else None,
        "benchmark": measures_of(comparison.benchmark),
        "strategies": ranking(comparison),
    }
    for section in sections:
        entry |= section.entry
        for variant in (entry["benchmark"], *entry["strategies"]):
            variant |= section.variants.get(variant["name"], {})
    return json_text(entry | {"notes": summary.notes})


def json_text(entry: Mapping[str, Any]) -> str:
    """Return an entry as JSON text, a line for each value; what JSON does not know is made plain by `json_tree`."""
    return json.dumps(json_tree(entry), indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def csv_tables(summary: RunSummary, sections: Iterable[Section]) -> dict[str, pd.DataFrame]:
    """Return the table of every CSV file of a run by the file's name, those of the sections last."""
    forecasts = summary.forecasts.assign(close=summary.prices.frame["Close"])
    tables = {
        "summary.csv": pd.DataFrame(ranking(summary.comparison)),
        "equity.csv": summary.equity.reset_index(),
        "weights.csv": summary.weights.reset_index(),
        "forecasts.csv": forecasts.filter(items=FORECAST_COLUMNS).rename_axis("date").reset_index(),
        "fills.csv": summary.fills,
        "trades.csv": summary.trades,
    }
    return tables | {name: table for section in sections for name, table in section.files.items()}


def to_csv(table: pd.DataFrame, header: bool = True) -> str:
    """Return `table` as CSV text, a line feed a row on every system; without `header` its rows alone."""
    text_columns = table.select_dtypes(exclude=["number", "bool", "datetime"]).columns
    safe = table.assign(**{name: table[name].map(escape_formula) for name in text_columns})
    safe.columns = pd.Index([escape_formula(name) for name in table.columns])
    return safe.to_csv(index=False, header=header, date_format="%Y-%m-%d", lineterminator="\n")


def escape_formula(cell: object) -> object:
    """Return text that a spreadsheet shows and does not calculate; other values as they are.

    >>> escape_formula("=1+1"), escape_formula("kelly"), escape_formula(-1.5)
    ("'=1+1", 'kelly', -1.5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell

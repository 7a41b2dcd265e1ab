"""`results.json`: every figure of a run for programs to read."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from backtrader_walkforward import __version__
from backtrader_walkforward.reports.columns import measures_of, ranking, traded_period
from backtrader_walkforward.reports.formatting import json_tree, json_value
from backtrader_walkforward.reports.run_summary import RunSummary
from backtrader_walkforward.reports.section import Section

SCHEMA_VERSION = 2
"""Version of the keys of `results.json`; it grows where a key goes or changes its meaning."""


def results(summary: RunSummary, sections: Iterable[Section]) -> dict[str, Any]:
    """Return the run as plain JSON values, with the entries of its sections.

    Returns are fractions, drawdowns negative fractions, Sharpe ratios annual, dates ISO; what is undefined is null.
    `first_date`, `last_date` and `rows` are those of the prices, `test` the days traded.
    """
    comparison = summary.comparison
    first, last = map(json_value, traded_period(comparison))
    entry: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "package_version": __version__,
        "ticker": summary.ticker,
        "source": summary.source,
        "first_date": json_value(summary.first_date),
        "last_date": json_value(summary.last_date),
        "rows": summary.rows,
        "test": {"first_date": first, "last_date": last, "days": len(comparison.benchmark.equity)},
        "seed": summary.seed,
        "data_sha256": summary.data_sha256,
        "settings": json_tree(dict(sorted(summary.settings.items()))),
        "best": comparison.best.name,
        "benchmark": measures_of(comparison.benchmark),
        "strategies": ranking(comparison),
    }
    for section in sections:
        entry |= section.entry
        for variant in (entry["benchmark"], *entry["strategies"]):
            variant |= section.variants.get(variant["name"], {})
    return entry | {"notes": list(summary.notes)}


def results_json(summary: RunSummary, sections: Iterable[Section]) -> str:
    """Return `results` as JSON text; the same run gives the same text."""
    return json_text(results(summary, sections))


def json_text(entry: Mapping[str, Any]) -> str:
    """Return JSON values as text, a line for each."""
    return json.dumps(entry, indent=2, allow_nan=False, ensure_ascii=False) + "\n"

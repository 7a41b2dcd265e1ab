"""`results.json`: every figure of a run for programs to read."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from reports.facts import ForecastFacts, RunFacts
from reports.measures import measures_of, plain, ranking, traded_period

if TYPE_CHECKING:
    from analyzers.comparison import Comparison


def results(comparison: Comparison, facts: RunFacts) -> dict[str, Any]:
    """Return the run as plain JSON values.

    Returns are fractions, drawdowns negative fractions, Sharpe ratios annual, dates ISO; what is undefined is null.
    `first_date`, `last_date` and `rows` are those of the prices, `test` the days traded.
    """
    first, last = traded_period(comparison)
    return {
        "ticker": facts.ticker,
        "source": facts.source,
        "first_date": plain(facts.first_date),
        "last_date": plain(facts.last_date),
        "rows": facts.rows,
        "test": {"first_date": plain(first), "last_date": plain(last), "days": len(comparison.benchmark.equity)},
        "seed": facts.seed,
        "data_sha256": facts.data_sha256,
        "config": plain_tree(dict(sorted(facts.config.items()))),
        "forecast": forecast_entry(facts.forecast),
        "benchmark": measures_of(comparison.benchmark),
        "strategies": ranking(comparison),
        "best": comparison.best.name,
        "trials": facts.luck.trials,
        "luck": plain_tree(asdict(facts.luck)),
        "notes": list(facts.notes),
    }


def forecast_entry(forecast: ForecastFacts) -> dict[str, Any]:
    """Return the forecast's facts with its errors among them."""
    entry = asdict(forecast)
    errors = entry.pop("skill")
    following = entry.pop("next_session")
    return plain_tree(entry | errors | {"next_session": dict(following)})


def results_json(comparison: Comparison, facts: RunFacts) -> str:
    """Return `results` as JSON text; the same run gives the same text."""
    return json.dumps(results(comparison, facts), indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def plain_tree(value: Any) -> Any:
    """Return nested mappings and sequences with every leaf `plain`."""
    if isinstance(value, dict):
        return {str(key): plain_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_tree(item) for item in value]
    return plain(value)

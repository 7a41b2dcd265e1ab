"""`results.json`: every figure of a run for programs to read."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backtrader_walkforward.reports.formatting import json_value, measures_of, ranking, traded_period
from backtrader_walkforward.reports.run_summary import ForecastSummary, RunSummary
from backtrader_walkforward.reports.sections.costs import costs_entry

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.by_seed import SeedDispersion
    from backtrader_walkforward.evaluation.null_percentiles import NullModels
    from backtrader_walkforward.significance import Significance


def results(summary: RunSummary) -> dict[str, Any]:
    """Return the run as plain JSON values.

    Returns are fractions, drawdowns negative fractions, Sharpe ratios annual, dates ISO; what is undefined is null.
    `first_date`, `last_date` and `rows` are those of the prices, `test` the days traded.
    """
    comparison = summary.comparison
    first, last = traded_period(comparison)
    return {
        "ticker": summary.ticker,
        "source": summary.source,
        "first_date": json_value(summary.first_date),
        "last_date": json_value(summary.last_date),
        "rows": summary.rows,
        "test": {
            "first_date": json_value(first),
            "last_date": json_value(last),
            "days": len(comparison.benchmark.equity),
        },
        "seed": summary.seed,
        "data_sha256": summary.data_sha256,
        "settings": json_tree(dict(sorted(summary.settings.items()))),
        "forecast": forecast_entry(summary.forecast),
        "benchmark": measures_of(comparison.benchmark) | {"costs": costs_entry(comparison.benchmark.name, summary)},
        "strategies": [
            entry
            | significance_of(entry["name"], summary.significance)
            | place_of(entry["name"], summary)
            | {"costs": costs_entry(entry["name"], summary)}
            | stops_of(entry["name"], summary)
            for entry in ranking(comparison)
        ],
        "best": comparison.best.name,
        "trials": summary.significance.trials,
        "significance": significance_entry(summary.significance),
        "null_models": null_models_entry(summary.null_models),
        "seeds": seeds_entry(summary.seeds),
        "regimes": json_tree([asdict(part) for part in summary.regimes]) if summary.regimes else None,
        "notes": list(summary.notes),
    }


def significance_entry(significance: Significance) -> dict[str, Any]:
    """Return what luck explains of the ranking; what it explains of each variant stands with the variant."""
    entry = asdict(significance)
    del entry["variants"]
    return json_tree(entry)


def significance_of(name: str, significance: Significance) -> dict[str, Any]:
    """Return how far the Sharpe ratio of the variant of that name may be luck."""
    return json_tree(asdict(significance.variant(name)))


def place_of(name: str, summary: RunSummary) -> dict[str, Any]:
    """Return where the variant of that name stands among its nulls, and its ranges over the seeds."""
    entry: dict[str, Any] = {}
    if summary.null_models:
        place = summary.null_models.percentiles[name]
        entry |= {"above_shuffled": place.shuffled, "above_shifted_positions": place.shifted_positions}
    if summary.seeds:
        entry["total_return_by_seed"] = summary.seeds.total_return[name]._asdict()
        sharpe = summary.seeds.sharpe[name]
        entry["sharpe_by_seed"] = sharpe._asdict() if sharpe else None
    return json_tree(entry)


def stops_of(name: str, summary: RunSummary) -> dict[str, Any]:
    """Return what stops did to the variant of that name, null where none was on."""
    effect = (summary.stops or {}).get(name)
    return {"stops": json_tree(asdict(effect)) if effect else None}


def null_models_entry(null_models: NullModels | None) -> dict[str, Any] | None:
    """Return what always long and always short gave; the places among the nulls stand with the variants."""
    if null_models is None:
        return None
    constants = {"always_long": asdict(null_models.always_long), "always_short": asdict(null_models.always_short)}
    return json_tree({"draws": null_models.draws} | constants)


def seeds_entry(seeds: SeedDispersion | None) -> dict[str, Any] | None:
    """Return the best variant with each seed; the ranges stand with the variants."""
    if seeds is None:
        return None
    best = dict(zip(map(str, seeds.seeds), seeds.best, strict=True))
    return {"best_by_seed": best, "best_changes": seeds.best_changes}


def forecast_entry(forecast: ForecastSummary) -> dict[str, Any]:
    """Return the forecast's facts with its errors among them."""
    entry = asdict(forecast)
    errors = entry.pop("skill")
    following = entry.pop("next_session")
    return json_tree(entry | errors | {"next_session": dict(following)})


def results_json(summary: RunSummary) -> str:
    """Return `results` as JSON text; the same run gives the same text."""
    return json.dumps(results(summary), indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def json_tree(value: Any) -> Any:
    """Return nested mappings and sequences with every leaf `json_value`."""
    if isinstance(value, dict):
        return {str(key): json_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_tree(item) for item in value]
    return json_value(value)

"""`results.json`: every figure of a run for programs to read."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backtrader_walkforward.reports.formatting import measures_of, plain, ranking, traded_period
from backtrader_walkforward.reports.run_summary import ForecastFacts, RunFacts
from backtrader_walkforward.reports.sections.costs import costs_entry

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation.by_seed import SeedSpread
    from backtrader_walkforward.evaluation.comparison import Comparison
    from backtrader_walkforward.evaluation.null_percentiles import Nulls
    from backtrader_walkforward.significance import Luck


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
        "benchmark": measures_of(comparison.benchmark) | {"costs": costs_entry(comparison.benchmark.name, facts)},
        "strategies": [
            entry
            | luck_of(entry["name"], facts.luck)
            | place_of(entry["name"], facts)
            | {"costs": costs_entry(entry["name"], facts)}
            | stops_of(entry["name"], facts)
            for entry in ranking(comparison)
        ],
        "best": comparison.best.name,
        "trials": facts.luck.trials,
        "luck": luck_entry(facts.luck),
        "nulls": nulls_entry(facts.nulls),
        "seeds": seeds_entry(facts.seeds),
        "regimes": plain_tree([asdict(part) for part in facts.regimes]) if facts.regimes else None,
        "notes": list(facts.notes),
    }


def luck_entry(luck: Luck) -> dict[str, Any]:
    """Return what luck explains of the ranking; what it explains of each variant stands with the variant."""
    entry = asdict(luck)
    del entry["variants"]
    return plain_tree(entry)


def luck_of(name: str, luck: Luck) -> dict[str, Any]:
    """Return how far the Sharpe ratio of the variant of that name may be luck."""
    return plain_tree(asdict(luck.variant(name)))


def place_of(name: str, facts: RunFacts) -> dict[str, Any]:
    """Return where the variant of that name stands among its nulls, and its ranges over the seeds."""
    entry: dict[str, Any] = {}
    if facts.nulls:
        place = facts.nulls.percentiles[name]
        entry |= {"above_shuffled": place.shuffled, "above_same_turnover": place.same_turnover}
    if facts.seeds:
        entry["total_return_by_seed"] = facts.seeds.total_return[name]._asdict()
        sharpe = facts.seeds.sharpe[name]
        entry["sharpe_by_seed"] = sharpe._asdict() if sharpe else None
    return plain_tree(entry)


def stops_of(name: str, facts: RunFacts) -> dict[str, Any]:
    """Return what stops did to the variant of that name, null where none was on."""
    effect = (facts.stops or {}).get(name)
    return {"stops": plain_tree(asdict(effect)) if effect else None}


def nulls_entry(nulls: Nulls | None) -> dict[str, Any] | None:
    """Return what always long and always short gave; the places among the nulls stand with the variants."""
    if nulls is None:
        return None
    constants = {"always_long": asdict(nulls.always_long), "always_short": asdict(nulls.always_short)}
    return plain_tree({"draws": nulls.draws} | constants)


def seeds_entry(seeds: SeedSpread | None) -> dict[str, Any] | None:
    """Return the best variant with each seed; the ranges stand with the variants."""
    if seeds is None:
        return None
    best = dict(zip(map(str, seeds.seeds), seeds.best, strict=True))
    return {"best_by_seed": best, "best_changes": seeds.best_changes}


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

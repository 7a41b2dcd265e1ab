"""A live record beside its backtest, in words, as a table and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from backtrader_walkforward.reports.formatting import json_value, number, percent
from backtrader_walkforward.system.text import pluralize

if TYPE_CHECKING:
    from backtrader_walkforward.evaluation import LiveRecord, LiveVariant

HEADINGS = ("Method", "Live", "Backtest", "Difference", "Largest gap", "Fills", "Differ")


def live_text(record: LiveRecord) -> list[str]:
    """Return what the comparison says, a sentence or two a line."""
    return [verdict_of(record), *forecasts_text(record), *late_text(record)]


def verdict_of(record: LiveRecord) -> str:
    """Return whether live and backtest agree, and what that means."""
    if record.is_equal:
        return (
            f"Live and backtest agree to the cent on {pluralize(record.days, 'day')}: nothing was known to the one that"
            " the other did not know."
        )
    mismatch = [name for name, variant in record.variants.items() if not variant.is_equal]
    if not mismatch:
        return "Live and backtest traded the same, from forecasts that differ."
    widest = max(mismatch, key=lambda name: record.variants[name].largest_gap)
    gap = number(record.variants[widest].largest_gap)
    return (
        f"Live and backtest differ in {len(mismatch)} of {len(record.variants)} accounts, most in {widest}: by {gap} of"
        " equity. One of them knew what the other did not: prices that were corrected since, code or libraries that"
        " have changed, or the future."
    )


def forecasts_text(record: LiveRecord) -> Iterator[str]:
    """Yield how many forecasts the backtest makes otherwise, if it does."""
    if record.forecasts_that_differ:
        gap = record.largest_forecast_gap
        yield f"{record.forecasts_that_differ} of {record.days} forecasts differ, by up to {percent(gap, 4)}."


def late_text(record: LiveRecord) -> Iterator[str]:
    """Yield how many forecasts were not live at all, if some were not."""
    if record.late:
        yield (
            f"{record.late} of {record.days} forecasts were recorded after the fact, on an session that knew a later"
            " session or days after their own: they are a replay, no live record."
        )


def live_rows(record: LiveRecord) -> list[list[str]]:
    """Return the cells of the table under `HEADINGS`."""
    return [[name, *cells_of(variant)] for name, variant in record.variants.items()]


def cells_of(variant: LiveVariant) -> Iterator[str]:
    """Yield the figures of one variant as text."""
    yield from map(percent, (variant.live_return, variant.backtest_return, variant.difference))
    yield number(variant.largest_gap)
    yield from (number(count, 0) for count in (variant.fills, variant.fills_that_differ))


def live_entry(record: LiveRecord) -> dict[str, Any]:
    """Return the comparison as plain JSON values."""
    entry = asdict(record)
    entry["variants"] = [
        {"name": name}
        | {key: json_value(value) for key, value in asdict(variant).items()}
        | {"equal": variant.is_equal}
        for name, variant in record.variants.items()
    ]
    return {"equal": record.is_equal} | entry

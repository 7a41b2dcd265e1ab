"""A live record compared with its backtest: sentences, table and JSON entry."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from backtrader_walkforward.evaluation import LiveRecord, LiveVariant
from backtrader_walkforward.reports.formatting import count, json_tree, number, percent
from backtrader_walkforward.reports.section import Section, Table
from backtrader_walkforward.system.text import pluralize

HEADINGS = ("Strategy", "Live", "Backtest", "Difference", "Largest gap", "Fills", "Differ")


def live_section(record: LiveRecord) -> Section:
    """Return the comparison as a section; its first sentence is the verdict."""
    rows = [[name, *cells_of(variant)] for name, variant in record.variants.items()]
    return Section(
        title="Account by account",
        sentences=[verdict_of(record), *forecasts_text(record), *late_text(record)],
        tables=[Table(headings=HEADINGS, rows=rows, folded=False)],
        entry=live_entry(record),
    )


def verdict_of(record: LiveRecord) -> str:
    """Return whether live and backtest agree, and what follows."""
    if record.is_equal:
        return (
            f"Live and backtest agree to the cent on {pluralize(record.days, 'day')}: the backtest used nothing that"
            " was unknown in the live sessions."
        )
    mismatch = [name for name, variant in record.variants.items() if not variant.is_equal]
    if not mismatch:
        return "Live and backtest traded the same, from forecasts that differ."
    widest = max(mismatch, key=lambda name: record.variants[name].largest_gap)
    gap = number(record.variants[widest].largest_gap)
    return (
        f"Live and backtest differ in {len(mismatch)} of {len(record.variants)} accounts, most in {widest}: by {gap} of"
        " equity. Possible reasons: prices that were corrected since, code or libraries that have changed, or a"
        " backtest that looks into the future."
    )


def forecasts_text(record: LiveRecord) -> Iterator[str]:
    """Yield how many forecasts differ in the backtest, if some do."""
    if record.forecasts_that_differ:
        gap = record.largest_forecast_gap
        yield f"{record.forecasts_that_differ} of {record.days} forecasts differ, by up to {percent(gap, 4)}."


def late_text(record: LiveRecord) -> Iterator[str]:
    """Yield how many forecasts were not live, if some were not."""
    if record.late:
        yield (
            f"{record.late} of {record.days} forecasts were recorded after the fact, in a session that knew a later"
            " session, or days after their own: they are a replay, not a live record."
        )


def cells_of(variant: LiveVariant) -> Iterator[str]:
    """Yield the figures of one variant as text."""
    yield from map(percent, (variant.live_return, variant.backtest_return, variant.difference))
    yield number(variant.largest_gap)
    yield from map(count, (variant.fills, variant.fills_that_differ))


def live_entry(record: LiveRecord) -> dict[str, Any]:
    """Return the comparison as plain JSON values."""
    variants = [
        {"name": name} | asdict(variant) | {"equal": variant.is_equal} for name, variant in record.variants.items()
    ]
    return json_tree({"equal": record.is_equal} | asdict(record) | {"variants": variants})

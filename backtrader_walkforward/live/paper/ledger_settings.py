"""The header of a ledger, and the settings and prices that match it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd

from backtrader_walkforward.data import Prices, load_prices
from backtrader_walkforward.errors import ArgumentError
from backtrader_walkforward.live.paper.paper_ledger import LedgerError
from backtrader_walkforward.live.paper.prices.kinds_of_closes import require_same_kinds, unused_columns
from backtrader_walkforward.live.paper.record import LedgerHeader, Record
from backtrader_walkforward.settings.field import option_of
from backtrader_walkforward.settings.settings import FIELDS, Settings, format_setting
from backtrader_walkforward.study import Stages
from backtrader_walkforward.trading.variants import BENCHMARK, find_strategies

ANOTHER = "start another ledger with --cache-dir DIR"


def stages_of(record: Record, settings: Settings) -> Stages:
    """Return the stages with the variants of the ledger, and buy & hold.

    Raises
    ------
    ArgumentError
        If the settings are not those of the ledger.
    LedgerError
        If the file of a strategy is gone.
    """
    require_same_settings(record, settings)
    stages, header = Stages.of(settings), record.header
    found = {variant.strategy_name for variant in stages.variants}
    for name in header.strategies:
        if name not in found:
            raise LedgerError(
                f"the ledger trades {name!r}, but strategies/ no longer has it - put its file back, or {ANOTHER}"
            )
    own = (*header.strategies, BENCHMARK.strategy_name)
    return replace(stages, variants=tuple(variant for variant in stages.variants if variant.strategy_name in own))


def strategies_left_out(header: LedgerHeader, settings: Settings) -> Iterator[str]:
    """Yield a note on the strategies that were added after the ledger was opened."""
    opened = {name.partition("(")[0] for name in header.strategies}
    later = [name for name in find_strategies(settings.trading.strategies or ()) if name not in opened]
    if later:
        yield f"{', '.join(later)}: not in this ledger, because it was opened before"


def require_same_settings(record: Record, settings: Settings) -> None:
    """Raise unless the settings are those of the header, and do not end before the ledger does.

    A setting that the header does not have counts as its default.
    """
    defaults, opened = Settings().ledger_settings(), record.header.settings
    for name, value in settings.ledger_settings().items():
        before = opened.get(name, defaults[name])
        if value != before:
            raise ArgumentError(
                f"{option_of(FIELDS[name])} is {format_setting(name, value)}, but the ledger was opened with"
                f" {format_setting(name, before)} - use the same value, or {ANOTHER}"
            )
    if settings.data.end and settings.data.end < record.last_day.date():
        raise ArgumentError(
            f"--end {settings.data.end} is before {record.last_day:%Y-%m-%d}, the last day of the ledger, which"
            f" only grows - use a later day, or {ANOTHER}"
        )


def prices_since_opened(record: Record, settings: Settings, now: datetime) -> Prices:
    """Return the prices, and those of the peers, from the first bar of a ledger on.

    Averages of a peer begin on its first day: one that begins elsewhere in each session has other features. Today is
    the day in UTC, as in `load_prices`.

    Raises
    ------
    LedgerError
        If they have another origin, or closes of another kind, than those of the ledger.
    """
    days = ((settings.data.end or now.astimezone(UTC).date()) - record.first_day.date()).days + 1
    header = record.header
    prices = load_prices(settings.replace(period=days), warm_up=0, now=now, refresh=True, kinds=header.kinds_of_closes)
    if prices.origin != header.source:
        remedy = "take them from there" if prices.used_source == "csv" else "try again later"
        raise LedgerError(
            f"the prices come from {prices.origin}, but those of the ledger from {header.source}"
            f" - {remedy}, or {ANOTHER}"
        )
    require_same_kinds(record, prices, f"give a file of that kind, or {ANOTHER}")
    prices = prices.with_notes(*unused_columns(header, prices))
    own, *peers = (since(one, record.first_day) for one in (prices, *prices.peers))
    return replace(own, peers=tuple(peers))


def since(prices: Prices, day: pd.Timestamp) -> Prices:
    """Return the prices from a day on."""
    return prices.between(int(prices.frame.index.searchsorted(day)), len(prices.frame))

"""Kinds of the closes of a file that names actions and has no adjusted close: decided once, and kept by the ledger.

Closes tell by odds whether they are adjusted, and the odds change with each day.
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from backtrader_walkforward.data import Prices
from backtrader_walkforward.data.actions.told_by_closes import ADJUSTED_ALREADY, AS_QUOTED, UNCLEAR
from backtrader_walkforward.data.prices import DIVIDEND, SPLIT, YAHOO_DIVIDENDS, YAHOO_SPLITS
from backtrader_walkforward.live.paper.paper_ledger import LedgerError
from backtrader_walkforward.live.paper.record import KINDS_OF_CLOSES, LedgerHeader, Record

ACTIONS = {YAHOO_DIVIDENDS: (DIVIDEND, 0.0), YAHOO_SPLITS: (SPLIT, 1.0)}
"""Action that each column of a file names, and its value on a day without one."""


def with_kinds(header: LedgerHeader, found: dict[str, str]) -> LedgerHeader:
    """Return the header with the kinds that it has, and those that were found for other columns."""
    kinds = found | header.kinds_of_closes
    return replace(header, settings=header.settings | {KINDS_OF_CLOSES: kinds}) if kinds else header


def known_kinds(prices: Prices) -> dict[str, str]:
    """Return the kinds of the columns by which the closes tell whether they are adjusted."""
    return {column: kind for column, kind in prices.kinds_of_closes.items() if kind != UNCLEAR}


def actions_as_quoted(prices: Prices) -> dict[str, pd.Index]:
    """Return the days of the actions of each column by which the closes fall."""
    if prices.actions is None:
        return {}
    days = {column: prices.actions.index[prices.actions[name] != none] for column, (name, none) in ACTIONS.items()}
    return {column: of_it for column, of_it in days.items() if prices.kinds_of_closes.get(column) == AS_QUOTED}


def require_same_kinds(record: Record, prices: Prices, remedy: str) -> None:
    """Raise if the closes of a file are adjusted now and were as quoted, or the other way round.

    A column that the ledger began without may name what came since, and nothing before.
    """
    header = record.header
    for column, days in actions_as_quoted(prices).items():
        earlier = days[days <= record.paper_day]
        if column not in header.kinds_of_closes and len(earlier):
            raise LedgerError(
                f"{prices.source}: its closes fall by its {column!r} of {earlier[0]:%Y-%m-%d}, and the ledger began"
                f" on {record.paper_day:%Y-%m-%d} without this column - leave it out, or {remedy}"
            )
    for column, kind in header.kinds_of_closes.items():
        now = known_kinds(prices).get(column, kind)
        if UNCLEAR != kind != now:
            words = {AS_QUOTED: f"fall by its {column!r}", ADJUSTED_ALREADY: f"are adjusted for its {column!r}"}
            raise LedgerError(
                f"{prices.source}: its closes {words[now]} now, and those of earlier sessions {words[kind]} - {remedy}"
            )
    if AS_QUOTED in header.kinds_of_closes.values() and prices.unadjusted_close is None:
        raise LedgerError(
            f"{prices.source}: its closes are used as they are now, and those of earlier sessions were adjusted by"
            f" columns of dividends and splits - {remedy}"
        )


def unused_columns(header: LedgerHeader, prices: Prices) -> Iterator[str]:
    """Yield a note on each column that the ledger began without, where the closes fall by it after all."""
    for column, kind in header.kinds_of_closes.items():
        if kind == UNCLEAR and prices.kinds_of_closes.get(column) == AS_QUOTED:
            yield (
                f"the closes fall by the column {column!r}, and did not tell so when the ledger began: it goes on"
                " without this column"
            )

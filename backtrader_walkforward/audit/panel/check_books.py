"""Checks of the books: target weights and fills, with the bars of all tickers that end early, and come day by day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby

import pandas as pd

from backtrader_walkforward.audit.check_trading import UNSEEDED, for_variants
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure, answers_of, for_each, only
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel
from backtrader_walkforward.audit.panel.book_differences import days_of_difference, first_difference_until
from backtrader_walkforward.audit.panel.day_stream import days_of_bars
from backtrader_walkforward.audit.panel.sources import leaking_ticker
from backtrader_walkforward.audit.panel.trade_books import Histories, Traded, trade, trade_day_by_day
from backtrader_walkforward.audit.perturbed_history import drawn
from backtrader_walkforward.trading.variants import Variant

STAGE = "book"

MOST_ENDS = 12
"""Most days on which the histories of a suspect end."""


def book_rooms(panel: AuditedPanel, dates: Sequence[pd.Timestamp]) -> list[CleanRoom]:
    """Compare each day's target weights and fills with those of processes that never had a later bar of any ticker.

    One process gets the bars of each day once all books have decided on the day before. One is given the histories
    that end on the dates, which it trades as the panel does. Strategies that trade differently are suspects.
    """
    groups = groupby(panel.variants, key=lambda variant: variant.strategy_name)
    strategies = [list(group) for _, group in groups]

    def check_days(answer: Traded | Failure) -> Iterator[Finding]:
        by_name = {} if isinstance(answer, Failure) else {book.name: book for book in answer}
        for own in strategies:
            others = [days_of_difference(panel.books[one.name], by_name.get(one.name)) for one in own]
            yield from findings_on(panel, own, sorted(set().union(*others)))

    def check_dates(answer: list[Traded | Failure] | Failure) -> Iterator[Finding]:
        results = answer if isinstance(answer, list) else [answer] * len(ends)
        for own in strategies:
            found = [end for end, traded in zip(ends, results, strict=True) if differs_early(panel, own, end, traded)]
            yield from findings_on(panel, own, found)

    ends = [day for day in sorted(dates) if is_clear(panel, day)]
    how = panel.variants, panel.settings, panel.first_day
    columns = {ticker: list(own) for ticker, own in panel.signals.items()}
    arguments = list(panel.signals), columns, *how
    cut = (cut_off(panel.signals, panel.signals, end) for end in ends)
    return [
        CleanRoom(trade_day_by_day, days_of_bars(panel.signals), arguments, check_days),
        CleanRoom(for_each, cut, (trade, *how), check_dates),
    ]


def cut_off(bars: Mapping[str, pd.DataFrame], tickers: Collection[str], end: pd.Timestamp) -> Histories:
    """Return the bars, those of these tickers up to a day; a ticker without any is left out."""
    known = {ticker: own.loc[:end] if ticker in tickers else own for ticker, own in bars.items()}
    return {ticker: own for ticker, own in known.items() if len(own)}


def is_clear(panel: AuditedPanel, day: pd.Timestamp) -> bool:
    """Tell whether a history that ends on the day looks as one that goes on: no ticker has been away for long.

    A ticker without bars for `longest_gap` days has ended if no bar follows, and is only closed then.
    """
    gap = min(longest_gap(variant) for variant in panel.variants)
    before = {ticker: own.index[own.index <= day] for ticker, own in panel.signals.items()}
    return all(
        not len(days) or day - days[-1] <= gap or days[-1] == panel.signals[ticker].index[-1]
        for ticker, days in before.items()
    )


def longest_gap(variant: Variant) -> pd.Timedelta:
    """Return the time without a bar after which a strategy takes a ticker's prices to have ended."""
    return pd.Timedelta(days=variant.value_of("longest_gap"))


def findings_on(panel: AuditedPanel, variants: Sequence[Variant], ends: Sequence[pd.Timestamp]) -> Iterator[Finding]:
    """Yield a finding for each variant of a strategy, which is examined if it trades differently on any of the days."""
    found = examine(panel, variants[0], ends) if ends else None
    fills = {variant.name: len(panel.books[variant.name].fills) for variant in variants}
    yield from for_variants(found, STAGE, fills, "it has no fill")


def examine(panel: AuditedPanel, variant: Variant, ends: Sequence[pd.Timestamp]) -> Finding | None:
    """Return the failure of a suspect on histories that end on some of the days; None without.

    It trades as in the panel, with all bars at the start. The failure names the ticker whose later bars it reads.
    """
    clear = [end for end in ends if is_clear(panel, end)]
    for end in drawn(clear, MOST_ENDS, panel.settings.forecast.seed):
        traded = traded_without(panel, variant, panel.signals, end)
        if difference := early_difference(panel, variant, end, traded):
            day, what = difference
            if early_difference(panel, variant, end, traded_without(panel, variant, (), end)):
                return Finding(STAGE, variant.name, 0, reason=UNSEEDED)
            return Finding(STAGE, variant.name, 1, f"{what}{source_text(panel, variant, end)}", day)
    return None


def source_text(panel: AuditedPanel, variant: Variant, end: pd.Timestamp) -> str:
    """Return the ticker whose later bars alone change what a variant does, as the end of a sentence."""

    def changes(tickers: Collection[str]) -> bool:
        return early_difference(panel, variant, end, traded_without(panel, variant, tickers, end)) is not None

    source = leaking_ticker(list(panel.signals), changes)
    return f": it reads later bars of {source}" if source else ""


def traded_without(
    panel: AuditedPanel, variant: Variant, tickers: Collection[str], end: pd.Timestamp
) -> Traded | Failure:
    """Trade a variant in a clean room, without the bars of these tickers after a day."""
    histories = iter([cut_off(panel.signals, tickers, end)])
    room = CleanRoom(for_each, histories, (trade, [variant], panel.settings, panel.first_day), lambda _: ())
    [answer] = answers_of([room], 1)
    found: Traded | Failure = only(answer)
    return found


def differs_early(
    panel: AuditedPanel, variants: Sequence[Variant], end: pd.Timestamp, traded: Traded | Failure
) -> bool:
    """Tell whether any of the variants trades differently up to the end of the histories."""
    return any(early_difference(panel, variant, end, traded) for variant in variants)


def early_difference(
    panel: AuditedPanel, variant: Variant, end: pd.Timestamp, traded: Traded | Failure
) -> tuple[pd.Timestamp, str] | None:
    """Return the first day up to the end on which a variant trades differently, and how; None without.

    A strategy whose indicators need more bars has not traded yet.
    """
    before = panel.books[variant.name]
    if isinstance(traded, Failure):
        has_traded = len(before.fills) and before.fills["date"].min() <= end
        return (end, f"fails when the histories end on that day, {traded.reason}") if has_traded else None
    after = next(book for book in traded if book.name == variant.name)
    return first_difference_until(before, after, end)

"""Checks of the books: target weights and fills, with the bars of all tickers that end early, and come day by day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby, zip_longest

import numpy as np
import pandas as pd

from backtrader_walkforward.audit.check_trading import first_other_fill
from backtrader_walkforward.audit.clean_room import CleanRoom, Failure, answers_of
from backtrader_walkforward.audit.finding import Finding
from backtrader_walkforward.audit.panel.audited_panel import AuditedPanel
from backtrader_walkforward.audit.panel.day_stream import Bars, DayStream, days_of_bars
from backtrader_walkforward.audit.panel.sources import leaking_ticker
from backtrader_walkforward.errors import UserError
from backtrader_walkforward.evaluation import BacktestResult
from backtrader_walkforward.panels.book.result import BookResult
from backtrader_walkforward.panels.book.run import book_results, book_variants
from backtrader_walkforward.panels.book.trade import feeds_of, first_day_of
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.trading.variants import Variant

STAGE = "book"

MOST_ENDS = 12
"""Most days on which the histories of a suspect end."""

ROUNDING = 1e-9
"""Largest relative difference of two fills, where bars are loaded one by one: sums are then added in another order."""

UNSEEDED = "trades differently each time, so that nothing can be compared: seed it"

Histories = dict[str, pd.DataFrame]
"""Bars by ticker."""

Traded = list[BookResult]


def with_books(panel: AuditedPanel, strategies: Sequence[str] | None) -> AuditedPanel:
    """Return the panel with its books."""
    variants, first_day = book_variants(panel.settings, strategies), first_day_of(panel.signals)
    books = trade(panel.signals, variants, panel.settings, first_day)
    return replace(panel, variants=variants, first_day=first_day, books={book.name: book for book in books})


def trade(bars: Histories, variants: Sequence[Variant], settings: Settings, first_day: date | None) -> Traded:
    """Trade the variants over bars that are all known at the start."""
    return book_results(feeds_of(bars), bars, variants, settings, first_day)


def trade_day_by_day(
    days: Iterator[Bars],
    tickers: Sequence[str],
    columns: Mapping[str, list[str]],
    variants: Sequence[Variant],
    settings: Settings,
    first_day: date | None,
) -> Traded:
    """Trade the variants over the bars that come."""
    stream = DayStream(days)
    feeds = {ticker: stream.feed(ticker, columns[ticker]) for ticker in tickers}
    bars = {ticker: feed.p.dataname for ticker, feed in feeds.items()}
    return book_results(feeds, bars, variants, settings, first_day, bar_by_bar=True)


def trade_histories(
    histories: Iterator[Histories], variants: Sequence[Variant], settings: Settings, first_day: date | None
) -> list[Traded | Failure]:
    """Return the results of the variants on each history, or why there are none."""
    return [_traded(bars, variants, settings, first_day) for bars in histories]


def _traded(
    bars: Histories, variants: Sequence[Variant], settings: Settings, first_day: date | None
) -> Traded | Failure:
    try:
        return trade(bars, variants, settings, first_day)
    except UserError as error:
        return Failure(str(error))


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
        CleanRoom(trade_histories, cut, how, check_dates),
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
    for variant in variants:
        if found:
            yield replace(found, name=variant.name)
        else:
            fills = len(panel.books[variant.name].fills)
            yield Finding(STAGE, variant.name, fills, reason="it has no fill")


def examine(panel: AuditedPanel, variant: Variant, ends: Sequence[pd.Timestamp]) -> Finding | None:
    """Return the failure of a suspect on histories that end on some of the days; None without.

    It trades as in the panel, with all bars at the start. The failure names the ticker whose later bars it reads.
    """
    random = np.random.default_rng(panel.settings.forecast.seed)
    clear = [end for end in ends if is_clear(panel, end)]
    chosen = sorted(random.choice(len(clear), min(len(clear), MOST_ENDS), replace=False))
    for end in [clear[place] for place in chosen]:
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
    room = CleanRoom(trade_histories, histories, ([variant], panel.settings, panel.first_day), lambda _: ())
    [answer] = answers_of([room], 1)
    found: Traded | Failure = answer if isinstance(answer, Failure) else answer[0]
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
    if weight := first_other_weight(pd.DataFrame(before.weights.loc[:end]), pd.DataFrame(after.weights)):
        day, ticker = weight
        return day, f"weighs {ticker} differently when later bars are missing"
    if (fill := first_other_fill(known_fills(before, end), known_fills(after, end))) is not None:
        return fill, "fills differently when later bars are missing"
    return None


def known_fills(book: BacktestResult, end: pd.Timestamp) -> pd.DataFrame:
    """Return the fills that were booked up to a day."""
    fills: pd.DataFrame = book.analyses["fills"]
    return fills[fills["booked"] <= end]


def first_other_weight(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.Timestamp, str] | None:
    """Return the first day on which a target weight differs in a bit, and its ticker; None if none does."""
    places = np.argwhere(other_weights(before, after))
    return (before.index[places[0][0]], str(before.columns[places[0][1]])) if len(places) else None


def other_weights(before: pd.DataFrame, after: pd.DataFrame) -> np.ndarray:
    """Tell for each day and ticker of a table whether the target weight differs in a bit; one that is absent is 0."""
    others = after.reindex(index=before.index, columns=before.columns).fillna(0.0)
    different: np.ndarray = before.fillna(0.0).to_numpy() != others.to_numpy()
    return different


def days_of_difference(before: BacktestResult, after: BacktestResult | None) -> list[pd.Timestamp]:
    """Return the days on which target weights differ, and that before the first fill that differs.

    Rounding does not count. All days if there is nothing to compare.
    """
    days = pd.DatetimeIndex(before.weights.index)
    if after is None:
        return list(days)
    other = other_weights(pd.DataFrame(before.weights), pd.DataFrame(after.weights))
    found = list(days[np.flatnonzero(other.any(axis=1))])
    fill = first_unequal_fill(before, after)
    return found if fill is None else [*found, days[max(0, int(days.searchsorted(fill)) - 1)], fill]


def first_unequal_fill(before: BacktestResult, after: BacktestResult) -> pd.Timestamp | None:
    """Return the day of the first fill that differs by more than rounding; None if none does."""
    columns = ["booked", "ticker", "account", "size", "price"]
    rows = (book.analyses["fills"][columns].itertuples(index=False, name=None) for book in (before, after))
    for one, other in zip_longest(*rows):
        if not (one and other and one[:3] == other[:3] and np.allclose(one[3:], other[3:], rtol=ROUNDING, atol=0)):
            return min(fill[0] for fill in (one, other) if fill)
    return None

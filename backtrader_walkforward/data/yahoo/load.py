"""The prices of a run from Yahoo, or those that take their place where Yahoo cannot be reached."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.period import LONGEST_CLOSURE, Span, days_to_fetch, span_to_fetch
from backtrader_walkforward.data.price_cache import find_prices, save_prices
from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.data.sample import in_sample, load_sample, sample_tickers
from backtrader_walkforward.data.yahoo.client import YahooUnreachableError, place_caches
from backtrader_walkforward.errors import DataError
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.cache import Cache

FIRST_RELEASE = datetime(2020, 1, 1, tzinfo=UTC)
"""A day before the first version: a clock that says an earlier one is wrong."""

AWAY = "Yahoo Finance could not be reached"

ENDED = "the prices end on {last}, as if {ticker} were no longer traded: positions stay open at that close"

Fetcher = Callable[[str, Span, datetime, ExchangeCalendar | None], Prices]
"""How prices are fetched from Yahoo: `yahoo.client.fetch`, or with more patience."""


def from_yahoo(
    settings: Settings,
    warm_up: int,
    now: datetime,
    refresh: bool,
    calendar: ExchangeCalendar | None,
    fetch: Fetcher,
) -> Prices:
    """Return Yahoo's prices, or those that take their place where Yahoo cannot be reached."""
    if now < FIRST_RELEASE:
        raise DataError(f"the clock of this machine says {now:%Y-%m-%d}, and prices end today - set the clock")
    span = span_to_fetch(settings, now.date(), warm_up)
    cache = Cache("prices", settings.machine.cache_dir)
    fetched_today = None if refresh else find_prices(cache, settings.data.ticker, span, now.date())
    if fetched_today:
        return fetched_today.prices
    notes = place_caches(cache.path.parent)
    try:
        prices = fetch(settings.data.ticker, span, now, calendar)
        last = prices.frame.index[-1].date()
        if not settings.data.days and (span.last - last).days > LONGEST_CLOSURE:  # no longer traded
            span = Span(days_to_fetch(settings.data.period, last, warm_up).first, span.last)
            prices = fetch(settings.data.ticker, span, now, calendar)
            if not settings.data.end:
                prices = prices.with_notes(ENDED.format(ticker=settings.data.ticker, last=last))
    except YahooUnreachableError as away:
        instead = _instead_of_yahoo(settings, span, cache, away)
        return instead.with_notes(*notes, *cache.notes)
    save_prices(cache, prices, span, now.date())
    return prices.with_notes(*notes, *cache.notes)


def _instead_of_yahoo(settings: Settings, span: Span, cache: Cache, away: YahooUnreachableError) -> Prices:
    """Return the prices stored last; under `auto` the sample if there are none; otherwise raise."""
    ticker = settings.data.ticker
    stored = find_prices(cache, ticker, span)
    if stored:
        prices = replace(stored.prices, source=f"{stored.prices.source}, stored {stored.fetched}")
        return prices.with_notes(f"{AWAY}: these are the prices stored on {stored.fetched}")
    if settings.data.source == "auto" and in_sample(ticker):
        return load_sample(ticker).with_notes(f"{AWAY}, and no prices are stored: this is the bundled sample")
    sample = "" if in_sample(ticker) else f"; the bundled sample has only {sample_tickers()}"
    remedy = "try later, or use --csv FILE" + (" or --source sample" if in_sample(ticker) else "")
    raise DataError(f"{AWAY} ({away.reason}) and no prices of {ticker} are stored{sample} - {remedy}") from away

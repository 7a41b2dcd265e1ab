"""The prices of a run, from the source that its settings name."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pandas as pd

from backtrader_walkforward.data.calendar import MARGIN, ExchangeCalendar
from backtrader_walkforward.data.csv.csv_file import read_csv
from backtrader_walkforward.data.csv.form import CsvForm, refuse_without_file
from backtrader_walkforward.data.frequency import EVERY_DAY, FEWEST_DAILY, bars_a_year
from backtrader_walkforward.data.gaps import gap_notes
from backtrader_walkforward.data.jumps import jump_notes
from backtrader_walkforward.data.peers import settings_of_peers
from backtrader_walkforward.data.period import LONGEST_CLOSURE, select_period, span_to_fetch
from backtrader_walkforward.data.price_cache import best_key
from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.data.same_prices import require_same_file, require_same_peers, require_same_prices
from backtrader_walkforward.data.sample import load_sample
from backtrader_walkforward.data.validation import check_order, check_past, validate
from backtrader_walkforward.data.yahoo.client import fetch
from backtrader_walkforward.data.yahoo.load import Fetcher, from_yahoo
from backtrader_walkforward.errors import ArgumentError, DataError
from backtrader_walkforward.settings.groups import DataSettings
from backtrader_walkforward.settings.settings import Settings
from backtrader_walkforward.system.cache import Cache

NO_QUOTES = (
    "whole shares are counted at the prices as they are: if these are adjusted, a share cost more before a dividend or"
    " a split"
)

UNKNOWN_SESSIONS = (
    "the sessions of this exchange are not known: only gaps of more than five weekdays are told, and signal and paper"
    " need --end"
)

UNKNOWN_TO_A_FILE = (
    f"{UNKNOWN_SESSIONS}; a missing session, and one that is not over, are not noticed - add --calendar with the code"
    " of the exchange, such as XNYS"
)


def load_prices(
    settings: Settings,
    warm_up: int = 60,
    *,
    now: datetime | None = None,
    refresh: bool = False,
    fetch: Fetcher = fetch,
    kinds: Mapping[str, str] | None = None,
) -> Prices:
    """Return the prices of the period, and up to `warm_up` rows before it, checked, with those of the peers.

    The period is the last `period` calendar days up to the last row at or before `end`. The settings of an earlier run
    name its first and last day instead.

    The source `auto` means the CSV file if one is given, otherwise Yahoo. If Yahoo cannot be reached, the last stored
    prices of the ticker are used, and if there are none, the bundled sample. `yahoo` never uses the sample.

    Parameters
    ----------
    settings : Settings
        All of `settings.data`, and `cache_dir`.
    warm_up : int, default=60
        Rows before the period that the indicators need.
    now : datetime, optional
        The present, with a time zone.
    refresh : bool, default=False
        Ask Yahoo again even if it was asked today: a session may have begun or ended since.
    fetch : callable
        Function that fetches prices from Yahoo.
    kinds : mapping of str to str, optional
        Kinds of the closes of a CSV file that were decided before (`data.actions.told_by_closes`).

    Raises
    ------
    DataError
        If there are no prices, or they fail a check. The text says what to do.
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    calendar = ExchangeCalendar.named(settings.data.calendar) if settings.data.calendar else None
    if settings.data.source == "auto" and settings.data.used_source and settings.data.csv is None:
        settings = settings.replace(source=settings.data.used_source)
    if settings.data.csv is None:
        refuse_without_file(settings.data)
    if settings.data.csv is not None:
        prices = read_csv(settings.data.csv, settings.data.ticker, calendar, CsvForm.of(settings.data), kinds)
        require_same_file(prices, settings.data)
    elif settings.data.source == "sample":
        prices = load_sample(settings.data.ticker)
    else:
        prices = from_yahoo(settings, warm_up, now, refresh, calendar, fetch)
    check_order(prices.frame, name=prices.source)
    prices = replace(prices, calendar=calendar or prices.calendar or usual_calendar(prices.frame))
    used = select_period(prices, settings, warm_up)
    require_same_prices(used, settings.data)
    validate(used.frame, name=used.source)
    if settings.data.csv is not None:
        check_past(used.frame, used.calendar, now, name=used.source)
    notes = _period_notes(used, prices, settings.data), gap_notes(used.frame, used.calendar), jump_notes(used.frame)
    unsure = used.unadjusted_close is None and used.used_source != "sample"
    whole = [NO_QUOTES] if settings.trading.whole_shares and unsure else []
    used = used.with_notes(*chain.from_iterable(notes), *_unknown_sessions(used), *whole)
    used = used.with_peers(_load_peers(settings, used, now, refresh, fetch))
    require_same_peers(used, settings.data)
    return used


def is_at_hand(settings: Settings, warm_up: int, *, now: datetime) -> bool:
    """Tell whether `load_prices` has the prices without asking Yahoo."""
    if settings.data.csv is not None or "sample" in (settings.data.source, settings.data.used_source):
        return True
    keys = Cache("prices", settings.machine.cache_dir).keys(settings.data.ticker)
    return best_key(keys, span_to_fetch(settings, now.date(), warm_up), now.date()) is not None


def _unknown_sessions(used: Prices) -> Iterator[str]:
    """Yield a note if no calendar knows the sessions of daily bars."""
    notes = {"yahoo": UNKNOWN_SESSIONS, "csv": UNKNOWN_TO_A_FILE}
    daily = bars_a_year(pd.DatetimeIndex(used.frame.index)) >= FEWEST_DAILY
    if not used.calendar and daily and used.used_source in notes:
        yield notes[used.used_source]


def _load_peers(settings: Settings, used: Prices, now: datetime, refresh: bool, fetch: Fetcher) -> Iterator[Prices]:
    """Yield the prices of each ticker to train with; those of one ticker under two names are refused."""
    known = {used.sha256: used.ticker}
    for peer in settings_of_peers(settings, used):
        option = f"--train-with {peer.data.ticker}"
        try:
            prices = load_prices(peer, 0, now=now, refresh=refresh, fetch=fetch)
        except DataError as error:
            raise DataError(f"{option}: {error}") from error
        if prices.sha256 in known:
            raise ArgumentError(f"{option} has the same prices as {known[prices.sha256]} - leave it out")
        known[prices.sha256] = prices.ticker
        yield prices


def usual_calendar(frame: pd.DataFrame) -> ExchangeCalendar | None:
    """Return the calendar that prices of every day of the week need; None for others, whose exchange is not known."""
    return ExchangeCalendar("24/7") if bars_a_year(pd.DatetimeIndex(frame.index)) == EVERY_DAY else None


def _period_notes(used: Prices, whole: Prices, settings: DataSettings) -> Iterator[str]:
    """Yield a note if a file has more rows than are used, and if the prices end before `--end`."""
    first, last = (day.date() for day in used.frame.index[[0, -1]])
    if settings.csv is not None and len(used.frame) < len(whole.frame):
        yield (
            f"{len(used.frame)} of the file's {len(whole.frame)} rows are used, {first} to {last}:"
            f" the last {settings.period} days and their warm-up (--period and --end choose others)"
        )
    if settings.end and _lacks_sessions(last, settings.end, used.calendar):
        yield f"the prices end on {last}, before --end {settings.end}"


def _lacks_sessions(last: date, end: date, calendar: ExchangeCalendar | None) -> bool:
    """Tell whether there are sessions after the last price up to a day; without a calendar, whether it is far."""
    if calendar:
        return len(calendar.expected(last + timedelta(days=1), min(end, last + MARGIN))) > 0
    return (end - last).days > LONGEST_CLOSURE

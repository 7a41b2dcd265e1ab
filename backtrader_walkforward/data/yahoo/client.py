"""Requests to Yahoo Finance, through yfinance, with retries."""

import logging
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.period import Span
from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.data.yahoo.bars import clean_bars
from backtrader_walkforward.data.yahoo.events import adjusted_prices, quoted_closes
from backtrader_walkforward.data.yahoo.exchanges import calendar_of
from backtrader_walkforward.errors import DataError, one_line
from backtrader_walkforward.system.sqlite_file import quarantine_if_damaged

if TYPE_CHECKING:
    from backtrader_walkforward.data.yahoo.session import BoundedSession

LABEL = "Yahoo Finance, adjusted"
TRIES = 4
FIRST_WAIT = 1.0
"""Seconds before the second try. Each wait is twice the last one."""
TOTAL_SECONDS = 30.0

REFUSES = "it refuses more requests for now"

NO_CONNECTION = {5: "no proxy found", 6: "its name is not resolved", 7: "no connection", 28: "no answer in time"}
"""Codes of curl for which another try seconds later would not help, and their meaning."""


class YahooUnreachableError(DataError):
    """Yahoo gave no usable answer, for a `reason` in a few words. The ticker may be right or wrong."""

    def __init__(self, ticker: str, reason: str) -> None:
        super().__init__(
            f"Yahoo Finance could not be reached for {ticker}: {reason}"
            " - try later, or use --csv FILE or --source sample"
        )
        self.reason = reason


class YahooRefusesError(YahooUnreachableError):
    """Yahoo refuses more requests for now, as it was sent too many."""


class NoConnectionError(YahooUnreachableError):
    """This machine cannot reach Yahoo at all."""


def place_caches(cache_dir: Path) -> list[str]:
    """Let yfinance keep its time zones and cookies in `cache_dir`; return a note on each file that was damaged.

    yfinance works without them if the folder cannot be written, but raises an error for a damaged file.
    """
    import yfinance

    folder = cache_dir / "yfinance"
    yfinance.set_tz_cache_location(str(folder))
    return [note for name in ("tkr-tz.db", "cookies.db") if (note := quarantine_if_damaged(folder / name))]


def fetch(
    ticker: str, span: Span, now: datetime, calendar: ExchangeCalendar | None = None, *, insist: bool = True
) -> Prices:
    """Return the daily prices of `ticker`, adjusted for splits and dividends.

    Parameters
    ----------
    ticker : str
        One symbol, as `settings.checks.check_ticker` allows it.
    span : Span
        The days to fetch.
    now : datetime
        The present, with a time zone. A session that is still open is left out.
    calendar : ExchangeCalendar, optional
        Sessions of the exchange; by default those of the exchange that Yahoo names.
    insist : bool, default=True
        Try again, too, where Yahoo refuses more requests; otherwise the caller waits.

    Raises
    ------
    DataError
        If Yahoo does not know the ticker, or has no prices of it for these days.
    YahooUnreachableError
        If there is no usable answer after four tries or 30 seconds.
    """
    from backtrader_walkforward.data.yahoo.session import BoundedSession

    with _quiet_yfinance(), BoundedSession(TOTAL_SECONDS) as session:
        return _fetch_with_retries(ticker, span, now, session, calendar, TRIES if insist else 1)


def _ask(
    ticker: str, span: Span, now: datetime, session: "BoundedSession", calendar: ExchangeCalendar | None
) -> Prices:
    """Send one request and read its answer."""
    import yfinance
    from yfinance.data import YfData

    # yfinance caches whole responses, bad ones too: another try would read the same response again.
    YfData.cache_get.cache_clear()
    symbol = yfinance.Ticker(ticker, session=session)
    end = max(span.last, now.date()) + timedelta(days=1)  # what came after the span has moved its closes
    history = symbol.history(start=span.first, end=end, auto_adjust=False, keepna=True)
    metadata = symbol.history_metadata
    label = _label(ticker, metadata)
    calendar = calendar or calendar_of(metadata)
    frame, notes = clean_bars(adjusted_prices(history[history.index.date <= span.last]), calendar, now)
    if frame.empty:
        raise _no_prices(ticker, span)
    quoted, actions, doubts = quoted_closes(history, pd.DatetimeIndex(frame.index))
    return Prices(
        frame,
        ticker,
        label,
        (*notes, *doubts),
        calendar,
        used_source="yahoo",
        unadjusted_close=quoted,
        actions=actions,
    )


def _label(ticker: str, metadata: dict[str, Any]) -> str:
    """Return the label of the prices, with the currency if it is not the dollar; refuse those of another ticker."""
    from backtrader_walkforward.data.yahoo.session import UnusableAnswerError

    symbol, currency = metadata.get("symbol", ticker), metadata.get("currency") or "USD"
    if symbol != ticker:
        raise UnusableAnswerError(f"it answers with prices of {symbol}")
    return LABEL if currency == "USD" else f"{LABEL}, in {one_line(str(currency), 8)}"


def _fetch_with_retries(
    ticker: str,
    span: Span,
    now: datetime,
    session: "BoundedSession",
    calendar: ExchangeCalendar | None,
    refusals: int,
) -> Prices:
    """Return the first usable answer; wait longer after each failure that may be temporary."""
    for number in range(1, TRIES + 1):
        try:
            return _ask(ticker, span, now, session, calendar)
        except DataError:
            raise
        # An unexpected answer can raise anything inside yfinance; to the user it is a failure of Yahoo.
        except Exception as error:
            reason = _reason(error, ticker, span, session.chart_status)
        if number >= (refusals if reason == REFUSES else TRIES):
            break
        time.sleep(FIRST_WAIT * 2 ** (number - 1))
    kind = YahooRefusesError if reason == REFUSES else YahooUnreachableError
    raise kind(ticker, f"{reason}, {number} times" if number > 1 else reason)


def _reason(error: Exception, ticker: str, span: Span, chart_status: int) -> str:
    """Return the reason of a failed try; raise at once if another try would fail, too."""
    from yfinance.exceptions import YFPricesMissingError, YFRateLimitError

    from backtrader_walkforward.data.yahoo.session import UnusableAnswerError

    code = getattr(error, "code", 0)
    if chart_status == 404:
        unknown = f"Yahoo Finance knows no ticker {ticker!r} - check its spelling at finance.yahoo.com"
        raise DataError(unknown) from error
    if isinstance(error, YFPricesMissingError) and chart_status in (200, 400):
        raise _no_prices(ticker, span) from error
    if code in NO_CONNECTION:
        raise NoConnectionError(ticker, NO_CONNECTION[code]) from error
    if isinstance(error, UnusableAnswerError):
        return str(error)
    if isinstance(error, YFRateLimitError):
        return REFUSES
    if code:
        return "the connection was dropped"
    if chart_status >= 400:
        return f"it answers with HTTP status {chart_status}"
    return f"its answer makes no sense ({type(error).__name__})"


def _no_prices(ticker: str, span: Span) -> DataError:
    return DataError(
        f"Yahoo Finance has no prices of {ticker} from {span.first} to {span.last}"
        " - choose another --period or --end, or check the ticker"
    )


@contextmanager
def _quiet_yfinance() -> Iterator[None]:
    """Within the block, let yfinance raise errors instead of logging them, and hide its deprecation warnings."""
    import yfinance

    logger = logging.getLogger("yfinance")
    level, hidden = logger.level, yfinance.config.debug.hide_exceptions
    logger.setLevel(logging.CRITICAL + 1)
    yfinance.config.debug.hide_exceptions = False
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"yfinance\.")
            yield
    finally:
        logger.setLevel(level)
        yfinance.config.debug.hide_exceptions = hidden

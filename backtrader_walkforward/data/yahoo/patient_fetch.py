"""Requests to Yahoo for many tickers, with long waits where it refuses more of them."""

import time
from collections.abc import Callable
from datetime import datetime

from backtrader_walkforward.data.calendar import ExchangeCalendar
from backtrader_walkforward.data.period import Span
from backtrader_walkforward.data.prices import Prices
from backtrader_walkforward.data.yahoo.client import (
    NoConnectionError,
    YahooRefusesError,
    YahooUnreachableError,
    fetch,
)

FIRST_WAIT = 15.0
"""Seconds after the first refusal. Each wait is twice the last one, until a request succeeds."""

LONGEST_WAIT = 600.0

PATIENCE = 1800.0
"""Seconds of waiting without one answer, after which no ticker is asked for any more."""

MOST_FAILURES = 3
"""Tickers in a row for which there was no connection, after which no other is tried."""


class PatientFetch:
    """Fetches the prices of one ticker after the other; it has the signature of `yahoo.client.fetch`.

    Asked for 100 tickers within seconds, Yahoo answers some 20, and refuses all others for minutes. It is asked again
    after 15, 30, 60 s and so on. When it has refused for half an hour, or there is no connection, the tickers that are
    left fail at once.

    Parameters
    ----------
    on_wait : callable, optional
        Function of the ticker and the seconds, called before each wait.
    sleep : callable, optional
        Function that waits for some seconds.
    """

    def __init__(
        self,
        on_wait: Callable[[str, float], object] = lambda ticker, seconds: None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._on_wait, self._sleep = on_wait, sleep
        self._waited = 0.0
        self._failures = 0
        self._given_up = ""

    def __call__(self, ticker: str, span: Span, now: datetime, calendar: ExchangeCalendar | None = None) -> Prices:
        """Return the prices of a ticker, however long it takes.

        Raises
        ------
        DataError
            As `yahoo.client.fetch` raises it, but for refusals.
        """
        wait = FIRST_WAIT
        while not self._given_up:
            try:
                prices = fetch(ticker, span, now, calendar, insist=False)
            except YahooRefusesError as refusal:
                self._wait(ticker, wait, refusal)
                wait = min(2 * wait, LONGEST_WAIT)
            except NoConnectionError as failure:
                self._failures += 1
                self._given_up = failure.reason if self._failures >= MOST_FAILURES else ""
                raise
            else:
                self._waited, self._failures = 0.0, 0
                return prices
        raise YahooUnreachableError(ticker, self._given_up)

    def _wait(self, ticker: str, seconds: float, refusal: YahooRefusesError) -> None:
        """Wait, or give up."""
        if self._waited + seconds > PATIENCE:
            self._given_up = f"{refusal.reason}, {self._waited / 60:.0f} minutes long"
            return
        self._on_wait(ticker, seconds)
        self._sleep(seconds)
        self._waited += seconds

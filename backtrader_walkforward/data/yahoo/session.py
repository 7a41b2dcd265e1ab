"""The HTTP session that the real yfinance is given: every request of a fetch shares one deadline."""

import time
from typing import Any

from curl_cffi.const import CurlECode
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import Timeout

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0

CHART = "/v8/finance/chart/"


class BoundedSession(Session):
    """A browser-like session that gives up at its deadline.

    For one answer yfinance makes up to six requests (cookie, crumb, consent, time zone, prices, prices once more) and
    allows some of them 30 s; where packets are swallowed rather than refused, that is minutes.

    Parameters
    ----------
    seconds : float
        Time for all requests together, from now on.

    Attributes
    ----------
    chart_status : int
        HTTP status of the last answer from the chart endpoint; 0 without one.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(impersonate="chrome")
        self.deadline = time.monotonic() + seconds
        self.chart_status = 0

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Response:
        """Send a request within what time is left; raise when the chart endpoint answers with a failure of its own.

        yfinance takes the failure of a server for prices, and finds an unknown ticker.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Timeout("the time for this fetch is used up", CurlECode.OPERATION_TIMEDOUT)
        options["timeout"] = (min(CONNECT_SECONDS, left), min(ANSWER_SECONDS, left))
        if CHART not in url:
            return super().request(method, url, *args, **options)
        self.chart_status = 0
        response = super().request(method, url, *args, **options)
        self.chart_status = response.status_code
        if response.status_code >= 500:
            response.raise_for_status()
        return response

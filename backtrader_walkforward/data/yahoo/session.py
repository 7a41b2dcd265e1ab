"""The HTTP session of a fetch: all its requests share one deadline."""

import time
from typing import Any

from curl_cffi.const import CurlECode
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import Timeout

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0

CHART = "/v8/finance/chart/"


class BoundedSession(Session):
    """A session that imitates a browser and stops at its deadline.

    For one answer yfinance sends up to six requests (cookie, crumb, consent, time zone, prices, prices again) and
    allows 30 s for some of them. Where a network drops packets without an error, that takes minutes.

    Parameters
    ----------
    seconds : float
        Time for all requests together, from the start of the session.

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
        """Send a request within the time that is left; raise if the chart endpoint answers with a server error.

        yfinance would take the text of a server error for prices, and report an unknown ticker.
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

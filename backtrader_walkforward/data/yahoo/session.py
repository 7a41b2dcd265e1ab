"""The HTTP session of a fetch: its requests share one deadline, and each answer is bounded and Yahoo's own."""

import time
from typing import Any
from urllib.parse import urljoin, urlsplit

from curl_cffi.const import CurlECode
from curl_cffi.curl import CURL_WRITEFUNC_ERROR
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import RequestException, Timeout

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 10.0

LARGEST_ANSWER = 10_000_000
"""Bytes, after decompression. A century of days takes 3,000,000."""

MOST_REDIRECTS = 5

CHART = "/v8/finance/chart/"
YAHOO = ".yahoo.com"


class UnusableAnswerError(RequestException):
    """An answer that is not taken; its text is the reason in a few words."""


class BoundedSession(Session):
    """A session that imitates a browser, stops at its deadline, and takes no long answer and none of another host.

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
        is_chart = CHART in url
        if is_chart:
            self.chart_status = 0
        response = self._followed(method, url, *args, **options)
        if is_chart:
            self.chart_status = response.status_code
            if response.status_code >= 500:
                response.raise_for_status()
        return response

    def _followed(self, method: Any, url: str, *args: Any, **options: Any) -> Response:
        """Follow redirects, those to another host excepted."""
        for _ in range(MOST_REDIRECTS + 1):
            response = self._answer(method, url, *args, **options)
            if not response.is_redirect:
                return response
            target = urljoin(url, response.headers["location"] or "")
            if not same_site(url, target):
                raise UnusableAnswerError(f"it redirects to {urlsplit(target).hostname}")
            method, url, args, options = "GET", target, (), {}
        raise UnusableAnswerError("it redirects in a circle")

    def _answer(self, method: Any, url: str, *args: Any, **options: Any) -> Response:
        """Send one request and return its answer, whole."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Timeout("the time for this fetch is used up", CurlECode.OPERATION_TIMEDOUT)
        content = bytearray()

        def receive(chunk: bytes) -> int:
            content.extend(chunk)
            return len(chunk) if len(content) <= LARGEST_ANSWER else CURL_WRITEFUNC_ERROR

        options |= {
            "timeout": (min(CONNECT_SECONDS, left), min(ANSWER_SECONDS, left)),
            "allow_redirects": False,
            "content_callback": receive,
        }
        try:
            response = super().request(method, url, *args, **options)
        except RequestException as error:
            if len(content) > LARGEST_ANSWER:
                raise UnusableAnswerError(f"its answer has more than {LARGEST_ANSWER:,} bytes") from error
            raise
        response.content = bytes(content)
        return response


def same_site(url: str, target: str) -> bool:
    """Tell whether a redirect stays at its host, or at Yahoo, and does not give up encryption.

    >>> same_site("https://fc.yahoo.com", "https://guce.yahoo.com/consent"), same_site("https://yahoo.com", "https://a.b")
    (True, False)
    """
    (before, host), (after, other) = (
        (parts.scheme, f".{parts.hostname}") for parts in (urlsplit(url), urlsplit(target))
    )
    stays = host == other or (host.endswith(YAHOO) and other.endswith(YAHOO))
    return stays and after in (before, "https")

"""A loopback server that answers as Yahoo's chart endpoint does, and how the real yfinance is pointed at it."""

import json
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import yfinance
import yfinance.base
import yfinance.cache
import yfinance.scrapers.history
import yfinance.scrapers.quote
from yfinance.data import SingletonMeta, YfData

DAY = 86_400
OPENING = 1_704_205_800  # 2024-01-02 14:30 UTC, the opening in New York


def session(start):
    """Return Yahoo's word on the trading day that opens at `start`."""
    period = {"timezone": "EST", "gmtoffset": -18_000, "start": start, "end": start + 23_400}
    return {"currentTradingPeriod": {"pre": dict(period), "regular": dict(period), "post": dict(period)}}


def chart(days, *, symbol="SPY", events=None, adjclose=None, opening=OPENING, **columns):
    """Return an answer with bars on the given days after 2024-01-02; a column is 100 where nothing else is said."""
    quote = {name: columns.get(name, [100.0] * len(days)) for name in ("open", "high", "low", "close", "volume")}
    result = {
        "meta": {
            "currency": "USD",
            "symbol": symbol,
            "instrumentType": "EQUITY",
            "exchangeTimezoneName": "America/New_York",
            "regularMarketTime": opening + max(days, default=0) * DAY,
            "validRanges": ["1d", "max"],
            **session(opening + max(days, default=0) * DAY),
        },
        "timestamp": [opening + day * DAY for day in days],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": adjclose or quote["close"]}]},
    }
    if events:
        result["events"] = events
    return {"chart": {"result": [result], "error": None}}


def failure(code, description):
    return {"chart": {"result": None, "error": {"code": code, "description": description}}}


UNKNOWN = (404, failure("Not Found", "No data found, symbol may be delisted"))
RATE_LIMIT = (429, "Too Many Requests\r\n")
DROPPED = None


class YahooHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        url = urlsplit(self.path)
        server.requests.append((url.path, parse_qs(url.query)))
        usual = server.by_symbol.get(url.path.rpartition("/")[2], server.answer)
        answer = server.script.popleft() if server.script else usual
        if not url.path.startswith("/v8/finance/chart/"):
            answer = (404, {"quoteSummary": {"result": None, "error": {"code": "Not Found"}}})
        if server.granted is not None:
            server.granted -= 1
            answer = RATE_LIMIT if server.granted < 0 else answer
        if answer is DROPPED:
            self.connection.close()
            self.close_connection = True
            return
        status, body = answer
        payload = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *args):
        pass


class YahooServer(ThreadingHTTPServer):
    """Gives the answers of `script` one by one, then those `by_symbol`, or `answer`, for ever; keeps the requests.

    If `granted` is a number, it answers so many requests, and refuses all others.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), YahooHandler)
        self.script = deque()
        self.answer = UNKNOWN
        self.by_symbol = {}
        self.requests = []
        self.granted = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def chart_requests(self):
        return [query for path, query in self.requests if path.startswith("/v8/") and "period1" in query]

    def symbols(self):
        """The symbols whose prices were asked for, in order."""
        charts = [path for path, query in self.requests if path.startswith("/v8/") and "period1" in query]
        return [path.rpartition("/")[2] for path in charts]

    def handle_error(self, request, client_address):
        pass


def point_at(url, monkeypatch):
    for module in (yfinance.base, yfinance.scrapers.history):
        monkeypatch.setattr(module, "_BASE_URL_", url)
    monkeypatch.setattr(yfinance.scrapers.quote, "_QUERY1_URL_", url)
    monkeypatch.setattr(yfinance.scrapers.quote, "_QUOTE_SUMMARY_URL_", f"{url}/v10/finance/quoteSummary")
    monkeypatch.setattr(yfinance.base, "_tz_info_fetch_ctr", 0)
    monkeypatch.setattr("backtrader_walkforward.data.yahoo.client.FIRST_WAIT", 0.0)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delitem(SingletonMeta._instances, YfData, raising=False)
    close_yfinance_stores()


def close_yfinance_stores():
    """Let yfinance close its stores and forget where they were: it does not by itself when they are moved."""
    yfinance.set_tz_cache_location("")
    zones, cookies = yfinance.cache._TzCacheManager, yfinance.cache._CookieCacheManager
    for store in (zones._tz_cache, cookies._Cookie_cache):
        if database := getattr(store, "db", None):
            database.close()
    zones._tz_cache = cookies._Cookie_cache = None

"""The real yfinance, with Yahoo on this machine."""

import threading

import pytest

from tests.data.yahoo_server import YahooServer, close_yfinance_stores, point_at


@pytest.fixture
def yahoo(monkeypatch, tmp_path):
    """The real yfinance, fresh, with Yahoo's chart endpoint on this machine and everything else behind a shut door."""
    server = YahooServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    point_at(server.url, monkeypatch)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
    close_yfinance_stores()


@pytest.fixture
def no_network(monkeypatch):
    """The real yfinance where every connection is refused."""
    point_at("http://127.0.0.1:9", monkeypatch)
    yield
    close_yfinance_stores()

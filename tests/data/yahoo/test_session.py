import doctest
import socket
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from curl_cffi.requests.exceptions import HTTPError, Timeout

from backtrader_walkforward.data.yahoo import session as module
from backtrader_walkforward.data.yahoo.session import BoundedSession, UnusableAnswerError

MEGABYTE = bytes(1_000_000)


def bomb(megabytes):
    """Megabytes of zeros, compressed to a thousandth."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(MEGABYTE) for _ in range(megabytes)) + packer.flush()


class HostileHandler(BaseHTTPRequestHandler):
    """Answers that never end, and redirects."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        headers, chunks = self.server.answers[self.path]
        self.server.requests += 1
        self.send_response(302 if "Location" in headers else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for chunk in chunks:
            self.server.sent += len(chunk)
            self.wfile.write(chunk)

    def log_message(self, *args):
        pass


class HostileServer(ThreadingHTTPServer):
    """Counts the requests, and the bytes that it could send."""

    daemon_threads = True
    requests = sent = 0

    def __init__(self):
        super().__init__(("127.0.0.1", 0), HostileHandler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        other = f"http://localhost:{self.server_address[1]}/fine"
        packed = bomb(30)
        self.answers = {
            "/fine": ({"Content-Length": "4"}, [b"fine"]),
            "/long": ({"Content-Length": str(3 * 10**9)}, [MEGABYTE] * 3000),
            "/endless": ({"Transfer-Encoding": "chunked"}, [b"F4240\r\n" + MEGABYTE + b"\r\n"] * 3000),
            "/bomb": ({"Content-Encoding": "gzip", "Content-Length": str(len(packed))}, [packed]),
            "/away": ({"Location": other, "Content-Length": "0"}, []),
            "/near": ({"Location": "/fine", "Content-Length": "0"}, []),
            "/circle": ({"Location": "/circle", "Content-Length": "0"}, []),
        }

    def handle_error(self, request, client_address):
        pass


@pytest.fixture
def hostile(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with HostileServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/long", "/endless", "/bomb"])
def test_a_long_answer_is_given_up(hostile, path):
    with BoundedSession(20) as session, pytest.raises(UnusableAnswerError, match="has more than 10,000,000 bytes"):
        session.get(hostile.url + path)
    assert hostile.sent < 50_000_000


@pytest.mark.parametrize(
    ("path", "reason", "requests"), [("/away", "it redirects to localhost", 1), ("/circle", "in a circle", 6)]
)
def test_a_redirect_to_another_host_is_not_followed_and_five_others_are(hostile, path, reason, requests):
    with BoundedSession(5) as session, pytest.raises(UnusableAnswerError, match=reason):
        session.get(hostile.url + path)
    assert hostile.requests == requests


def test_a_redirect_at_the_same_host_is_followed(hostile):
    with BoundedSession(5) as session:
        answer = session.get(f"{hostile.url}/near")
    assert (answer.text, answer.url) == ("fine", f"{hostile.url}/fine")


def test_the_examples_hold():
    assert doctest.testmod(module) == (0, 1)


def test_deadline_of_a_silent_server():
    before = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server, BoundedSession(0.2) as session:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        for _ in range(5):
            with pytest.raises(Timeout):
                session.get(url, timeout=30)
    assert time.monotonic() - before < 2


@pytest.mark.parametrize("status", [500, 503])
def test_only_the_chart_endpoint_may_not_fail(yahoo, status):
    yahoo.answer = status, "down"
    with BoundedSession(5) as session:
        with pytest.raises(HTTPError):
            session.get(f"{yahoo.url}/v8/finance/chart/SPY")
        assert session.get(f"{yahoo.url}/elsewhere").status_code == 404

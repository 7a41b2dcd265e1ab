import socket
import time

import pytest
from curl_cffi.requests.exceptions import HTTPError, Timeout

from backtrader_walkforward.data.yahoo.session import BoundedSession


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

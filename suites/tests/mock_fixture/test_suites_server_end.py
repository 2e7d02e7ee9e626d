"""The plugin, from outside: the end of a session, failures of the mock, and its log."""

import time

import pytest
from user_project import project

OPEN = """
import socket
import urllib.parse

kept = []

def connect(mock):
    where = urllib.parse.urlsplit(mock.url)
    connection = socket.create_connection((where.hostname, where.port))
    kept.append(connection)
    return connection

def test_unread(graphtape_mock):
    message = {"role": "human", "content": HELLO}
    body = {"assistant_id": "agent", "input": {"messages": [message]}}
    data = json.dumps(body).encode()
    head = f"POST /runs/stream HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: {len(data)}\\r\\n\\r\\n"
    graphtape_mock.use("agent", speed=0.0001)
    connection = connect(graphtape_mock)
    connection.sendall(head.encode() + data)
    assert connection.recv(12) == b"HTTP/1.1 200"

def test_large(graphtape_mock):
    connection = connect(graphtape_mock)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sendall(b"GET /openapi.json HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n" * 100)
    assert connection.recv(12) == b"HTTP/1.1 200"

def test_half(graphtape_mock):
    connection = connect(graphtape_mock)
    head = b"POST /runs/wait HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: 100\\r\\n\\r\\n"
    connection.sendall(head + b"{")
    while not graphtape_mock.requests:
        pass
"""
CLOCK = """
import pathlib
import time

def pytest_runtest_teardown(nextitem):
    if nextitem is None:
        pathlib.Path("started").write_text(str(time.monotonic()))

def pytest_unconfigure():
    started = float(pathlib.Path("started").read_text())
    pathlib.Path("took").write_text(str(time.monotonic() - started))
"""


def test_the_end_of_a_session_does_not_wait_for_open_connections(
    pytester: pytest.Pytester,
) -> None:
    project(pytester, OPEN)
    pytester.makeconftest(CLOCK)

    result = pytester.runpytest_subprocess(timeout=60)

    result.assert_outcomes(passed=3)
    # At most 5 s, several times that while the machine does other work; without an end, for ever.
    assert float((pytester.path / "took").read_text()) < 30


def test_a_failure_of_the_mock_fails_the_test_that_caused_it(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
@pytest.fixture
def broken(monkeypatch):
    def fail(*_, **__):
        raise TypeError("not a run")
    monkeypatch.setattr("graphtape_mock.replay.engine.ReplayEngine.respond", fail)

def test_broken(graphtape_mock, broken):
    with pytest.raises(Refused) as refused:
        ask(graphtape_mock)
    assert refused.value.code == 500
    assert b"graphtape" in refused.value.body

def test_whole(graphtape_mock):
    ask(graphtape_mock)
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["request 1, POST /runs/wait: *TypeError: not a run"])


def test_the_log_has_no_advice_about_other_packages(pytester: pytest.Pytester) -> None:
    project(
        pytester,
        """
import http.client
import logging
import urllib.parse

def test_upgrade(graphtape_mock, caplog):
    caplog.set_level(logging.DEBUG)
    graphtape_mock.allow_unmatched()
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(graphtape_mock.url).netloc)
    connection.request("GET", "/ok", headers={
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    })
    assert connection.getresponse().status == 403
    connection.close()
    assert "pip install" not in caplog.text
    assert "upgrade" not in caplog.text.lower()
""",
    )

    result = pytester.runpytest()

    result.assert_outcomes(passed=1)


def test_a_server_that_can_not_start_is_an_error_and_no_wait(pytester: pytest.Pytester) -> None:
    project(pytester, "def test_it(graphtape_mock):\n    pass\n")
    pytester.makeconftest(
        """
import pytest
from graphtape_mock.server import running

@pytest.fixture(scope="session", autouse=True)
def broken():
    def fail(*_):
        raise OSError(24, "no descriptors left")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running.MockServer, "startup", fail)
        yield
"""
    )
    started = time.monotonic()

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *OSError: *no descriptors left"])
    assert time.monotonic() - started < 30
